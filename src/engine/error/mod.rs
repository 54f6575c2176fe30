//! Every way in which a run of the engine can end badly, with the next thing to type and the exit status.
//!
//! Errors live with their module; only this file knows them all. Every match is exhaustive, so that a new error cannot be
//! forgotten. How an error is printed is left to the doors.

mod asked;
mod delivery;
mod fork;
mod hardly_the_site;
mod planning;
mod row;
mod saved_plan;

pub use asked::AskedError;
pub use delivery::DeliveryError;
pub use fork::ForkError;
pub use hardly_the_site::{HardlyTheSite, Uncommitted};
pub use planning::PlanningError;
pub use row::{ExitStatus, Row};
pub use saved_plan::SavedPlanError;

use crate::changes::ChangesError;
use crate::config::{ConfigError, EnvironmentError};
use crate::mark::{MarkError, Trouble};
use crate::plan::Refused;
use crate::provider::ProviderError;
use crate::send::{CredentialsError, HttpError};
use crate::setup::SetupError;
use crate::snapshot::{RangeError, SnapshotError};

/// Why a run, or one site of it, came to nothing.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each error's own type says it")]
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
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Changes(#[from] ChangesError),
    #[error(transparent)]
    Planning(#[from] PlanningError),
    #[error(transparent)]
    Asked(#[from] AskedError),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    SavedPlan(#[from] SavedPlanError),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("cannot set up the HTTP client")]
    Http(#[from] HttpError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Fork(#[from] ForkError),
    /// The error of one of several sites, or of some for the same reason.
    #[error("{}", of_site(site, error))]
    OfSite { site: String, error: Box<Error> },
}

/// Returns the text of an error of one of several sites; some name their site themselves.
fn of_site(site: &str, error: &Error) -> String {
    let text = error.to_string();
    let s = if site.contains(", ") { "s" } else { "" };
    if text.starts_with(&format!("site {site}")) { text } else { format!("site{s} {site}: {text}") }
}

impl Error {
    /// Returns the error's row: text, hint and exit status.
    #[must_use]
    pub fn row(&self) -> Row {
        use ExitStatus::{Refused, Unreadable, Usage};
        let row = |status, hint: &str| Row::new(status, self.to_string(), hint);
        match self {
            Error::Config(e) => row(Usage, e.hint()),
            Error::Environment(_) => row(Usage, "set it to plain text"),
            Error::Range(e) => row(Usage, &e.hint()),
            Error::Snapshot(e) => row(Unreadable, &e.hint()),
            Error::Mark(e) => row(of_mark(e.trouble()), &e.hint()),
            Error::Setup(e @ SetupError::Unreadable(_)) => row(Unreadable, e.hint()),
            Error::Setup(e) => row(Usage, e.hint()),
            Error::Changes(e) => row(Unreadable, &e.hint()),
            Error::Planning(e) => e.row(),
            Error::Asked(e) => e.row(),
            Error::Refused(e) => row(Refused, &e.hint()),
            Error::SavedPlan(e) => e.row(),
            Error::Credentials(e) => row(Usage, &e.hint()),
            Error::Provider(e) => row(Usage, e.hint()),
            Error::Http(_) => {
                row(ExitStatus::NotPurged, "are the system's root certificates installed (package ca-certificates)?")
            }
            Error::Delivery(e) => e.row(),
            Error::Fork(e) => e.row(),
            Error::OfSite { error, .. } => Row { text: self.to_string(), ..error.row() },
        }
    }

    /// Returns the exit status.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        self.row().status
    }

    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        self.row().hint
    }
}

fn of_mark(trouble: Trouble) -> ExitStatus {
    match trouble {
        Trouble::Unreadable => ExitStatus::Unreadable,
        Trouble::Unfit => ExitStatus::Usage,
        Trouble::Locked | Trouble::NotMoved => ExitStatus::NotPurged,
    }
}
