//! The word of a site's rules on its changes, found in one pass: what is ignored, which rules apply, what bears on others.
//!
//! It comes before the mapping, since only some changes need the list of all files, and before anything that wants to know
//! a change's rules. Their meaning in URLs is left to [`super::map`].

use std::ops::Range;

use super::left_alone::is_left_alone;
use super::rewritten::{self, Rewritten};
use super::side_effects::{SideEffect, known_scope, stated_scope};
use crate::changes::{Change, Changes, EntryChange, Status};
use crate::config::{On, Rule, RuleNumber, Scope, Site};
use crate::hosting::{self, Reach};
use crate::two_threads::{are_worth_it, both};

/// A site's changes, judged.
pub struct Judged<'c> {
    pub(super) changes: &'c Changes,
    /// Of each change, whether `ignore` lets it through.
    pub(super) kept: Vec<bool>,
    /// The rules of all changes, one change behind the other.
    rules: Vec<RuleNumber>,
    /// Of each change, where its rules end.
    ends: Vec<u32>,
    pub(super) effects: Vec<SideEffect<'c>>,
    /// The entries of hosts' configuration that count, by their indices in [`Changes::entries`].
    pub(super) entries: Vec<u32>,
    /// The changed files that entries of hosts' configuration answer with.
    pub(super) rewritten: Vec<Rewritten>,
    /// Nothing but the names of the changed paths is known, neither what happened to them nor which other files there are.
    pub(super) only_names: bool,
}

/// Returns true when a rule is for this kind of change.
fn is_for(on: On, status: Status) -> bool {
    match status {
        Status::Added => on.added,
        Status::Modified => on.modified,
        Status::Deleted => on.deleted,
    }
}

/// Judges a site's changes.
#[must_use]
pub fn judge<'c>(changes: &'c Changes, site: &Site) -> Judged<'c> {
    judged(changes, site, false)
}

/// Judges paths of which nothing but the names is known: rules are for them whatever happened, and one that bears on others
/// bears on all that lies there.
#[must_use]
pub fn judge_names<'c>(changes: &'c Changes, site: &Site) -> Judged<'c> {
    judged(changes, site, true)
}

fn judged<'c>(changes: &'c Changes, site: &Site, only_names: bool) -> Judged<'c> {
    let all = changes.paths.len();
    let of = |part| Judged::of(changes, part, site, only_names);
    let mut judged = if are_worth_it(all) {
        let (first, second) = both(|| of(0..all / 2), || of(all / 2..all));
        first.followed_by(second)
    } else {
        of(0..all)
    };
    judged.entries = (0u32..).zip(&changes.entries).filter(|(_, e)| judged.counts(e, site)).map(|(i, _)| i).collect();
    let is_open = |i: u32| judged.kept[i as usize] && stated_scope(site, judged.rules(i)).is_none();
    judged.rewritten = rewritten::find(changes, is_open, site);
    keep_the_widest(&mut judged.effects);
    judged
}

/// Finds what a change does to others, by a rule's word or else by what is known about the file.
fn effect<'c>(
    index: u32,
    change: &'c Change,
    only_name: bool,
    site: &Site,
    rules: &[RuleNumber],
) -> Option<SideEffect<'c>> {
    let (scope, rule) = match stated_scope(site, rules) {
        Some((scope, rule)) => (scope, Some(rule)),
        None => (known_scope(change, only_name)?, None),
    };
    let end = match scope {
        Scope::None | Scope::Urls => return None,
        Scope::Subtree => change.path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1),
        Scope::Site | Scope::Everything => 0,
    };
    Some(SideEffect { index, scope, rule, directory: &change.path[..end] })
}

/// Drops needless effects: one for the zone makes all others needless, one for the whole site those that reach no further. A rule's
/// covers more than a list of files: no known effect takes its place.
fn keep_the_widest(effects: &mut Vec<SideEffect<'_>>) {
    let first = |effects: &[SideEffect<'_>], scope, stated: bool| {
        effects.iter().position(|e| e.scope == scope && e.rule.is_some() == stated)
    };
    if let Some(only) = first(effects, Scope::Everything, true).or(first(effects, Scope::Site, true)) {
        *effects = vec![effects[only]];
    } else if let Some(known) = first(effects, Scope::Site, false) {
        let known = effects[known];
        effects.retain(|effect| effect.rule.is_some());
        effects.push(known);
    }
}

/// Returns true for a configuration file whose entries are compared.
pub(super) fn is_configuration(changes: &Changes, path: &[u8]) -> bool {
    changes.configuration.binary_search_by(|known| (**known).cmp(path)).is_ok()
}

