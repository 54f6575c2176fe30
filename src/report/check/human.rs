//! The report of `diffpurge check`: a line for each thing that was looked at.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::display::line;
use crate::provider::{Finding, Level};

const STRONG: Style = Style::new().bold();

/// What was found about one site.
#[derive(Debug, Serialize)]
pub struct Checked<'c> {
    /// The site's name.
    pub site: &'c str,
    /// In the order in which things depend on each other.
    pub findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Document<'c> {
    schema: u32,
    checks: &'c [Checked<'c>],
}

/// Writes it for people; `brief` leaves out what is well.
///
/// # Errors
/// When `out` cannot be written.
pub fn check_human(out: &mut dyn Write, sites: &[Checked<'_>], brief: bool) -> io::Result<()> {
    for Checked { site, findings } in sites {
        writeln!(out, "{STRONG}{site}{STRONG:#}")?;
        for finding in findings.iter().filter(|finding| !brief || finding.level != Level::Ok) {
            let style = match finding.level {
                Level::Ok => AnsiColor::Green.on_default(),
                Level::Warn => AnsiColor::Yellow.on_default(),
                Level::Fail => AnsiColor::Red.on_default().bold(),
            };
            let advice = finding.advice.as_ref().map(|advice| format!("; hint: {advice}")).unwrap_or_default();
            let text = line(&format!("{}{advice}", finding.text));
            writeln!(out, "  {style}{:4}{style:#}  {:11}  {text}", finding.level.word(), finding.subject)?;
        }
    }
    Ok(())
}

/// Writes it for programs; the README describes it.
///
/// # Errors
/// When `out` cannot be written.
pub fn check_json(out: &mut dyn Write, sites: &[Checked<'_>]) -> io::Result<()> {
    let document = serde_json::to_string_pretty(&Document { schema: 1, checks: sites })?;
    // Inside JSON's texts, so that no line holds what commands a CI runner.
    writeln!(out, "{}", document.replace("##", "#\\u0023"))
}
