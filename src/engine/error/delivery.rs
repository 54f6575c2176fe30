//! Why a plan is not sent, or not proved.

use std::{fmt, io};

use super::row::{ExitStatus, Row};
use crate::display::{counted, shown};
use crate::proof::Late;
use crate::provider::ProviderError;

/// Why a plan is not sent, or not proved.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum DeliveryError {
    /// It is not known where to send to.
    Nowhere { site: String, error: ProviderError },
    /// Hosts of the site lie outside of its zone.
    OutsideZone { site: String, hosts: Vec<String>, zone: String },
    /// None of the names that a cache is asked by leads to a server.
    NotFound { site: String, endpoint: String, why: String },
    /// Another layer of the site cannot be sent.
    OtherLayer { site: String, layer: String },
    /// The origin does not serve what was deployed.
    OriginLate { site: String, late: Box<Late> },
    /// A broad purge was shown, and the answer was not yes.
    Declined { way_out: Option<String> },
    /// Nothing says what the pages should be.
    NothingToCompare(String),
    /// The plans could not be shown before they were sent.
    NotShown(io::Error),
    /// The machine gives no way to send anything.
    Runtime(io::Error),
}

/// `a.example lies`, `a.example and 2 other hosts lie`.
fn lie(hosts: &[String]) -> String {
    match hosts {
        [] => "no host lies".to_owned(),
        [one] => format!("{one} lies"),
        [first, others @ ..] => format!("{first} and {} lie", counted(others.len(), "other host")),
    }
}

/// The host of an endpoint, without its port: `cache.internal` of `http://cache.internal:6081`.
fn host(endpoint: &str) -> &str {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    rest.split_once(':').map_or(rest, |(host, _)| host)
}

/// Returns the row of a purge that was not agreed to; `way_out` is what may be typed in its place.
fn declined(way_out: Option<&str>) -> Row {
    let hint = "run it again and answer `y`; `--yes` goes on without asking";
    let hint = way_out.map_or_else(|| hint.to_owned(), |way_out| format!("{hint}; {way_out}"));
    Row::new(ExitStatus::Refused, "nothing was purged: the answer was not yes", hint)
}

impl DeliveryError {
    /// Returns the error's row.
    #[must_use]
    pub fn row(&self) -> Row {
        match self {
            DeliveryError::Nowhere { site, error } => {
                Row::new(ExitStatus::Usage, format!("site {site}: {error}"), error.hint())
            }
            DeliveryError::OutsideZone { site, hosts, zone } => Row::new(
                ExitStatus::Usage,
                format!(
                    "site {site}: {} outside of the zone {}, so nothing was sent",
                    lie(hosts),
                    shown(zone.as_bytes())
                ),
                "correct `base_urls` or the zone id; for custom hostnames of a SaaS zone use a token without Zone Read, which skips this check",
            ),
            DeliveryError::NotFound { site, endpoint, why } => Row::new(
                ExitStatus::NotPurged,
                format!("site {site}: the name of the endpoint {endpoint} cannot be found: {why}"),
                format!(
                    "correct `endpoints`, which takes addresses too; `getent hosts {}` shows what this machine finds",
                    host(endpoint)
                ),
            ),
            DeliveryError::OtherLayer { site, layer } => Row::new(
                ExitStatus::Usage,
                format!("site {site}: {layer}, cannot be sent, and so no layer is"),
                "mend that one",
            ),
            DeliveryError::OriginLate { site, late } => {
                Row::new(ExitStatus::NotPurged, format!("site {site}: {late}"), late.hint())
            }
            DeliveryError::Declined { way_out } => declined(way_out.as_deref()),
            DeliveryError::NothingToCompare(site) => Row::new(
                ExitStatus::Usage,
                format!("site {site}: nothing here says what its pages should be, so nothing can be proved"),
                "lists of paths, events and URLs name no snapshot, and a plan's TO has to be here still; `diffpurge verify FROM TO` names both",
            ),
            DeliveryError::NotShown(_) => Row::new(
                ExitStatus::NotPurged,
                "cannot print the plan, and so nothing was sent",
                "`--out FILE` keeps the report in a file too",
            ),
            DeliveryError::Runtime(_) => Row::new(
                ExitStatus::NotPurged,
                "the system gives this process no event queue to send with",
                "are there limits on its open files (`ulimit -n`)?",
            ),
        }
    }
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for DeliveryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DeliveryError::NotShown(source) | DeliveryError::Runtime(source) => Some(source),
            DeliveryError::Nowhere { .. }
            | DeliveryError::OutsideZone { .. }
            | DeliveryError::NotFound { .. }
            | DeliveryError::OtherLayer { .. }
            | DeliveryError::OriginLate { .. }
            | DeliveryError::Declined { .. }
            | DeliveryError::NothingToCompare(_) => None,
        }
    }
}
