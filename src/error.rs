//! Every way a run can end badly, with its exit code and the next thing to type. Only the top knows all of them.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::changes::{ChangesError, NamedError};
use crate::config::{ConfigError, EnvironmentError};
use crate::display::{counted, grouped, line, shown};
use crate::events::EventsError;
use crate::mark::MarkError;
use crate::plan::Refused;
use crate::proof::Late;
use crate::provider::ProviderError;
use crate::report::{SavedError, annotation};
use crate::send::{CredentialsError, HttpError};
use crate::snapshot::{RangeError, SnapshotError};

/// `a.example lies`, `a.example and 2 other hosts lie`.
fn lie(hosts: &[String]) -> String {
    match hosts {
        [] => "no host lies".to_owned(),
        [one] => format!("{one} lies"),
        [first, others @ ..] => format!("{first} and {} lie", counted(others.len(), "other host")),
    }
}

/// The process's exit codes, as `--help` and the README list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Done, or nothing to do (said aloud).
    Done = 0,
    /// Something was not purged, or a check failed.
    NotPurged = 1,
    /// Usage or configuration.
    Usage = 2,
    /// A snapshot cannot be read.
    Unreadable = 3,
    /// Refused by policy.
    Refused = 4,
    /// With `--exit-code`: there is work.
    Work = 5,
}

