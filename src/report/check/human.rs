//! A check for people.

use std::io::{self, Write};

use super::report::CheckReport;
use crate::display::{grouped, line};
use crate::provider::Level;
use crate::report::detail::Detail;
use crate::report::page::Page;
use crate::report::style::{BAD, GOOD, STRONG, Style, WARN};
use crate::report::view::View;

/// The levels, those first that somebody has to look at.
const LEVELS: [Level; 3] = [Level::Fail, Level::Warn, Level::Ok];

/// Writes a line for each thing that was looked at, below their number; in brief, for each that is not well.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, reports: &[CheckReport<'_>], view: View) -> io::Result<()> {
    /// Columns before the text of a finding.
    const BEFORE: usize = 21;
    let page = &mut Page::new(out, view);
    for CheckReport { site, findings } in reports {
        let count = |level: Level| (findings.iter().filter(|finding| finding.level == level).count(), level);
        let counted = LEVELS.into_iter().map(count).filter(|(n, _)| *n > 0);
        let counted: Vec<String> = counted
            .map(|(n, level)| {
                let style = style(level);
                format!("{style}{} {}{style:#}", grouped(n), level.word())
            })
            .collect();
        page.line(&format!("{STRONG}{site}{STRONG:#}: {}", counted.join(", ")))?;
        let detail = page.detail();
        for finding in findings.iter().filter(|finding| detail != Detail::Brief || finding.level != Level::Ok) {
            let style = style(finding.level);
            let advice = finding.advice.as_ref().map(|advice| format!("; hint: {advice}")).unwrap_or_default();
            let text = line(&format!("{}{advice}", finding.text));
            let word = finding.level.word();
            page.hanging(&format!("  {style}{word:4}{style:#}  {:11}  {text}", finding.subject), BEFORE)?;
        }
    }
    Ok(())
}

fn style(level: Level) -> Style {
    match level {
        Level::Ok => GOOD,
        Level::Warn => WARN,
        Level::Fail => BAD,
    }
}
