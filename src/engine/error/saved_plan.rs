//! Why a saved plan cannot be sent with the configuration at hand.

use std::fmt;

use super::row::{ExitStatus, Row};

/// Why a saved plan cannot be sent.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum SavedPlanError {
    /// The configuration does not have its site or layer.
    Site(String),
    /// It was made for another zone.
    Zone { site: String, planned: String, zone: String },
    /// It was made for other base URLs: these were added since, or are gone.
    BaseUrls { site: String, added: Vec<String>, gone: Vec<String> },
    /// It was made for another web root.
    Output { site: String, planned: String, output: String },
    /// This version and configuration would word its requests otherwise.
    Requests(String),
    /// One of its sites could not be planned.
    Incomplete { site: String, why: String },
    /// It has nothing for a site that was named.
    Lacks(String),
    /// The site's policy refused it.
    Refused(String),
    /// It was never sent, so nothing of it has failed.
    WithoutReceipts,
}

/// The hint where the plan and the configuration do not belong together.
const AGAIN: &str = "make the plan again with this configuration, or use the one that it was made with";

/// Says which base URLs were added, or else which are gone.
fn of_base_urls(site: &str, added: &[String], gone: &[String]) -> String {
    if added.is_empty() {
        return format!("site {site}: the plan is also for {}, which the configuration does not have", gone.join(", "));
    }
    format!("site {site}: the plan has nothing for {}, added since it was made", added.join(", "))
}

impl SavedPlanError {
    /// Returns the error's row.
    #[must_use]
    pub fn row(&self) -> Row {
        let usage = |text: String, hint: &str| Row::new(ExitStatus::Usage, text, hint);
        match self {
            SavedPlanError::Site(site) => usage(
                format!(
                    "the plan is for the site {site}, which the configuration does not have, or not with this layer"
                ),
                "use the `purge.toml` that it was made with, or leave sites out with `--site`",
            ),
            SavedPlanError::Zone { site, planned, zone } => usage(
                format!("site {site}: the plan is for the zone {planned}, and the configured one is {zone}"),
                AGAIN,
            ),
            SavedPlanError::BaseUrls { site, added, gone } => usage(of_base_urls(site, added, gone), AGAIN),
            SavedPlanError::Output { site, planned, output } => usage(
                format!("site {site}: the plan is for `output` {planned}, and the configured one is {output}"),
                AGAIN,
            ),
            SavedPlanError::Requests(site) => usage(
                format!(
                    "site {site}: the plan's requests are not those that this version and configuration make of it"
                ),
                AGAIN,
            ),
            SavedPlanError::Incomplete { site, why } => usage(
                format!("the plan has nothing for the site {site}, which could not be planned: {why}"),
                "mend it and plan again, or send the others' plans with `--site`",
            ),
            SavedPlanError::Lacks(site) => usage(
                format!("the plan has nothing for the site {site}"),
                "leave `--site` out, or name a site that the plan has",
            ),
            SavedPlanError::Refused(why) => Row::new(
                ExitStatus::Refused,
                format!("the plan was refused when it was made: {why}"),
                "raise the threshold, and make the plan again",
            ),
            SavedPlanError::WithoutReceipts => usage(
                "the plan in the file was never sent, so nothing of it has failed".to_owned(),
                "leave `--only-failed` out, or name the report of a purge (`diffpurge purge … --out FILE`)",
            ),
        }
    }
}

impl fmt::Display for SavedPlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for SavedPlanError {}
