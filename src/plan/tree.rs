//! The directories of a plan's URLs, and what changed and did not change below each.
//!
//! A directory is named as its prefix is, `www.example.com/docs/`: a prefix clears http and https alike, so both share
//! one. Which directories become operations is left to [`super::cover`] and [`super::ladder`].

use std::cell::Cell;

use super::planned::PlannedOperation;
use super::seek::seek;
use crate::mapping::{Kind, without_scheme};

/// The number of no directory: what is above a host.
const NONE: u32 = u32::MAX;

/// One directory. Its numbers are for what lies directly in it until [`Tree::add_up`] has run, and then for all below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory<'p> {
    /// Host, perhaps a port, and path; ends in `/`.
    pub(super) text: &'p str,
    /// It is a whole host.
    pub(super) is_top: bool,
    /// URL operations.
    pub(super) urls: u32,
    /// Of these, those without query string and headers.
    pub(super) plain: u32,
    /// Prefix operations that lie in it or are it.
    pub(super) prefixes: u32,
    /// URLs that did not change.
    pub(super) unchanged: u32,
    /// Of its URLs and of its prefixes, those that go last.
    pub(super) last: [u32; 2],
}

/// A directory as the tree holds it. A page's URL with a slash is one, so there are as many as pages, and each byte counts.
#[derive(Debug)]
struct Node<'p> {
    text: &'p str,
    /// The number of the one above it.
    parent: u32,
    urls: u32,
    unchanged: u32,
    /// The number of its rare things, from 1; 0 where it has none.
    rare: u32,
}

/// The numbers that are zero for most directories.
#[derive(Debug, Clone, Copy, Default)]
struct Rare {
    /// URLs with a query string or headers.
    keyed: u32,
    prefixes: u32,
    last: [u32; 2],
}

/// All directories of a plan's URLs and prefixes; each stands behind the one above it.
pub(super) struct Tree<'p> {
    nodes: Vec<Node<'p>>,
    rare: Vec<Rare>,
    /// Their numbers by text, as far as these are sorted.
    sorted: Vec<u32>,
    /// The place in that list where one was looked up last: who asks mostly asks in order.
    near: Cell<usize>,
}

fn without_query(place: &str) -> &str {
    memchr::memchr(b'?', place.as_bytes()).map_or(place, |query| &place[..query])
}

pub(super) fn url_place(url: &str) -> &str {
    without_query(without_scheme(url))
}

/// The directory that a place lies in, or is.
fn directory_of(place: &str) -> &str {
    memchr::memrchr(b'/', place.as_bytes()).map_or("", |at| &place[..=at])
}

impl<'p> Tree<'p> {
    /// The tree of sorted operations: neighbours lie near each other, so that each is found from the one before it.
    pub(super) fn of_operations(operations: &'p [PlannedOperation]) -> Tree<'p> {
        let mut tree = Tree { nodes: Vec::new(), rare: Vec::new(), sorted: Vec::new(), near: Cell::new(0) };
        let (mut above, mut before): (Vec<u32>, &str) = (Vec::new(), "");
        for planned in operations.iter().filter(|p| matches!(p.operation.kind(), Kind::Url | Kind::Prefix)) {
            let rest = planned.operation.place();
            if rest < before {
                // Operations of another kind begin, or of another scheme, or those that go last: their directories may be known.
                tree.sort();
                above.clear();
            }
            before = rest;
            let text = directory_of(without_query(rest));
            while above.last().is_some_and(|number| !text.starts_with(tree.nodes[*number as usize].text)) {
                above.pop();
            }
            let known = above.last().map_or(0, |number| tree.nodes[*number as usize].text.len());
            for at in memchr::memchr_iter(b'/', &text.as_bytes()[known..]) {
                let parent = above.last().copied().unwrap_or(NONE);
                above.push(tree.directory(&text[..=known + at], parent));
            }
            let Some(number) = above.last() else { continue };
            tree.count(*number as usize, planned);
        }
        tree.sort();
        tree
    }

    /// Counts an operation that lies directly in a directory.
    fn count(&mut self, number: usize, planned: &PlannedOperation) {
        let last = u32::from(planned.last);
        let rare = match planned.operation.url() {
            None => Rare { prefixes: 1, last: [0, last], ..Rare::default() },
            Some(url) => {
                self.nodes[number].urls += 1;
                let is_keyed = url.headers().is_some() || url.as_str().contains('?');
                Rare { keyed: u32::from(is_keyed), last: [last, 0], ..Rare::default() }
            }
        };
        self.add(number, rare);
    }

    /// Adds to the rare numbers of a directory.
    fn add(&mut self, number: usize, Rare { keyed, prefixes, last }: Rare) {
        if keyed == 0 && prefixes == 0 && last == [0; 2] {
            return;
        }
        let place = &mut self.nodes[number].rare;
        if *place == 0 {
            self.rare.push(Rare::default());
            // No more than there are directories.
            *place = u32::try_from(self.rare.len()).unwrap_or(NONE);
        }
        let own = &mut self.rare[*place as usize - 1];
        own.keyed += keyed;
        own.prefixes += prefixes;
        own.last = [own.last[0] + last[0], own.last[1] + last[1]];
    }

    /// The rare numbers of a directory.
    fn rare(&self, node: &Node<'_>) -> Rare {
        (node.rare as usize).checked_sub(1).map_or(Rare::default(), |place| self.rare[place])
    }

    /// How many directories there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The directory with this number.
    pub(super) fn at(&self, number: usize) -> Directory<'p> {
        let node = &self.nodes[number];
        let Rare { keyed, prefixes, last } = self.rare(node);
        let Node { text, parent, urls, unchanged, .. } = *node;
        Directory { text, is_top: parent == NONE, urls, plain: urls - keyed, prefixes, unchanged, last }
    }

