//! Files that change the answers of other URLs: header and redirect tables of hosts, and the like.
//!
//! Where both versions of such a file are at hand, what differs in it is known, and mapped entry by entry. Otherwise it bears on
//! the whole site, or on the directory that it lies in, and all URLs there are purged; above the threshold that becomes the broader
//! purge that the site allows. A rule that states a `scope` for the same path knows better, and so does `ignore`.

use crate::changes::{Change, Status};
use crate::config::{RuleNumber, Scope, Site};
use crate::hosting;

/// Returns true for a file that hosts read and serve to nobody, as far as its name tells; names that begin with a dot are seldom served.
#[must_use]
pub fn is_host_configuration(path: &[u8]) -> bool {
    let hidden = |segment: &[u8]| segment.starts_with(b".") && segment != b".well-known";
    hosting::reach_of(path).is_some() || path.split(|b| *b == b'/').any(hidden)
}

/// Returns the widest scope that one of the rules states, and the rule.
pub(super) fn stated_scope(site: &Site, rules: &[RuleNumber]) -> Option<(Scope, RuleNumber)> {
    let stated = |number: &RuleNumber| site.rules.get(*number).scope.map(|scope| (scope, *number));
    rules.iter().filter_map(stated).reduce(|widest, next| if next.0 > widest.0 { next } else { widest })
}

/// Returns the scope of a changed path, as far as the file's name tells; `None` for one that bears on its own URLs only. With `only_name`
/// the change's status is not known.
pub(super) fn known_scope(change: &Change, only_name: bool) -> Option<Scope> {
    let path = &*change.path;
    // Adding or removing it turns GitHub's Jekyll off or on; its content says nothing.
    let turns_jekyll = path == b".nojekyll" && (only_name || change.status != Status::Modified);
    if turns_jekyll { Some(Scope::Site) } else { hosting::reach_of(path) }
}

/// A change that bears on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SideEffect<'c> {
    /// Its index in [`crate::changes::Changes::paths`].
    pub(super) index: u32,
    /// How far.
    pub(super) scope: Scope,
    /// The rule that says so.
    pub(super) rule: Option<RuleNumber>,
    /// Where: empty, or with a slash.
    pub(super) directory: &'c [u8],
}

impl SideEffect<'_> {
    /// Returns true when it means the URLs of all files there, and false when it means whatever lies there.
    pub(super) fn lists_files(&self) -> bool {
        self.rule.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_side_effects_are_known_where_hosts_read_them() {
        for (path, status, want) in [
            ("_headers", Status::Modified, Some(Scope::Site)),
            ("_redirects", Status::Added, Some(Scope::Site)),
            ("docs/_redirects", Status::Added, None),
            ("vercel.json", Status::Deleted, Some(Scope::Site)),
            (".nojekyll", Status::Added, Some(Scope::Site)),
            (".nojekyll", Status::Modified, None),
            (".htaccess", Status::Modified, Some(Scope::Site)),
            ("docs/.htaccess", Status::Modified, Some(Scope::Subtree)),
            ("x.htaccess", Status::Modified, None),
            ("404.html", Status::Modified, None),
        ] {
            let change = Change { path: path.as_bytes().into(), status, leads_elsewhere: false };
            assert_eq!(known_scope(&change, false), want, "{path}");
        }
    }
}
