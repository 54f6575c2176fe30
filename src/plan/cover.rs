//! Directories that take the place of their URLs: where every URL below one changed, one prefix says the same.
//!
//! Of all such choices it takes the one that costs least under the provider's price list. Directories in which nothing is
//! unchanged lie inside each other or apart, so the topmost of them are apart, and of so many prefixes the largest take most
//! URLs along: trying each number of prefixes finds the optimum. (Operations that go last can cost one request more than
//! they had to.) What to do when a plan is too long all the same is left to [`super::ladder`].

use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::cost::{Numbers, Till};
use super::excess::Size;
use super::planned::{PlannedOperation, in_order};
use super::prefixes::Prefixes;
use super::setting::Setting;
use super::tree::{Directory, Tree};
use crate::changes::Inventory;
use crate::config::{Cover, Prefix, Site};
use crate::mapping::{self, Kind, Operation, Reason};

/// The path of something behind a link or a submodule, of which no URL can be in a plan.
const ANYTHING: &[u8] = b"/\x01";

/// Directories that are purged whole.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) taken: Vec<Taken>,
    /// The plan's numbers with them.
    numbers: Numbers,
    /// URLs without query string and headers that are left.
    plain: usize,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Taken {
    prefix: Prefix,
    /// URLs below it that did not change, where that is known.
    unchanged: Option<u32>,
}

/// Drops URLs and prefixes that a broader prefix of the plan covers.
pub(super) fn drop_needless(operations: &mut Vec<PlannedOperation>) {
    let prefixes = prefixes_of(operations);
    if prefixes.is_empty() {
        return;
    }
    let takers: Vec<Option<usize>> = operations.iter().map(|planned| prefixes.takes(&planned.operation)).collect();
    for (number, taker) in takers.iter().enumerate() {
        if let Some(taker) = taker {
            operations[*taker].last |= operations[number].last;
        }
    }
    let mut taker = takers.iter();
    operations.retain(|_| taker.next().is_none_or(Option::is_none));
    in_order(operations);
}

fn prefixes_of(operations: &[PlannedOperation]) -> Prefixes<'_> {
    let prefixes = operations.iter().enumerate().filter(|(_, planned)| planned.operation.kind() == Kind::Prefix);
    prefixes.map(|(number, planned)| (planned.operation.text(), number)).collect()
}

/// The cheapest choice; none where it is to take nothing.
pub(super) fn choose(
    site: &Site,
    operations: &[PlannedOperation],
    setting: &Setting<'_>,
    till: &Till,
) -> Option<Choice> {
    let inventory = setting.inventory.filter(|_| site.cover != Cover::Off && setting.capabilities.covers_pay)?;
    let mut tree = Tree::of_operations(operations);
    mark_unchanged(&mut tree, operations, inventory, site);
    tree.add_up();
    let prefixes = prefixes_of(operations);
    let candidates = |cover| {
        tree.topmost(|directory| {
            let text = directory.text;
            let is_new = || prefixes.number(text).is_none() && Prefix::names_directory(text);
            is_worth(cover, directory) && is_new() && setting.is_ours(site, text)
        })
    };
    let limit = setting.capabilities.limits.others.get();
    let mut best = (Vec::new(), Numbers::counted(operations));
    // A choice that covers unchanged URLs has to be cheaper than one that does not.
    let covers = if site.cover == Cover::Exact { &[Cover::Exact][..] } else { &[Cover::Exact, site.cover] };
    for cover in covers {
        let other = cheapest(candidates(*cover), Numbers::counted(operations), limit, till);
        best = if till.cost(&other.1) < till.cost(&best.1) { other } else { best };
    }
    let (taken, numbers) = best;
    let plain: u32 = tree.all().filter(|d| d.is_top).map(|d| d.plain).sum();
    let gone: u32 = taken.iter().map(|d| d.plain).sum();
    let plain = (plain - gone) as usize;
    (!taken.is_empty()).then(|| Choice { plain, numbers, taken: taken.iter().filter_map(Taken::exactly).collect() })
}

/// Counts the URLs that the plan leaves alone, or finds at least one in each directory that has some.
fn mark_unchanged(tree: &mut Tree<'_>, operations: &[PlannedOperation], inventory: &Inventory, site: &Site) {
    let one_is_enough = site.cover == Cover::Exact;
    let urls = &operations[..operations.partition_point(|planned| planned.operation.kind() == Kind::Url)];
    let (first, last) = urls.split_at(urls.partition_point(|planned| !planned.last));
    let is_in = |urls: &[PlannedOperation], url: &str| urls.binary_search_by(|p| p.operation.text().cmp(url)).is_ok();
    let prefixes = prefixes_of(operations);
    // The URL of several files counts once. Two of them with one hash are less likely than a broken disk.
    let (mut counted, hash) = (HashSet::new(), RandomState::new());
    mapping::visit_urls(&inventory.paths, site, |url| {
        let Some((nearest, is_directly_in)) = tree.nearest(url) else { return };
        if one_is_enough && *tree.unchanged(nearest) > 0 {
            return;
        }
        let is_planned = is_directly_in && (is_in(first, url) || is_in(last, url)) || prefixes.covers(url).is_some();
        if !is_planned && (one_is_enough || counted.insert(hash.hash_one(url))) {
            let unchanged = tree.unchanged(nearest);
            *unchanged = unchanged.saturating_add(1);
        }
    });
    // So many may lie behind a link or a submodule, unless a prefix takes all of them along.
    let behind: Vec<Box<[u8]>> = inventory.opaque.iter().map(|path| [path, ANYTHING].concat().into()).collect();
    mapping::visit_urls_of_files(&behind, site, |_, url, form| {
        let is_open = form.is_some() && prefixes.covers(url).is_none();
        if let Some((nearest, _)) = tree.nearest(url).filter(|_| is_open) {
            *tree.unchanged(nearest) = u32::MAX;
        }
    });
}

