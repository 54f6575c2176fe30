//! Changed files that are the answer under URLs of others, since an entry of a host's configuration says so: rewrites, pages of errors,
//! index files of other names. The entry itself need not have changed.
//!
//! A rule that states a `scope` for the file knows better. One that keeps the configuration file to its own URLs, or `ignore`, does so for
//! all of its entries.

use std::collections::{BTreeSet, HashMap};

use super::bases::base_paths;
use super::forms::{Forms, folds};
use super::side_effects::stated_scope;
use crate::changes::{Change, Changes, RewriteOf};
use crate::config::{Form, Matcher, Scope, Site};
use crate::display::{grouped, shown};
use crate::hosting::{self, Page, Reach, Rewrite, Route};

/// A changed file that an entry answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rewritten {
    /// Its index in [`crate::changes::Changes::paths`].
    pub(super) change: u32,
    /// The entry's, in [`crate::changes::Changes::rewrites`].
    pub(super) rewrite: u32,
    /// The requests; `None` where they are those that find nothing, which age out by themselves.
    pub(super) route: Option<Route>,
}

/// The entries that count, by the paths that they answer with.
struct Pages<'c> {
    rewrites: &'c [RewriteOf],
    of_path: HashMap<Vec<u8>, Vec<u32>>,
    with_gap: Vec<u32>,
    any_case: bool,
}

/// Finds the changed files that entries answer with. `is_open` is asked by the index of a change: one that is ignored, or of which a rule
/// knows better, is not.
pub(super) fn find(changes: &Changes, is_open: impl Fn(u32) -> bool, site: &Site) -> Vec<Rewritten> {
    let pages = Pages::in_force(&changes.rewrites, site);
    if pages.of_path.is_empty() && pages.with_gap.is_empty() {
        return Vec::new();
    }
    let (forms, bases) = (Forms::of_host(site), base_paths(site));
    let (mut found, mut done) = (Vec::new(), BTreeSet::new());
    for (i, change) in (0u32..).zip(&changes.paths).filter(|(i, _)| is_open(*i)) {
        for (rewrite, route) in pages.answering_with(change, &forms, &bases) {
            let route = is_purged(&changes.rewrites[rewrite as usize].rewrite, &route).then_some(route);
            // One file is enough for what all of them mean.
            let is_one = matches!(route, Some(Route::Path(_)));
            if is_one || done.insert((rewrite, route.clone())) {
                found.push(Rewritten { change: i, rewrite, route });
            }
        }
    }
    found
}

/// Returns true where the requests of an entry are purged; those of a page of errors are only where they are few.
fn is_purged(rewrite: &Rewrite, route: &Route) -> bool {
    let is_few = || !rewrite.reaches.is_empty() && rewrite.reaches.iter().all(|r| matches!(r, Reach::Path(_)));
    let of_errors = rewrite.page.as_ref().is_some_and(|page| page.is_of_errors);
    !of_errors || *route == Route::Any && is_few()
}

