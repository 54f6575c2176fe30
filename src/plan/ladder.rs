//! The way up when a plan is too long: URLs, then directories, then hosts, then everything, never broader than the site allows.
//!
//! A step is taken as soon as what it asks for is within the threshold again, and each step that was not enough is named
//! in the plan.

use super::capabilities::Capabilities;
use super::cost::{Numbers, Till};
use super::cover::{self, Choice, Taken, with};
use super::hosts::hosts;
use super::planned::PlannedOperation;
use super::refused::Refused;
use super::setting::Setting;
use super::tree::{Directory, Prefixes, Tree};
use crate::config::{BaseUrl, Cover, Fallback, Prefix, Site, Threshold};
use crate::display::{counted, grouped};
use crate::mapping::{self, Kind, Operation, Reason};

/// What the site's policy makes of its operations.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) operations: Vec<PlannedOperation>,
    pub(super) fallback: Option<String>,
    pub(super) refused: Option<Refused>,
    pub(super) notes: Vec<String>,
    /// Unchanged URLs that go along.
    pub(super) wasted: usize,
}

/// A threshold that is exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// What exceeds it, in words.
    pub what: String,
    /// The threshold's key.
    pub key: &'static str,
    /// Its value.
    pub limit: usize,
    /// The least value that would do.
    pub enough: usize,
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, more than threshold.{} = {}", self.what, self.key, grouped(self.limit))
    }
}

/// Compares plans with the site's threshold.
struct Measure {
    threshold: Threshold,
    /// The site's URLs, where the threshold is a share of them.
    site_urls: Option<usize>,
    /// URLs of directories that come or go, which are no file's: they are not judged as a share.
    routes: usize,
    till: Till,
}

impl Measure {
    fn new(site: &Site, operations: &[PlannedOperation], numbers: &Numbers, setting: &Setting<'_>) -> Measure {
        let is_route = |planned: &&PlannedOperation| {
            planned.operation.url().is_some() && planned.reasons.iter().all(|r| matches!(r, Reason::Directory(..)))
        };
        let routes = operations.iter().filter(is_route).count();
        let site_urls = setting.inventory.filter(|_| site.threshold.percent.is_some()).map(|inventory| {
            let mut urls = 0;
            mapping::visit_urls(inventory, site, |_, _| urls += 1);
            urls
        });
        let Capabilities { limits, pace, .. } = setting.capabilities;
        Measure { threshold: site.threshold, site_urls, routes, till: Till::new(limits, pace, numbers.urls.all) }
    }

    /// Which threshold a plan is above, if any; `plain` of its URLs have neither query string nor headers.
    fn excess(&self, numbers: &Numbers, plain: usize, beside: usize) -> Option<Excess> {
        // A rule's prefixes are as many operations as URLs would be.
        let prefixes = numbers.prefixes.all.saturating_sub(beside);
        let urls = numbers.urls.all + prefixes;
        let (start, _) = self.till.sent(numbers);
        let seconds = start.as_secs() + u64::from(start.subsec_nanos() > 0);
        let seconds = usize::try_from(seconds).unwrap_or(usize::MAX);
        let listed = match (numbers.urls.all, prefixes) {
            (urls, 0) => counted(urls, "URL"),
            (0, 1) => "1 prefix".to_owned(),
            (0, prefixes) => format!("{} prefixes", grouped(prefixes)),
            (urls, prefixes) => format!("{} and {} by prefix", counted(urls, "URL"), grouped(prefixes)),
        };
        let what = || match beside {
            0 => format!("{listed} changed"),
            n => format!("{listed} changed beside {}", directories(n)),
        };
        let Threshold { urls: most, percent, seconds: longest, .. } = self.threshold;
        if urls > most {
            return Some(Excess { what: what(), key: "urls", limit: most, enough: urls });
        }
        if let (Some(limit), Some(all)) = (percent, self.site_urls.filter(|all| *all > 0)) {
            let share = (plain.saturating_sub(self.routes) * 100).div_ceil(all);
            if share > limit {
                let what = format!("{}, {share} percent of the site's {}", what(), grouped(all));
                return Some(Excess { what, key: "percent", limit, enough: share });
            }
        }
        let limit = longest.filter(|limit| seconds > *limit)?;
        let what = format!("{}, and the plan takes {} s", what(), grouped(seconds));
        Some(Excess { what, key: "seconds", limit, enough: seconds })
    }
}