fn is_worth(cover: Cover, directory: &Directory<'_>) -> bool {
    let unchanged = u64::from(directory.unchanged);
    let changed = u64::from(directory.plain) + u64::from(directory.prefixes);
    let most = match cover {
        Cover::Off => return false,
        Cover::Exact => 0,
        Cover::Waste(percent) => u64::from(percent),
    };
    directory.urls + directory.prefixes > 0 && unchanged * 100 <= most * (changed + unchanged)
}

/// The cheapest of all choices among directories that lie apart, and the plan's numbers with it. Of those that cost the same,
/// the one with the fewest directories.
fn cheapest<'p>(
    mut candidates: Vec<Directory<'p>>,
    before: Numbers,
    limit: usize,
    till: &Till,
) -> (Vec<Directory<'p>>, Numbers) {
    // One that makes a prefix needless adds none.
    candidates.sort_unstable_by_key(|d| (d.prefixes == 0, Reverse(d.urls), d.text));
    let free = candidates.partition_point(|d| d.prefixes > 0);
    let (mut best, mut cheapest) = ((0, before), till.cost(&before));
    let (mut numbers, mut step) = (before, (0, before));
    for (count, directory) in (1..).zip(&candidates) {
        numbers = with(numbers, directory);
        // Between these, one more prefix fits the same requests: it can only save.
        let is_step = count == free || count == candidates.len() || numbers.prefixes.all % limit == 0;
        if is_step && (count >= free) {
            let cost = till.cost(&numbers);
            if cost < cheapest {
                (best, cheapest) = (step, cost);
            }
            step = (count, numbers);
        }
    }
    let (mut count, mut numbers) = best;
    while till.cost(&numbers) > cheapest && count < candidates.len() {
        numbers = with(numbers, &candidates[count]);
        count += 1;
    }
    candidates.truncate(count);
    (candidates, numbers)
}

/// The numbers when one more directory takes the place of what lies below it.
pub(super) fn with(mut numbers: Numbers, directory: &Directory<'_>) -> Numbers {
    let [last_urls, last_prefixes] = directory.last.map(|n| n as usize);
    numbers.urls.all -= directory.urls as usize;
    numbers.urls.last -= last_urls;
    numbers.prefixes.all = numbers.prefixes.all + 1 - directory.prefixes as usize;
    numbers.prefixes.last = numbers.prefixes.last + usize::from(last_urls + last_prefixes > 0) - last_prefixes;
    numbers
}

impl Taken {
    fn exactly(directory: &Directory<'_>) -> Option<Taken> {
        Some(Taken { prefix: Prefix::directory(directory.text)?, unchanged: Some(directory.unchanged) })
    }

    /// One of which it is not known what did not change.
    pub(super) fn broadly(directory: &Directory<'_>) -> Option<Taken> {
        Some(Taken { prefix: Prefix::directory(directory.text)?, unchanged: None })
    }
}

impl Choice {
    /// The size of the plan with it.
    pub(super) fn size(&self) -> Size {
        Size { numbers: self.numbers, plain: self.plain, directories: self.taken.len() }
    }

    /// True when it takes everything below one of the site's base URLs.
    pub(super) fn takes_all_of(&self, site: &Site) -> bool {
        let is_all = |taken: &Taken| site.base_urls.iter().any(|base| base.without_scheme() == taken.prefix.as_str());
        self.taken.iter().any(is_all)
    }

    /// How many unchanged URLs go along.
    pub(super) fn wasted(&self) -> usize {
        self.taken.iter().filter_map(|taken| taken.unchanged).map(|n| n as usize).sum()
    }
}

/// Puts directories into the place of what lies below them.
pub(super) fn apply(taken: Vec<Taken>, operations: &mut Vec<PlannedOperation>) {
    let prefixes: Prefixes<'_> = taken.iter().enumerate().map(|(n, taken)| (taken.prefix.as_str(), n)).collect();
    let mut below = vec![(0, false); taken.len()];
    operations.retain(|planned| {
        let is_prefix = planned.operation.kind() == Kind::Prefix;
        let same = || is_prefix.then(|| prefixes.number(planned.operation.text())).flatten();
        let Some(number) = prefixes.takes(&planned.operation).or_else(same) else { return true };
        below[number] = (below[number].0 + 1, below[number].1 | planned.last);
        false
    });
    operations.extend(taken.into_iter().zip(below).map(|(taken, (changed, last))| PlannedOperation {
        operation: Operation::from(taken.prefix),
        reasons: Reason::Cover(changed, taken.unchanged).into(),
        last,
    }));
    in_order(operations);
}

#[cfg(test)]
mod tests;