/// Why a run ended before it began to send.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum Error {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    Range(#[from] RangeError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Mark(#[from] MarkError),
    #[error("it is not known what was live before ({why}), and `{key} = \"fail\"`")]
    UnknownBase { key: &'static str, why: String },
    #[error(transparent)]
    Changes(#[from] ChangesError),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("site {site}: {error}")]
    Nowhere { site: String, error: ProviderError },
    #[error("site {site}: {} outside of the zone {}, so nothing was sent", lie(hosts), shown(.zone.as_bytes()))]
    OutsideZone { site: String, hosts: Vec<String>, zone: String },
    #[error("site {site}: {layer}, cannot be sent, and so no layer is")]
    OtherLayer { site: String, layer: String },
    #[error("`--format {0}` lists a plan, and a purge reports what became of it")]
    PlanFormat(&'static str),
    #[error("{}", of_site(site, error))]
    OfSite { site: String, error: Box<Error> },
    #[error("the changes mean about {} operations, more than can be planned", grouped(*.0))]
    TooManyOperations(usize),
    #[error("cannot read the plan {}", shown(.path.as_os_str().as_encoded_bytes()))]
    PlanUnreadable { path: PathBuf, source: io::Error },
    #[error("cannot read the list of paths {}", shown(.path.as_os_str().as_encoded_bytes()))]
    PathsUnreadable { path: PathBuf, source: io::Error },
    #[error("cannot use the list of paths {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Paths { path: PathBuf, source: NamedError },
    #[error("cannot use the events {}", shown(.path.as_os_str().as_encoded_bytes()))]
    Events { path: PathBuf, source: EventsError },
    #[error(transparent)]
    Saved(#[from] SavedError),
    #[error("the plan is for the site {0}, which the configuration does not have, or not with this layer")]
    PlanSite(String),
    #[error("site {site}: the plan is for the zone {planned}, and the configured one is {zone}")]
    PlanZone { site: String, planned: String, zone: String },
    #[error("site {0}: the plan's requests are not those that this version and configuration make of it")]
    PlanRequests(String),
    #[error("the plan has nothing for the site {site}, which could not be planned: {why}")]
    PlanIncomplete { site: String, why: String },
    #[error("the plan has nothing for the site {0}")]
    PlanLacks(String),
    #[error("the plan was refused when it was made: {0}")]
    PlanRefused(String),
    #[error("the plan in the file was never sent, so nothing of it has failed")]
    PlanWithoutReceipts,
    #[error("{what} is one web root, and the sites {one} and {other} have two")]
    OneWebRoot { what: String, one: String, other: String },
    #[error("`output` {output} is not in {what}, so that no file of it was live")]
    NoOutput { output: String, what: String },
    #[error("`demo` makes a site of its own: `--config`, `--site` and `-C` do not apply")]
    DemoSubject,
    #[error("site {site}: {late}")]
    OriginLate { site: String, late: Box<Late> },
    #[error("site {0}: nothing here says what its pages should be, so nothing can be proved")]
    NothingToCompare(String),
    #[error("`{0}` says how URLs are asked for, and nothing asks for them")]
    NothingAsked(&'static str),
    #[error("cannot set up the HTTP client")]
    Http(#[from] HttpError),
    #[error("cannot write {}; nothing was sent", shown(.path.as_os_str().as_encoded_bytes()))]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot write {}; all else was carried out", shown(.path.as_os_str().as_encoded_bytes()))]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot print the result")]
    Output(#[source] io::Error),
    #[error("the demo failed: {0}")]
    Demo(String),
}

/// How to find out what `output` should be.
const WHERE_OUTPUT_IS: &str =
    "`git ls-tree --name-only -r -d REVISION` lists the directories; set `output` to the one that is served";

/// The error of one of several sites, or of some for the same reason; some name their site themselves.
fn of_site(site: &str, error: &Error) -> String {
    let text = error.to_string();
    let s = if site.contains(", ") { "s" } else { "" };
    if text.starts_with(&format!("site {site}")) { text } else { format!("site{s} {site}: {text}") }
}

impl Error {
    /// The exit code.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        match self {
            Error::OfSite { error, .. } => error.status(),
            Error::Mark(MarkError::NoRevision { .. }) => ExitStatus::Usage,
            Error::Mark(e) if !e.is_unreadable() => ExitStatus::NotPurged,
            Error::Mark(_)
            | Error::Snapshot(_)
            | Error::Changes(_)
            | Error::NoOutput { .. }
            | Error::UnknownBase { key: "unknown_base", .. } => ExitStatus::Unreadable,
            Error::Refused(_) | Error::PlanRefused(_) | Error::UnknownBase { .. } => ExitStatus::Refused,
            Error::OriginLate { .. } | Error::Http(_) | Error::Write { .. } | Error::Output(_) | Error::Demo(_) => {
                ExitStatus::NotPurged
            }
            _ => ExitStatus::Usage,
        }
    }

    /// True when nothing can have been sent yet, and no report was written.
    #[must_use]
    pub fn is_before_sending(&self) -> bool {
        match self {
            Error::Mark(e) => !e.is_of_moving(),
            Error::OfSite { .. }
            | Error::OriginLate { .. }
            | Error::Refused(_)
            | Error::Write { .. }
            | Error::Output(_)
            | Error::Demo(_) => false,
            _ => true,
        }
    }

    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Error::OfSite { error, .. } => return error.hint(),
            Error::Config(e) => e.hint().to_owned(),
            Error::Range(e) => e.hint(),
            Error::Snapshot(e) => e.hint(),
            Error::Changes(e) => e.hint(),
            Error::Mark(e) => e.hint(),
            Error::UnknownBase { .. } => {
                "name what was live: `diffpurge purge FROM TO`; or say once that all of it is purged: `diffpurge mark set REV`".to_owned()
            }
            Error::Refused(e) => e.hint(),
            Error::Credentials(e) => e.hint(),
            Error::Environment(_) => "set it to plain text".to_owned(),
            Error::Provider(error) | Error::Nowhere { error, .. } => error.hint().to_owned(),
            Error::OutsideZone { .. } => {
                "correct `base_urls` or the zone id; for custom hostnames of a SaaS zone use a token without Zone Read, which skips this check".to_owned()
            }
            Error::OtherLayer { .. } => "mend that one".to_owned(),
            Error::PlanFormat(_) => "use `diffpurge plan`, or add `--dry-run`".to_owned(),
            Error::TooManyOperations(_) => {
                "shorten the rules' lists of variants, or purge those files with `by = \"prefix\"` or a `scope`".to_owned()
            }
            Error::PlanUnreadable { .. } => "name the file that `diffpurge plan … --out FILE` wrote".to_owned(),
            Error::PathsUnreadable { .. } => "name a file with one path per line, or `-` for standard input".to_owned(),
            Error::Paths { source, .. } => source.hint().to_owned(),
            Error::Events { source, .. } => source.hint().to_owned(),
            Error::Saved(e) => e.hint().to_owned(),
            Error::PlanSite(_)
            | Error::PlanZone { .. }
            | Error::PlanRequests(_)
            | Error::PlanIncomplete { .. }
            | Error::PlanLacks(_)
            | Error::PlanRefused(_)
            | Error::PlanWithoutReceipts => self.hint_for_a_saved_plan().to_owned(),
            Error::OneWebRoot { .. } => "name one with `--site`, and run it for each".to_owned(),
            Error::NoOutput { .. } => WHERE_OUTPUT_IS.to_owned(),
            Error::DemoSubject => "type `diffpurge demo`".to_owned(),
            Error::OriginLate { late, .. } => late.hint(),
            Error::NothingToCompare(_) | Error::NothingAsked(_) => self.hint_for_proof().to_owned(),
            Error::Http(_) => "are the system's root certificates installed (package ca-certificates)?".to_owned(),
            Error::Unwritable { .. } | Error::Write { .. } => "name a writable file in a directory that exists".to_owned(),
            Error::Output(_) => "`--out FILE` keeps the report in a file too".to_owned(),
            Error::Demo(_) => "it needs a temporary directory and ports on 127.0.0.1".to_owned(),
        })
    }

    /// The next thing to type where nothing is proved.
    fn hint_for_proof(&self) -> &'static str {
        match self {
            Error::NothingAsked(_) => "add `--verify`, or leave it out",
            _ => {
                "lists of paths and events name no snapshot, and a plan's TO has to be here still; `diffpurge verify FROM TO` names both"
            }
        }
    }

    /// The next thing to type where a saved plan cannot be sent.
    fn hint_for_a_saved_plan(&self) -> &'static str {
        match self {
            Error::PlanSite(_) => "use the `purge.toml` that it was made with, or leave sites out with `--site`",
            Error::PlanZone { .. } | Error::PlanRequests(_) => {
                "make the plan again with this configuration, or use the one that it was made with"
            }
            Error::PlanIncomplete { .. } => "mend it and plan again, or send the others' plans with `--site`",
            Error::PlanLacks(_) => "leave `--site` out, or name a site that the plan has",
            Error::PlanRefused(_) => "raise the threshold, and make the plan again",
            _ => "leave `--only-failed` out, or name the report of a purge (`diffpurge purge … --out FILE`)",
        }
    }

    /// The error as Markdown, for the summary of a job in which nothing was purged.
    #[must_use]
    pub fn summary(&self) -> String {
        let code = |text: &str| text.lines().map(|l| format!("    {}\n", line(l))).collect::<Vec<_>>().concat();
        let hint = self.hint().map_or(String::new(), |hint| code(&format!("hint: {hint}")));
        format!("### diffpurge: nothing was purged\n\n{}{hint}\n", code(&format!("error: {self}")))
    }

    /// Prints `error:`, each `caused by:` and the `hint:`; in GitHub Actions an annotation too.
    ///
    /// # Errors
    /// When `err` cannot be written.
    pub fn print(&self, err: &mut dyn Write, in_github: bool) -> io::Result<()> {
        let message = self.to_string();
        // A message may show lines of the user's file; nothing in them leaves its line.
        let message: Vec<String> = message.split('\n').map(line).collect();
        writeln!(err, "error: {}", message.join("\n"))?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            writeln!(err, "caused by: {}", line(&cause.to_string()))?;
            source = cause.source();
        }
        if let Some(hint) = self.hint() {
            writeln!(err, "hint: {}", line(&hint))?;
        }
        if in_github {
            writeln!(err, "{}", annotation("error", &message[0]))?;
        }
        Ok(())
    }
}
