//! From changed paths to the URLs whose answers may have changed, each with its reasons.
//!
//! Pure: changes and a site's rules in, a sorted list out, every URL once. Which of them are sent, and how, is left to
//! [`crate::plan`].

mod asked;
mod asked_url;
mod bases;
mod elsewhere;
mod explanation;
mod forms;
mod gathering;
mod judged;
mod last;
mod left_alone;
mod mapped;
mod notes;
mod operation;
mod own_urls;
mod presets;
mod reason;
mod reasons;
mod rewritten;
mod runs;
mod side_effects;
mod texts;
mod twins;
mod url_counts;
mod urls;
mod used_up;

use crate::changes::{Changes, DirectoryChange, Status, directory_of};
use crate::config::{Matcher, RuleNumber, Scope, Site};
use crate::hosting::{Reach, Route};
use crate::two_threads::both;

pub use asked::map_asked;
pub use asked_url::{AskedUrl, AskedUrlError, is_url};
pub use elsewhere::{bear_on_others, directories_elsewhere, forms_differ};
pub use explanation::{Answer, Behind, Explanation, MatchingRule, behind, explain};
pub use forms::{Forms, Spelled, folds as answers_in_any_case};
pub use judged::{Judged, judge, judge_names};
pub use last::{Later, goes_last};
pub use mapped::{Mapped, Mapping};
pub use operation::{Kind, Operation, PublicUrl, without_scheme};
pub use presets::{Preset, preset_of};
pub use reason::Reason;
pub use reasons::Reasons;
pub use side_effects::is_host_configuration;
pub use twins::{Twin, Unicode};
pub use url_counts::UrlCounts;
pub use urls::{visit_urls, visit_urls_of_files};
pub use used_up::UsedUp;

use self::bases::below_bases;
use self::gathering::Gathering;
use self::own_urls::OwnUrls;
use self::rewritten::Rewritten;
use self::side_effects::{SideEffect, stated_scope};

/// Maps a site's changes. `inventory` is every path of both snapshots, sorted; it is only looked at where
/// [`Judged::needs_inventory`] says so.
#[must_use]
pub fn map(judged: &Judged<'_>, inventory: &[Box<[u8]>], site: &Site) -> Mapping {
    let changes = judged.changes;
    let forms = Forms::for_site(site);
    let (OwnUrls { mut all, mut left, mut unlisted }, half) = OwnUrls::find(judged, site, &forms);
    let half = half.map(|half| {
        left.extend(half.left);
        unlisted.extend(half.unlisted);
        half.all
    });
    for (i, directory) in (0u32..).zip(&changes.directories) {
        if let Some(file) = kept_file(changes, &judged.kept, directory) {
            all.directory(&directory.path, judged.rules(file), |form, twin| Reason::Directory(i, form, twin));
        }
    }
    listings(&mut all, judged);
    for effect in &judged.effects {
        reach(&mut all, effect, (!judged.only_names).then_some(inventory), site);
    }
    for index in &judged.entries {
        let difference = &changes.entries[*index as usize].difference;
        reaches(&mut all, &difference.reaches, difference.scope, inventory, site, |twin| Reason::Entry(*index, twin));
    }
    for one in &judged.rewritten {
        rewritten(&mut all, one, judged, inventory, site);
    }
    for (number, _, first, count) in judged.rules_in_use(site) {
        all.constants(number, Reason::Rule(number, first, count));
    }
    if !all.is_empty() || half.as_ref().is_some_and(|half| !half.is_empty()) {
        all.always();
    }
    let operations = match half {
        None => all.collected(),
        Some(half) => {
            let (one, other) = both(|| all.collected(), || half.collected());
            mapped::merged(one, other)
        }
    };
    let ignored = judged.kept.iter().filter(|kept| !**kept).count();
    let later = Later::find(judged, site);
    Mapping { operations, ignored, left, unlisted, later, notes: notes::notes(judged, site) }
}

/// Adds the lists that directories without an index file make of their entries, once each: of what came, went or changed in them.
fn listings<'c>(all: &mut Gathering<'_>, judged: &Judged<'c>) {
    let changes = judged.changes;
    if changes.listings.is_empty() {
        return;
    }
    let mut done = std::collections::HashSet::new();
    let mut before: Option<&[u8]> = None;
    let mut is_first = |path: &'c [u8]| {
        let parent = directory_of(path);
        // Mostly the directory of the one before.
        if before.replace(parent) == Some(parent) {
            return None;
        }
        let at = changes.listings.binary_search_by(|known| (**known).cmp(parent)).ok()?;
        done.insert(at).then(|| &*changes.listings[at])
    };
    for (i, change) in (0u32..).zip(&changes.paths).filter(|(i, _)| judged.kept[*i as usize]) {
        if let Some(parent) = is_first(&change.path) {
            all.listing(parent, |form, twin| Reason::Path(i, form, twin, None));
        }
    }
    for (i, directory) in (0u32..).zip(&changes.directories).filter(|(_, directory)| !directory.path.is_empty()) {
        if let Some(parent) = is_first(&directory.path) {
            all.listing(parent, |form, twin| Reason::Directory(i, form, twin));
        }
    }
}

/// Returns the names of files that answer for their directory, where a directory without one lists its entries; `None` where it does not.
#[must_use]
pub fn listing_index_names(site: &Site) -> Option<Vec<Vec<u8>>> {
    let forms = Forms::for_site(site);
    forms.of_listing(b"").map(|_| forms.index_names().into_iter().map(<[u8]>::to_vec).collect())
}

