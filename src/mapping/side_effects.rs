//! Files that change the answers of other URLs: header and redirect tables of hosts, and the like.
//!
//! What is in them is not read. Such a file bears on the whole site, or on the directory that it lies in, and all URLs
//! there are purged; above the threshold that becomes the broader purge that the site allows. `ignore` is the way out for
//! who knows better.

use crate::changes::{Change, Changes, Status};
use crate::config::Site;
use crate::display::shown;

/// How far a file's effect reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Every URL of the site.
    Site,
    /// Every URL below the file's directory.
    Subtree,
}

/// Files of the web root that hosts read and that decide about headers, redirects and rewrites of any route: Netlify and
/// Cloudflare, Netlify, Vercel, Firebase, Azure Static Web Apps, Surge.
const SITE_WIDE: [&[u8]; 7] = [
    b"_headers",
    b"_redirects",
    b"netlify.toml",
    b"vercel.json",
    b"firebase.json",
    b"staticwebapp.config.json",
    b"ROUTER",
];

impl Scope {
    /// The scope of a changed path; `None` for one that bears on its own URLs only.
    #[must_use]
    pub fn of(change: &Change) -> Option<Scope> {
        let path = &*change.path;
        // Adding or removing it turns GitHub's Jekyll off or on; its content says nothing.
        let turns_jekyll = path == b".nojekyll" && change.status != Status::Modified;
        if SITE_WIDE.contains(&path) || turns_jekyll {
            return Some(Scope::Site);
        }
        match path.strip_suffix(b".htaccess")? {
            b"" => Some(Scope::Site),
            directory => directory.ends_with(b"/").then_some(Scope::Subtree),
        }
    }

    /// Words that follow `… modified`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Scope::Site => ", which bears on the whole site",
            Scope::Subtree => ", which bears on its directory",
        }
    }
}

/// A change that bears on others: its index in [`Changes::paths`], how far, and the directory (empty, or with a slash).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideEffect<'c> {
    /// The change.
    pub index: u32,
    /// How far.
    pub scope: Scope,
    /// Where.
    pub directory: &'c [u8],
}

/// The changes of a site that bear on others. One for the whole site makes those below it needless.
#[must_use]
pub fn side_effects<'c>(changes: &'c Changes, site: &Site) -> Vec<SideEffect<'c>> {
    let effect = |(index, change): (u32, &'c Change)| {
        let scope = Scope::of(change).filter(|_| !site.ignore.matches(&change.path))?;
        let end =
            if scope == Scope::Site { 0 } else { change.path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1) };
        Some(SideEffect { index, scope, directory: &change.path[..end] })
    };
    let mut all: Vec<SideEffect<'_>> = (0u32..).zip(&changes.paths).filter_map(effect).collect();
    if let Some(whole) = all.iter().find(|e| e.scope == Scope::Site).copied() {
        all = vec![whole];
    }
    all
}

/// What a person should know of changed files whose effect no list of URLs can hold.
pub(super) fn notes(changes: &Changes, site: &Site) -> Vec<String> {
    let mut notes = Vec::new();
    for change in changes.paths.iter().filter(|change| !site.ignore.matches(&change.path)) {
        let path = shown(&change.path);
        if change.path.rsplit(|&b| b == b'/').next() == Some(b"404.html") {
            notes.push(format!(
                "{path} is also the answer under unknown URLs, which age out by themselves (3 minutes by default)"
            ));
        }
        if *change.path == *b"CNAME" {
            notes.push("CNAME names the site's host: do `base_urls` still fit?".to_owned());
        }
        if Scope::of(change).is_some() {
            notes.push(format!(
                "{path} may name routes that have no file, and no list holds them: put those into `always`"
            ));
        }
    }
    notes
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
            assert_eq!(Scope::of(&change), want, "{path}");
        }
    }
}
