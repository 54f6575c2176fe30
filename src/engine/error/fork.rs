//! Why nothing is sent in a pull request of a fork.

use super::row::{ExitStatus, Row};
use crate::display::shown;

/// Why nothing is sent in a pull request of a fork.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum ForkError {
    /// The request changes the configuration.
    Changed { system: &'static str, file: String },
    /// The repository's own configuration is not here.
    Untold { system: &'static str, file: String, base: Option<String> },
    /// The configuration runs a program, and the request may have changed that.
    Runs { system: &'static str, site: String },
}

impl ForkError {
    /// Returns text, hint and exit status.
    #[must_use]
    pub fn row(&self) -> Row {
        const PLAN: &str = "`diffpurge plan` shows what it would purge; purge after the merge, in a job for pushes";
        let of = |system: &str| format!("{system} runs this for a pull request of a fork");
        let refused = |text: String, hint: String| Row::new(ExitStatus::Refused, text, hint);
        match self {
            ForkError::Changed { system, file } => refused(
                format!("{}, which changes {}; nothing was sent", of(system), shown(file.as_bytes())),
                PLAN.to_owned(),
            ),
            ForkError::Untold { system, file, base } => {
                let text = format!(
                    "{}, and this clone does not show whether that changes {}; nothing was sent",
                    of(system),
                    shown(file.as_bytes())
                );
                match base {
                    Some(id) => refused(
                        text,
                        format!(
                            "`git fetch --depth=1 origin {id}` brings the revision that it is compared with; {PLAN}"
                        ),
                    ),
                    None => refused(text, PLAN.to_owned()),
                }
            }
            ForkError::Runs { system, site } => refused(
                format!("{}, and `token_command` of the site {site} runs a program; nothing was sent", of(system)),
                format!("give the token in a variable (`token_env`); {PLAN}"),
            ),
        }
    }
}

impl std::fmt::Display for ForkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for ForkError {}