/// Estimates how many operations the changes of a site mean, without making them. Rules with long lists of variants multiply them
/// beyond any memory.
#[must_use]
pub fn estimate(judged: &Judged<'_>, site: &Site) -> usize {
    let forms = Forms::for_site(site);
    let of = |i: u32, path: &[u8]| {
        let variants: usize = judged.rules(i).iter().map(|rule| site.rules.get(*rule).variants.len()).sum();
        let mut count = 0;
        forms.each_of_file(path, |_| count += 1);
        count * site.base_urls.len() * (variants + 1)
    };
    let kept = (0u32..).zip(&judged.changes.paths).filter(|(i, _)| judged.kept[*i as usize]);
    kept.map(|(i, change)| of(i, &change.path)).fold(0, usize::saturating_add)
}

/// Adds what a change does to others: by a rule's word everything below a directory, and by what is known about the file the URLs of
/// all files there; where no inventory tells which these are, also everything below.
fn reach(all: &mut Gathering<'_>, effect: &SideEffect<'_>, inventory: Option<&[Box<[u8]>]>, site: &Site) {
    let reason = Reason::SideEffect(effect.index, effect.scope, effect.rule);
    if effect.scope == Scope::Everything {
        all.push(Operation::Everything, reason);
    } else if let Some(inventory) = inventory.filter(|_| effect.lists_files()) {
        files(all, effect.directory, inventory, site, reason);
    } else {
        all.below(effect.directory, |_| reason);
        // The directory without its slash is not below it.
        let directory = effect.directory.strip_suffix(b"/").unwrap_or_default();
        all.directory(directory, &[], |_, _| reason);
    }
}

/// Adds the URLs of all files below a directory, which is empty or has its slash at the end.
fn files(all: &mut Gathering<'_>, directory: &[u8], inventory: &[Box<[u8]>], site: &Site, reason: Reason) {
    let mut matcher = site.rules.matcher();
    let start = inventory.partition_point(|path| **path < *directory);
    for path in inventory[start..].iter().take_while(|path| path.starts_with(directory)) {
        file(all, path, &mut matcher, site, |_| reason);
    }
}

/// Adds the URLs of a file that has not changed itself. Its answer is taken for modified; a rule that is for other changes has no say.
fn file(all: &mut Gathering<'_>, path: &[u8], matcher: &mut Matcher<'_>, site: &Site, reason: impl Fn(Twin) -> Reason) {
    let said = matcher.judge(path);
    let rules: Vec<RuleNumber> = said.rules.iter().copied().filter(|rule| site.rules.get(*rule).on.modified).collect();
    if !said.ignored && stated_scope(site, &rules).is_none_or(|(scope, _)| scope != Scope::None) {
        all.file(path, &rules, |_, twin, _| reason(twin));
    }
}

/// Adds the URLs under which an entry of a host's configuration answers with a changed file.
fn rewritten(all: &mut Gathering<'_>, one: &Rewritten, judged: &Judged<'_>, inventory: &[Box<[u8]>], site: &Site) {
    let rewrite = &judged.changes.rewrites[one.rewrite as usize].rewrite;
    let reason = |twin| Reason::Rewrite(one.change, one.rewrite, twin);
    match &one.route {
        None => {}
        Some(Route::Any) => reaches(all, &rewrite.reaches, rewrite.scope, inventory, site, reason),
        Some(Route::Path(path)) => below_bases(path, site).iter().for_each(|path| all.request(path, reason)),
        Some(Route::Below(path)) => below_bases(path, site).iter().for_each(|path| all.below(path, reason)),
    }
}

/// Adds what an entry of a host's configuration bears on; `scope` says how far, where that is more than some paths.
fn reaches(
    all: &mut Gathering<'_>,
    reaches: &[Reach],
    scope: Option<Scope>,
    inventory: &[Box<[u8]>],
    site: &Site,
    reason: impl Fn(Twin) -> Reason + Copy,
) {
    let mut matcher = site.rules.matcher();
    for reach in reaches {
        match reach {
            Reach::Files(directory) => files(all, directory, inventory, site, reason(Twin::NONE)),
            Reach::Names(names) => {
                names.of(inventory).into_iter().for_each(|path| file(all, path, &mut matcher, site, reason));
            }
            Reach::Listings(names) => {
                for path in names.of(inventory) {
                    let end = path.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
                    all.route(&path[..end], reason);
                }
            }
            Reach::Path(path) => {
                for path in below_bases(path, site) {
                    if path.ends_with(b"/") || path.is_empty() {
                        all.route(&path, reason);
                    } else {
                        file(all, &path, &mut matcher, site, reason);
                    }
                }
            }
            Reach::Queries(path) => below_bases(path, site).iter().for_each(|path| all.queries(path, reason)),
            Reach::Below(path) => {
                for path in below_bases(path, site) {
                    all.below(&path, reason);
                    if scope.is_some() {
                        // The directory without its slash is not below it.
                        all.route(&path, reason);
                    }
                }
            }
        }
    }
}

/// Returns the first file that `ignore` does not keep out and by which a directory appeared (vanished).
fn kept_file(changes: &Changes, kept: &[bool], directory: &DirectoryChange) -> Option<u32> {
    let inside = |path: &[u8]| {
        directory.path.is_empty() || path.strip_prefix(&*directory.path).is_some_and(|rest| rest.starts_with(b"/"))
    };
    let start = changes.paths.partition_point(|c| *c.path < *directory.path);
    // Siblings such as `d.html` sort between `d` and `d/…`: they are passed over, not the end.
    let found = (start..changes.paths.len())
        .take_while(|&i| changes.paths[i].path.starts_with(&directory.path))
        // A link that led nowhere, and now to a file, is modified.
        .find(|&i| {
            let status = changes.paths[i].status;
            kept[i] && inside(&changes.paths[i].path) && (status == directory.status || status == Status::Modified)
        });
    found.and_then(|i| u32::try_from(i).ok())
}

#[cfg(test)]
mod tests;
