//! Why something that was asked for by hand cannot be purged: it is no URL, or of no site.

use std::fmt;

use super::row::{ExitStatus, Row};
use crate::config::{BaseUrl, Site};
use crate::display::shown;
use crate::mapping::AskedUrlError;

/// Sites that are named one by one.
const NAMED: usize = 5;

/// Why something that was asked for cannot be purged.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum AskedError {
    /// It is no URL of a page.
    Url { typed: String, fault: AskedUrlError },
    /// It belongs to no site. `near` are the base URLs of its host, or else the nearest host.
    NoSite { typed: String, near: Vec<String>, is_its_host: bool },
    /// It belongs to sites that `--site` leaves out.
    LeftOut { typed: String, sites: Vec<String> },
    /// Somebody has to say yes to it, and nobody can be asked.
    Unconfirmed { site: String, what: String },
}

impl AskedError {
    /// Makes the error for what belongs to none of these sites.
    pub(in crate::engine) fn no_site(typed: &str, host: &str, sites: &[Site]) -> AskedError {
        let bases = || sites.iter().flat_map(|site| &site.base_urls);
        let mut near: Vec<String> = bases().filter(|base| base.host() == host).map(ToString::to_string).collect();
        near.dedup();
        let is_its_host = !near.is_empty();
        if !is_its_host {
            let nearest = bases().map(BaseUrl::host).min_by_key(|known| strsim::damerau_levenshtein(known, host));
            near.extend(nearest.map(str::to_owned));
        }
        AskedError::NoSite { typed: typed.to_owned(), near, is_its_host }
    }

    /// Returns the error's row.
    #[must_use]
    pub fn row(&self) -> Row {
        let usage = |text: String, hint: String| Row::new(ExitStatus::Usage, text, hint);
        match self {
            AskedError::Url { fault: fault @ (AskedUrlError::Empty | AskedUrlError::Secret), .. } => {
                usage(fault.to_string(), fault.hint())
            }
            AskedError::Url { typed, fault } => usage(format!("{}: {fault}", shown(typed.as_bytes())), fault.hint()),
            AskedError::NoSite { typed, near, is_its_host } => {
                let named: Vec<String> = near.iter().take(NAMED).map(|near| shown(near.as_bytes())).collect();
                let hint = if *is_its_host {
                    format!("the site's URLs begin with {}", named.join(" or "))
                } else {
                    format!("the nearest host of a site is {}; `base_urls` say what belongs to a site", named.join(""))
                };
                usage(format!("{} belongs to no site", shown(typed.trim().as_bytes())), hint)
            }
            AskedError::LeftOut { typed, sites } => usage(
                format!(
                    "{} belongs to {}, which `--site` leaves out",
                    shown(typed.trim().as_bytes()),
                    sites.join(", ")
                ),
                format!("add `--site {}`, or leave `--site` out", sites.first().map_or("", String::as_str)),
            ),
            AskedError::Unconfirmed { site, what } => usage(
                format!("site {site}: {what} is asked for, and there is no terminal on which to confirm it"),
                "add `--yes` if that is meant".to_owned(),
            ),
        }
    }
}

impl fmt::Display for AskedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for AskedError {}
