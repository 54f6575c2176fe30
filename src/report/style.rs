//! The styles of the reports for people.

use anstyle::{AnsiColor, Style};

/// The name of a site or plan.
pub(super) const STRONG: Style = Style::new().bold();
/// Whatever only explains.
pub(super) const DIM: Style = Style::new().dimmed();
/// All is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Worth a look.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// Something is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
