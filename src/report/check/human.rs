//! A check for people.

use std::io::{self, Write};

use super::report::CheckReport;
use crate::display::line;
use crate::provider::Level;
use crate::report::detail::Detail;
use crate::report::style::{BAD, GOOD, STRONG, WARN};

/// Writes a line for each thing that was looked at; in brief, for each that is not well.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, reports: &[CheckReport<'_>], detail: Detail) -> io::Result<()> {
    for CheckReport { site, findings } in reports {
        writeln!(out, "{STRONG}{site}{STRONG:#}")?;
        for finding in findings.iter().filter(|finding| detail != Detail::Brief || finding.level != Level::Ok) {
            let style = match finding.level {
                Level::Ok => GOOD,
                Level::Warn => WARN,
                Level::Fail => BAD,
            };
            let advice = finding.advice.as_ref().map(|advice| format!("; hint: {advice}")).unwrap_or_default();
            let text = line(&format!("{}{advice}", finding.text));
            writeln!(out, "  {style}{:4}{style:#}  {:11}  {text}", finding.level.word(), finding.subject)?;
        }
    }
    Ok(())
}