/// `3 whole directories`.
fn directories(n: usize) -> String {
    if n == 1 { "1 whole directory".to_owned() } else { format!("{} whole directories", grouped(n)) }
}

/// Lists, covers, falls back or refuses.
pub(super) fn decide(site: &Site, mut operations: Vec<PlannedOperation>, setting: &Setting<'_>) -> Decision {
    // A rule that asks for everything has decided already.
    if operations.last().is_none_or(|planned| planned.operation == Operation::Everything) {
        return Decision { operations, ..Decision::default() };
    }
    if site.cover != Cover::Off {
        cover::drop_needless(&mut operations);
    }
    let numbers = Numbers::counted(&operations);
    let measure = Measure::new(site, &operations, &numbers, setting);
    let listed = Choice { taken: Vec::new(), numbers, plain: plain(&operations) };
    let before = measure.excess(&listed.numbers, listed.plain, 0);
    if let Some(excess) = before.filter(|_| site.threshold.then == Fallback::Fail) {
        let refused = Some(Refused::Excess { site: site.name.clone(), excess });
        return Decision { operations, refused, ..Decision::default() };
    }
    let choice = cover::choose(site, &operations, setting, &measure.till).unwrap_or(listed);
    let mut decision = Decision::default();
    if let Some(excess) = measure.excess(&choice.numbers, choice.plain, choice.taken.len()) {
        let ladder = Ladder { site, setting, measure: &measure, numbers };
        match ladder.climb(&excess, operations) {
            Ok(decision) => return decision,
            Err((note, same)) => {
                decision.notes.push(note);
                operations = same;
            }
        }
    }
    decision.wasted = choice.wasted();
    if decision.wasted > 0 {
        let wasted = counted(decision.wasted, "unchanged URL");
        decision.notes.push(format!("{wasted} may go along, as `cover` allows: their directories are cheaper whole"));
    }
    cover::apply(choice.taken, &mut operations);
    Decision { operations, ..decision }
}

/// URLs without query string and headers, as the site's files have them; those of directories that come and go are no files'.
fn plain(operations: &[PlannedOperation]) -> usize {
    let urls = operations.iter().filter_map(|planned| planned.operation.url());
    urls.filter(|url| url.headers().is_none() && !url.as_str().contains('?')).count()
}

/// What it takes to go up.
struct Ladder<'l> {
    site: &'l Site,
    setting: &'l Setting<'l>,
    measure: &'l Measure,
    numbers: Numbers,
}

