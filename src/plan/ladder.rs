//! The way up of `then = "narrowest"`: URLs, then directories, then hosts, then everything.
//!
//! A step is taken as soon as what it asks for is within the threshold again, and each step that was not enough is named
//! in the plan.

use super::broad::Broad;
use super::cost::Numbers;
use super::cover::{self, Taken, with};
use super::excess::{Excess, Measure, Size, whole_directories};
use super::instead::{Decision, Listed};
use super::planned::PlannedOperation;
use super::prefixes::Prefixes;
use super::setting::Setting;
use super::tree::{Directory, Tree};
use crate::config::{BaseUrl, Prefix, Site};
use crate::display::grouped;
use crate::mapping::Kind;

/// The steps of a site, and how each is measured.
pub(super) struct Ladder<'l> {
    pub(super) site: &'l Site,
    pub(super) setting: &'l Setting<'l>,
    pub(super) measure: &'l Measure,
    /// Of the list that is too long.
    pub(super) numbers: Numbers,
}

impl Ladder<'_> {
    /// Finds the first step that is within the threshold, or else the broadest that the cache can be asked for. Where it can be
    /// asked for none, the operations come back with the reason.
    pub(super) fn climb(&self, excess: &Excess, mut operations: Vec<PlannedOperation>) -> Result<Decision, Listed> {
        let able = &self.setting.capabilities;
        let by_prefix = able.can(Kind::Prefix);
        if let Some(taken) = self.prefixes(&operations).filter(|_| by_prefix) {
            let hold = if taken.len() == 1 { "holds" } else { "hold" };
            let name = format!("{} that {hold} most of them", whole_directories(taken.len()));
            cover::apply(taken, &mut operations);
            return Ok(Decision::broad(excess.to_string(), Broad { operations, name, notes: Vec::new() }));
        }
        let why = if by_prefix {
            format!("{} directories would not hold enough of them", grouped(able.most_directories.get()))
        } else {
            "the cache cannot purge directories".to_owned()
        };
        let everything = able.can(Kind::Everything);
        if !able.can(Kind::Host) {
            if everything {
                let broad = Broad::everything(self.site, self.setting, operations);
                return Ok(Decision::broad(format!("{excess}; {why}, nor hosts"), broad));
            }
            let note = format!("{excess}, but {why}, and nothing broader either: all are listed");
            return Err((note, operations));
        }
        let hosts = Broad::hosts(self.site, self.setting, operations);
        match self.measure.excess(&Size::of_list(&hosts.operations)).filter(|_| everything) {
            None => Ok(Decision::broad(format!("{excess}, and {why}"), hosts)),
            Some(still) => {
                let names = hosts.name.trim_start_matches("everything under ");
                let because = format!("{excess}; {why}, and {names} would still be too much ({still})");
                Ok(Decision::broad(because, Broad::everything(self.site, self.setting, hosts.operations)))
            }
        }
    }

    /// The fewest directories below the base URLs, of one request, that bring the plan within the threshold: the largest first,
    /// the deepest level first, each level poured into the one above it.
    fn prefixes(&self, operations: &[PlannedOperation]) -> Option<Vec<Taken>> {
        let mut tree = Tree::of_operations(operations);
        let depths: Vec<usize> = tree.all().map(|directory| self.depth(&directory)).collect();
        for depth in (1..=depths.iter().copied().max().unwrap_or(0)).rev() {
            if let Some(enough) = self.enough(&tree, &depths) {
                return Some(enough);
            }
            for number in (0..depths.len()).filter(|number| depths[*number] == depth) {
                tree.pour(number);
            }
        }
        None
    }

    /// True when a directory can be a prefix, and is this site's alone.
    fn is_free(&self, text: &str) -> bool {
        Prefix::names_directory(text) && self.setting.is_ours(self.site, text)
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
        let all = tree.all().zip(depths);
        // A single URL is no reason for a directory.
        let all = all.filter(|(directory, depth)| **depth > 0 && directory.urls + directory.prefixes > 1);
        let mut largest: Vec<Directory<'_>> =
            all.map(|(directory, _)| directory).filter(|d| self.is_free(d.text)).collect();
        largest.sort_unstable_by_key(|d| (std::cmp::Reverse(d.urls), d.text));
        let mut numbers = self.numbers;
        let mut plain: usize = tree.all().map(|d| d.plain as usize).sum();
        for (count, directory) in (1..=most).zip(&largest) {
            numbers = with(numbers, directory);
            plain -= directory.plain as usize;
            if self.measure.excess(&Size { numbers, plain, directories: 0 }).is_none() {
                let texts = largest[..count].iter().map(|d| d.text);
                let prefixes: Prefixes<'_> = texts.zip(0..).collect();
                let topmost = largest[..count].iter().filter(|d| prefixes.above(d.text).is_none());
                return Some(topmost.filter_map(Taken::broadly).collect());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
