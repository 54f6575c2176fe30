//! A yes to a broad purge: asked for on a terminal, where somebody can say no before anything is sent.
//!
//! A job of a CI system has no terminal, and goes on; there only what was asked for by hand needs `--yes`.

use std::io::{self, IsTerminal as _};

use super::output::Output;
use crate::config::Environment;
use crate::engine::{AskedError, Run, SiteRun};
use crate::report::plan::SiteReport;

/// Operations that a question names.
const NAMED: usize = 3;

/// Whether somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// It was given when the command was typed.
    Given,
    /// A person is at the terminal.
    AtTerminal,
    /// Nobody can be asked.
    Nobody,
}

impl Consent {
    /// Finds out who can be asked. `CI` is set where the terminal is only that of a log.
    pub(super) fn find(yes: bool, environment: &Environment) -> Consent {
        let is_terminal = || io::stdin().is_terminal() && io::stderr().is_terminal() && !environment.has("CI");
        if yes {
            Consent::Given
        } else if is_terminal() {
            Consent::AtTerminal
        } else {
            Consent::Nobody
        }
    }

    /// Refuses a broad purge that was asked for by hand, where nobody can be asked whether it is meant.
    pub(super) fn covers(self, run: &Run) -> Result<(), AskedError> {
        let broad = run.sites.iter().find(|one| one.plan.is_broad());
        match broad.filter(|_| self == Consent::Nobody).map(SiteRun::report) {
            None => Ok(()),
            Some(report) => {
                let (site, what) = (report.plan.site.to_string(), named(&report));
                Err(AskedError::Unconfirmed { site, what })
            }
        }
    }

    /// Asks whether broad plans are meant, where somebody can be asked. No answer is no.
    pub(super) fn asks(self, output: &Output<'_>, sites: &[SiteReport<'_>]) -> bool {
        let broad: Vec<&SiteReport<'_>> = sites.iter().filter(|site| site.plan.is_broad()).collect();
        if self != Consent::AtTerminal || broad.is_empty() {
            return true;
        }
        let named: Vec<String> = broad.iter().map(|site| format!("{}: {}", site.plan.title(), named(site))).collect();
        output.aside(|err| {
            write!(err, "\nThis purges {}. Go on? [y/N] ", named.join("; "))?;
            err.flush()
        });
        let mut answer = String::new();
        // A terminal that cannot be read has not said yes.
        let is_read = io::stdin().read_line(&mut answer).is_ok();
        if !answer.ends_with('\n') {
            // Nobody ended the line of the question.
            output.aside(|err| writeln!(err));
        }
        is_read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }
}

/// Names the operations of a broad plan, the broadest first.
fn named(site: &SiteReport<'_>) -> String {
    let operations = site.plan.operations.iter().rev().map(|planned| site.named(&planned.operation));
    let mut named: Vec<String> = operations.take(NAMED).collect();
    let more = site.plan.operations.len() - named.len();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}
