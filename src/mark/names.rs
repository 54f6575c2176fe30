//! The names of the refs that marks are kept in: `refs/diffpurge/<site>`, and `refs/diffpurge-open/<site>/<id>` for what is open.

use crate::config::SiteName;

/// Where marks stand.
const MARKS: &str = "refs/diffpurge/";

/// Where stands what is open.
pub(super) const OPEN: &str = "refs/diffpurge-open/";

/// Returns the name of a site's ref.
#[must_use]
pub fn ref_of(site: &SiteName) -> String {
    format!("{MARKS}{site}")
}

/// Returns the patterns of all refs that marks stand in.
pub(super) fn patterns() -> [String; 2] {
    [format!("{MARKS}*"), format!("{OPEN}*")]
}