impl<'c> Pages<'c> {
    /// Takes the entries whose file the site's host reads, and that neither `ignore` nor a rule keeps to itself.
    fn in_force(rewrites: &'c [RewriteOf], site: &Site) -> Pages<'c> {
        let any_case = folds(site);
        let mut pages = Pages { rewrites, of_path: HashMap::new(), with_gap: Vec::new(), any_case };
        let mut matcher = site.rules.matcher();
        for (i, RewriteOf { file, rewrite }) in (0u32..).zip(rewrites) {
            let Some(page) = rewrite.page.as_ref().filter(|_| {
                hosting::is_among(site.host_preset, rewrite.readers) && is_in_force(file, &mut matcher, site)
            }) else {
                continue;
            };
            match page.path() {
                Some(path) => pages.of_path.entry(pages.key(path)).or_default().push(i),
                None => pages.with_gap.push(i),
            }
        }
        pages
    }

    fn key(&self, path: &[u8]) -> Vec<u8> {
        if self.any_case { path.to_ascii_lowercase() } else { path.to_vec() }
    }

    fn page(&self, rewrite: u32) -> Option<&Page> {
        self.rewrites[rewrite as usize].rewrite.page.as_ref()
    }

    /// Returns the entries that answer with a changed file, with the requests.
    fn answering_with(&self, change: &Change, forms: &Forms<'_>, bases: &[Vec<u8>]) -> BTreeSet<(u32, Route)> {
        let mut found = BTreeSet::new();
        let all = forms.of_file(&change.path);
        let is_index = all.iter().any(|spelled| spelled.form == Form::Directory);
        for spelled in &all {
            for base in bases {
                let path = [base, spelled.path, spelled.suffix.as_bytes()].concat();
                let of_path = self.of_path.get(&self.key(&path)).into_iter().flatten();
                found.extend(of_path.map(|rewrite| (*rewrite, Route::Any)));
                for rewrite in &self.with_gap {
                    // The names of index files that are known are forms of the file.
                    let page = self.page(*rewrite).filter(|page| !is_index || !page.is_index());
                    let routes = page.map_or(Vec::new(), |page| page.routes_of(&path, self.any_case));
                    found.extend(routes.into_iter().map(|route| (*rewrite, route)));
                }
            }
        }
        if change.leads_elsewhere {
            let below = [&change.path, &b"/"[..]].concat();
            let inside = |rewrite: &u32| self.page(*rewrite).is_some_and(|page| page.beginning().starts_with(&below));
            let all = self.of_path.values().flatten().chain(&self.with_gap).copied();
            found.extend(all.filter(inside).map(|rewrite| (rewrite, Route::Any)));
        }
        found
    }
}

/// Returns true for a configuration file that the site's host reads, and whose entries bear on other URLs.
fn is_in_force(file: &[u8], matcher: &mut Matcher<'_>, site: &Site) -> bool {
    if !hosting::is_served_by(site.host_preset, file) {
        return false;
    }
    if file.starts_with(b"../") {
        return true;
    }
    let said = matcher.judge(file);
    let scope = stated_scope(site, said.rules).map(|(scope, _)| scope);
    !said.ignored && !matches!(scope, Some(Scope::None | Scope::Urls))
}

/// Returns the notes on what no list of URLs can hold.
pub(super) fn notes(changes: &Changes, rewritten: &[Rewritten]) -> Vec<String> {
    let is_wide = |one: &&Rewritten| {
        let reaches = &changes.rewrites[one.rewrite as usize].rewrite.reaches;
        one.route == Some(Route::Any) && reaches.iter().any(|reach| matches!(reach, Reach::Below(_)))
    };
    let mut notes = of_each(changes, rewritten, is_wide, |path, by| {
        format!(
            "{path} is also the answer under URLs that no list holds ({by}), so everything there is purged: a rule with \
             `match = [\"{path}\"]` and `scope = \"urls\"` purges the file's own URLs alone"
        )
    });
    let is_of_errors = |one: &&Rewritten| one.route.is_none() && !is_404(&changes.paths[one.change as usize].path);
    notes.extend(of_each(changes, rewritten, is_of_errors, |path, by| {
        format!(
            "{path} is also the answer under unknown URLs ({by}), which age out by themselves (3 minutes by default)"
        )
    }));
    notes
}

/// Returns true for the page of a name that has a note of its own.
fn is_404(path: &[u8]) -> bool {
    path.rsplit(|&b| b == b'/').next() == Some(b"404.html")
}

/// Returns a note for each changed file, of its first entry and how many more there are.
fn of_each(
    changes: &Changes,
    rewritten: &[Rewritten],
    wanted: impl Fn(&&Rewritten) -> bool,
    note: impl Fn(&str, &str) -> String,
) -> Vec<String> {
    let wanted: Vec<&Rewritten> = rewritten.iter().filter(wanted).collect();
    let one = |all: &[&Rewritten]| {
        let RewriteOf { file, rewrite } = &changes.rewrites[all[0].rewrite as usize];
        let more = if all.len() > 1 { format!(" and {} more", grouped(all.len() - 1)) } else { String::new() };
        let by = format!("{}: {}{more}", shown(file), shown(rewrite.entry.as_bytes()));
        note(&shown(&changes.paths[all[0].change as usize].path), &by)
    };
    wanted.chunk_by(|one, two| one.change == two.change).map(one).collect()
}
