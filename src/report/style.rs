//! The styles of the reports for people.

use anstyle::{AnsiColor, Style};

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
