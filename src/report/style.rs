//! The styles of the reports for people.

use anstyle::AnsiColor;
pub(super) use anstyle::Style;

use crate::changes::Status;

/// The name of a site or plan.
pub(super) const STRONG: Style = Style::new().bold();
/// A part that only explains.
pub(super) const DIM: Style = Style::new().dimmed();
/// Something that is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Something that is worth a look.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// Something that is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something that is gone, or not as it should be. It is not bold: a list of them would shout.
pub(super) const ALARM: Style = AnsiColor::Red.on_default();
/// Something that takes along more than has changed.
pub(super) const LOUD: Style = AnsiColor::Yellow.on_default().bold();

/// Returns the style of a change's sign.
pub(super) fn of(status: Status) -> Style {
    match status {
        Status::Added => GOOD,
        Status::Modified => WARN,
        Status::Deleted => ALARM,
    }
}