impl<'c> Judged<'c> {
    /// Judges a part of the changes, each by itself.
    fn of(changes: &'c Changes, part: Range<usize>, site: &Site, only_names: bool) -> Judged<'c> {
        let mut judged = Judged {
            changes,
            kept: Vec::with_capacity(part.len()),
            rules: Vec::new(),
            ends: Vec::with_capacity(part.len()),
            effects: Vec::new(),
            entries: Vec::new(),
            rewritten: Vec::new(),
            only_names,
        };
        let mut matcher = site.rules.matcher();
        for (index, change) in (0u32..).zip(&changes.paths).skip(part.start).take(part.len()) {
            let said = matcher.judge(&change.path);
            judged.kept.push(!said.ignored);
            let start = judged.rules.len();
            judged.rules.extend(
                said.rules.iter().filter(|rule| only_names || is_for(site.rules.get(**rule).on, change.status)),
            );
            judged.ends.push(number(judged.rules.len()));
            if !said.ignored {
                let effect = effect(index, change, only_names, site, &judged.rules[start..]);
                // Where its entries are compared they say what it does.
                let is_read = |effect: &SideEffect<'_>| effect.lists_files() && is_configuration(changes, &change.path);
                judged.effects.extend(effect.filter(|effect| !is_read(effect)));
            }
        }
        judged
    }

    /// Adds the changes that come next.
    fn followed_by(mut self, next: Judged<'c>) -> Judged<'c> {
        let rules = self.rules.len();
        self.ends.extend(next.ends.iter().map(|end| number(rules + *end as usize)));
        self.rules.extend(next.rules);
        self.kept.extend(next.kept);
        self.effects.extend(next.effects);
        self
    }
}

/// Returns a count of rules: no path has 65,536 of them, and no site 65,536 files with as many each.
fn number(rules: usize) -> u32 {
    u32::try_from(rules).unwrap_or(u32::MAX)
}

impl Judged<'_> {
    /// Returns true when mapping needs the list of all files.
    #[must_use]
    pub fn needs_inventory(&self) -> bool {
        let entries = &self.changes.entries;
        let of_entries = self.entries.iter().flat_map(|i| &entries[*i as usize].difference.reaches);
        let rewrites = &self.changes.rewrites;
        let of_rewrites = self.rewritten.iter().flat_map(|one| &rewrites[one.rewrite as usize].rewrite.reaches);
        let mut reaches = of_entries.chain(of_rewrites);
        !self.only_names
            && (self.effects.iter().any(SideEffect::lists_files)
                || reaches.any(|r| matches!(r, Reach::Files(_) | Reach::Names(_) | Reach::Listings(_))))
    }

    /// Returns true for an entry whose file is neither ignored nor another host's, and of which no rule knows better.
    fn counts(&self, entry: &EntryChange, site: &Site) -> bool {
        if !hosting::is_among(site.host_preset, entry.difference.readers) {
            return false;
        }
        if entry.is_above() {
            return hosting::is_served_by(site.host_preset, &entry.file);
        }
        if hosting::is_code(&entry.file) && !hosting::is_served_by(site.host_preset, &entry.file) {
            return false;
        }
        let found = self
            .changes
            .paths
            .binary_search_by(|change| change.path.cmp(&entry.file).then(change.status.cmp(&entry.status)));
        let index = found.ok().and_then(|i| u32::try_from(i).ok());
        index.is_some_and(|i| self.kept[i as usize] && stated_scope(site, self.rules(i)).is_none())
    }

    /// Returns true when the URLs of the file itself are purged for a change: not for one that `ignore` or a rule's `scope =
    /// "none"` keeps out, nor for a deleted file that is left to pages in open tabs. `index` is that in [`Changes::paths`].
    #[must_use]
    pub fn purges(&self, index: usize, site: &Site) -> bool {
        let rules = u32::try_from(index).map_or(&[][..], |index| self.rules(index));
        let stated = stated_scope(site, rules).map(|(scope, _)| scope);
        let is_let_go = || !is_left_alone(&self.changes.paths[index], self.changes, site);
        self.kept[index] && stated.map_or_else(is_let_go, |scope| scope != Scope::None)
    }

    /// Returns the rules of a change.
    pub(super) fn rules(&self, index: u32) -> &[RuleNumber] {
        let index = index as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.rules[start..self.ends[index] as usize]
    }

    /// Returns for each rule how many changes it is for, and the first of them.
    pub(super) fn rules_in_use<'s>(&self, site: &'s Site) -> Vec<(RuleNumber, &'s Rule, u32, u32)> {
        let mut uses: Vec<(RuleNumber, &Rule, u32, u32)> =
            site.rules.iter().map(|(number, rule)| (number, rule, 0, 0)).collect();
        let mut start = 0;
        for (index, &end) in (0u32..).zip(&self.ends) {
            for number in &self.rules[start..end as usize] {
                let (.., first, count) = &mut uses[number.index()];
                *first = if *count == 0 { index } else { *first };
                *count += 1;
            }
            start = end as usize;
        }
        uses.retain(|(.., count)| *count > 0);
        uses
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Config;

    const RULES: &str = "ignore = [\"**/*.map\"]\n[[site.rule]]\nmatch = [\"a/**\"]\nexcept = [\"**/b\"]\nscope = \"subtree\"\n\
                         [[site.rule]]\nmatch = [\"**/*b*\"]\non = [\"added\"]\ntags = [\"t\"]\n";

    proptest! {
        #[test]
        fn two_parts_are_judged_as_the_whole(
            paths in proptest::collection::btree_set("([ab]/){0,2}([ab]{1,2}(\\.map)?|_headers)", 0..30),
            cut in 0usize..30,
        ) {
            let text = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\n{RULES}");
            let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
            let status = |path: &str| if path.len().is_multiple_of(2) { Status::Added } else { Status::Modified };
            let change = |path: &String| Change { path: path.as_bytes().into(), status: status(path), leads_elsewhere: false };
            let changes = Changes { paths: paths.iter().map(change).collect(), ..Changes::default() };
            let (all, cut) = (paths.len(), cut.min(paths.len()));
            let of = |part| Judged::of(&changes, part, &site, false);
            let (parts, whole) = (of(0..cut).followed_by(of(cut..all)), of(0..all));
            for i in (0u32..).take(all) {
                prop_assert_eq!(parts.rules(i), whole.rules(i));
            }
            let effects = |judged: &Judged<'_>| judged.effects.iter().map(|e| (e.index, e.scope, e.rule)).collect::<Vec<_>>();
            prop_assert_eq!(effects(&parts), effects(&whole));
            prop_assert_eq!(parts.kept, whole.kept);
        }
    }
}
