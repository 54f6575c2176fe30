//! The names of the refs that marks are kept in: `refs/diffpurge/<site>`, and `refs/diffpurge-open/<site>/<id>` for what is open.
//!
//! The first to mark under a site's name has the plain name; a mark of the same name for other base URLs or another destination
//! has the digest of those behind it: `refs/diffpurge/<site>@<digest>`. No site's name holds an `@`.

use super::Identity;
use crate::config::SiteName;

/// Where marks stand.
const MARKS: &str = "refs/diffpurge/";

/// Where stands what is open.
const OPEN: &str = "refs/diffpurge-open/";

/// Returns the name of the ref of a site that is the first of its name.
#[must_use]
pub fn ref_of(site: &SiteName) -> String {
    mark(site.as_str())
}

/// Returns the name of a mark's ref; `label` is the site's name, with or without a digest.
pub(super) fn mark(label: &str) -> String {
    format!("{MARKS}{label}")
}

/// Returns what the refs of a mark's open moments begin with.
pub(super) fn opens(label: &str) -> String {
    format!("{OPEN}{label}/")
}

/// Returns what the refs of the open moments of all marks with such labels begin with.
pub(super) fn all_opens(labels: &str) -> String {
    format!("{OPEN}{labels}")
}

/// Returns the label of a mark that is not the first of its site's name.
pub(super) fn labelled(identity: &Identity) -> String {
    format!("{}@{}", identity.site, identity.digest())
}

/// Returns what the labels of all such marks of a site begin with.
pub(super) fn labels(site: &str) -> String {
    format!("{site}@")
}

/// Returns the label in a ref's name, of a mark or of what is open.
pub(super) fn label(name: &str) -> Option<&str> {
    let open = || Some(name.strip_prefix(OPEN)?.rsplit_once('/')?.0);
    name.strip_prefix(MARKS).or_else(open)
}

/// Returns the directories of all refs that marks stand in.
pub(super) fn directories() -> [&'static str; 2] {
    [MARKS, OPEN]
}

/// Returns the patterns of all refs that marks stand in.
pub(super) fn patterns() -> [String; 2] {
    [format!("{MARKS}*"), format!("{OPEN}*")]
}