impl Ladder<'_> {
    /// The first step that is within the threshold, or else the broadest that is allowed. Where only directories are, and they
    /// do not help, the operations come back with the reason.
    fn climb(
        &self,
        excess: &Excess,
        mut operations: Vec<PlannedOperation>,
    ) -> Result<Decision, (String, Vec<PlannedOperation>)> {
        let then = self.site.threshold.then;
        let by_prefix = self.setting.capabilities.can(Kind::Prefix);
        if let Some(taken) = self.prefixes(&operations).filter(|_| by_prefix) {
            let count = taken.len();
            cover::apply(taken, &mut operations);
            let (hold, are) = if count == 1 { ("holds", "is") } else { ("hold", "are") };
            let done = self.done();
            let fallback = format!("{excess}: {} that {hold} most of them {are} {done}", directories(count));
            return Ok(Decision { operations, fallback: Some(fallback), ..Decision::default() });
        }
        let why = if by_prefix {
            let most = self.setting.capabilities.most_directories.get();
            format!("{} directories would not hold enough of them", grouped(most))
        } else {
            "the cache cannot purge directories".to_owned()
        };
        if then == Fallback::Prefixes {
            let note = format!("{excess}, but {why}, and `then = \"prefixes\"` allows nothing broader: all are listed");
            return Err((note, operations));
        }
        let everything = self.setting.capabilities.can(Kind::Everything) && then == Fallback::Everything;
        if !self.setting.capabilities.can(Kind::Host) {
            if everything {
                let fallback = format!("{excess}; {why}, nor hosts");
                return Ok(self.everything(&fallback));
            }
            let note = format!("{excess}, but {why}, and nothing broader either: all are listed");
            return Err((note, operations));
        }
        let (operations, names) = hosts(self.site, &self.setting.capabilities, operations);
        let numbers = Numbers::counted(&operations);
        let still = self.measure.excess(&numbers, plain(&operations), 0);
        match still.filter(|_| everything) {
            None => {
                let notes = self.setting.others_beside(self.site).into_iter().collect();
                let done = self.done();
                let fallback = format!("{excess}, and {why}: everything under {names} is {done}");
                Ok(Decision { operations, fallback: Some(fallback), notes, ..Decision::default() })
            }
            Some(still) => {
                Ok(self.everything(&format!("{excess}; {why}, and {names} would still be too much ({still})")))
            }
        }
    }

    /// `purged` or `invalidated`.
    fn done(&self) -> &'static str {
        self.setting.capabilities.broad_mode(self.site.threshold.mode).done()
    }

    /// The last step.
    fn everything(&self, because: &str) -> Decision {
        let (whole, done) = (self.setting.capabilities.whole, self.done());
        let fallback = Some(format!("{because}: everything in the {whole} is {done}"));
        let beside = self.setting.others_beside(self.site);
        let notes = self.setting.others_in_the_zone(self.site).into_iter().chain(beside).collect();
        Decision {
            operations: vec![PlannedOperation::broad(Operation::Everything)],
            fallback,
            notes,
            ..Decision::default()
        }
    }

    /// The fewest directories below the base URLs, of one request, that bring the plan within the threshold: the largest first,
    /// the deepest level first, each level poured into the one above it.
    fn prefixes(&self, operations: &[PlannedOperation]) -> Option<Vec<Taken>> {
        let mut tree = Tree::of_operations(operations);
        let depths: Vec<usize> = tree.directories.iter().map(|directory| self.depth(directory)).collect();
        for depth in (1..=depths.iter().copied().max().unwrap_or(0)).rev() {
            if let Some(enough) = self.enough(&tree, &depths) {
                return Some(enough);
            }
            for number in (0..depths.len()).filter(|number| depths[*number] == depth) {
                tree.pour(number);
                tree.directories[number] = tree.directories[number].emptied();
            }
        }
        None
    }

    /// True when a directory can be a prefix, and is this site's alone.
    fn is_free(&self, text: &str) -> bool {
        Prefix::directory(text).is_some() && self.setting.is_ours(self.site, text)
    }

    /// How deep below the nearest base URL; 0 is the base URL itself, or elsewhere.
    fn depth(&self, directory: &Directory<'_>) -> usize {
        let separators = |text: &str| text.bytes().filter(|b| *b == b'/').count();
        let bases = self.site.base_urls.iter().map(BaseUrl::without_scheme);
        let above = bases.filter(|base| directory.text.starts_with(base)).map(str::len).max();
        above.map_or(0, |base| separators(&directory.text[base..]))
    }

    /// The fewest directories as the tree stands, the largest first, that are enough.
    fn enough(&self, tree: &Tree<'_>, depths: &[usize]) -> Option<Vec<Taken>> {
        let most = self.setting.capabilities.most_directories.get();
        let all = tree.directories.iter().zip(depths);
        // A single URL is no reason for a directory.
        let all = all.filter(|(directory, depth)| **depth > 0 && directory.urls + directory.prefixes > 1);
        let mut largest: Vec<&Directory<'_>> =
            all.map(|(directory, _)| directory).filter(|d| self.is_free(d.text)).collect();
        largest.sort_unstable_by_key(|d| (std::cmp::Reverse(d.urls), d.text));
        let mut numbers = self.numbers;
        let mut plain: usize = tree.directories.iter().map(|d| d.plain as usize).sum();
        for (count, directory) in (1..=most).zip(&largest) {
            numbers = with(numbers, directory);
            plain -= directory.plain as usize;
            if self.measure.excess(&numbers, plain, 0).is_none() {
                let texts = largest[..count].iter().map(|d| d.text);
                let prefixes: Prefixes<'_> = texts.zip(0..).collect();
                let topmost = largest[..count].iter().filter(|d| prefixes.above(d.text).is_none());
                return Some(topmost.filter_map(|d| Taken::broadly(d)).collect());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