    /// All directories, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = Directory<'p>> {
        (0..self.len()).map(|number| self.at(number))
    }

    /// URLs in a directory that did not change.
    pub(super) fn unchanged(&mut self, number: usize) -> &mut u32 {
        &mut self.nodes[number].unchanged
    }

    /// Returns the number of a directory, which is new unless it stands among those that are sorted.
    fn directory(&mut self, text: &'p str, parent: u32) -> u32 {
        if let Some(number) = self.number(text) {
            return number;
        }
        self.nodes.push(Node { text, parent, urls: 0, unchanged: 0, rare: 0 });
        // No machine holds 2^32 directories.
        u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
    }

    /// Sorts those that came since the last time among the others: one sequence that is in order, and then the next.
    fn sort(&mut self) {
        let new = self.sorted.len()..self.nodes.len();
        self.sorted.extend(new.filter_map(|number| u32::try_from(number).ok()));
        let nodes = &self.nodes;
        self.sorted.sort_by_key(|number| nodes[*number as usize].text);
    }

    /// The number of a directory.
    fn number(&self, text: &str) -> Option<u32> {
        let text_at = |place: usize| self.nodes[self.sorted[place] as usize].text;
        let place = seek(self.near.get(), self.sorted.len(), |place| text_at(place) < text);
        self.near.set(place);
        self.sorted.get(place).copied().filter(|_| text_at(place) == text)
    }

    /// The deepest directory that a URL lies in, and whether the URL lies directly in it.
    pub(super) fn nearest(&self, url: &str) -> Option<(usize, bool)> {
        let own = directory_of(url_place(url));
        let mut text = own;
        loop {
            if let Some(number) = self.number(text) {
                return Some((number as usize, text.len() == own.len()));
            }
            text = directory_of(text.strip_suffix('/').filter(|above| !above.is_empty())?);
        }
    }

    /// Adds what lies in each directory to the one above it.
    pub(super) fn add_up(&mut self) {
        for number in (0..self.len()).rev() {
            self.add_to_parent(number);
        }
    }

    /// Adds what lies in one directory to the one above it, and leaves it empty.
    pub(super) fn pour(&mut self, number: usize) {
        self.add_to_parent(number);
        let node = &mut self.nodes[number];
        (node.urls, node.unchanged, node.rare) = (0, 0, 0);
    }

    fn add_to_parent(&mut self, number: usize) {
        let node = &self.nodes[number];
        let (parent, urls, unchanged, rare) = (node.parent as usize, node.urls, node.unchanged, self.rare(node));
        if let Some(above) = self.nodes.get_mut(parent) {
            above.urls += urls;
            above.unchanged = above.unchanged.saturating_add(unchanged);
            self.add(parent, rare);
        }
    }

    /// The topmost directories for which `is` holds; of each the narrowest that holds all of its operations, for which `is`
    /// holds too.
    pub(super) fn topmost(&self, is: impl Fn(&Directory<'p>) -> bool) -> Vec<Directory<'p>> {
        let mut found: Vec<Directory<'p>> = Vec::new();
        let mut taken = vec![false; self.len()];
        // Of each directory, the number of the one found that it is narrower than, from 1.
        let mut narrower: Vec<u32> = vec![0; self.len()];
        let place = |narrower: &[u32], parent: u32| narrower.get(parent as usize)?.checked_sub(1);
        for number in 0..self.len() {
            let (parent, directory) = (self.nodes[number].parent, self.at(number));
            let above = taken.get(parent as usize).copied().unwrap_or(false);
            taken[number] = above || is(&directory);
            if taken[number] && !above {
                found.push(directory);
                narrower[number] = u32::try_from(found.len()).unwrap_or(NONE);
            } else if let Some(place) = place(&narrower, parent) {
                let same = |d: &Directory<'_>| (d.urls, d.prefixes);
                if same(&directory) == same(&found[place as usize]) && is(&directory) {
                    narrower[number] = place + 1;
                    found[place as usize] = directory;
                }
            }
        }
        found
    }
}
