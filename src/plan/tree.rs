//! The directories of a plan's URLs, and what changed and did not change below each.
//!
//! A directory is named as its prefix is, `www.example.com/docs/`: a prefix clears http and https alike, so both share
//! one. Which directories become operations is left to [`super::cover`] and [`super::ladder`].

use std::collections::HashMap;

use super::planned::PlannedOperation;
use crate::mapping::{Kind, Operation};

/// The number of no directory: what is above a host.
const NONE: u32 = u32::MAX;

/// One directory. Its numbers are for what lies directly in it until [`Tree::add_up`] has run, and then for all below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory<'p> {
    /// Host, perhaps a port, and path; ends in `/`.
    pub(super) text: &'p str,
    /// The one above it.
    parent: u32,
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

impl Directory<'_> {
    /// True when it is a whole host.
    pub(super) fn is_top(&self) -> bool {
        self.parent == NONE
    }

    /// The same with nothing in it.
    pub(super) fn emptied(self) -> Self {
        Directory { urls: 0, plain: 0, prefixes: 0, unchanged: 0, last: [0; 2], ..self }
    }
}

/// All directories of a plan's URLs and prefixes; each stands behind the one above it.
pub(super) struct Tree<'p> {
    pub(super) directories: Vec<Directory<'p>>,
    numbers: HashMap<&'p str, u32>,
}

/// The part of a URL behind its scheme, without a query string; of a prefix its text.
fn place(operation: &Operation) -> &str {
    let text = operation.text();
    if operation.kind() == Kind::Url { url_place(text) } else { text }
}

fn url_place(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('?').map_or(rest, |(path, _)| path)
}

/// The directory that a place lies in, or is.
fn directory_of(place: &str) -> &str {
    place.rfind('/').map_or("", |at| &place[..=at])
}

impl<'p> Tree<'p> {
    /// The tree of sorted operations: neighbours lie near each other, so that each is found from the one before it.
    pub(super) fn of_operations(operations: &'p [PlannedOperation]) -> Tree<'p> {
        let mut tree = Tree { directories: Vec::new(), numbers: HashMap::new() };
        let mut above: Vec<u32> = Vec::new();
        for planned in operations.iter().filter(|p| matches!(p.operation.kind(), Kind::Url | Kind::Prefix)) {
            let text = directory_of(place(&planned.operation));
            while above.last().is_some_and(|number| !text.starts_with(tree.directories[*number as usize].text)) {
                above.pop();
            }
            let known = above.last().map_or(0, |number| tree.directories[*number as usize].text.len());
            for (at, _) in text[known..].match_indices('/') {
                let parent = above.last().copied().unwrap_or(NONE);
                above.push(tree.directory(&text[..=known + at], parent));
            }
            let Some(number) = above.last() else { continue };
            let directory = &mut tree.directories[*number as usize];
            match planned.operation.url() {
                None => directory.prefixes += 1,
                Some(url) => {
                    directory.urls += 1;
                    directory.plain += u32::from(url.headers().is_none() && !url.as_str().contains('?'));
                }
            }
            directory.last[usize::from(planned.operation.url().is_none())] += u32::from(planned.last);
        }
        tree
    }

    fn directory(&mut self, text: &'p str, parent: u32) -> u32 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.directories.push(Directory {
                text,
                parent,
                urls: 0,
                plain: 0,
                prefixes: 0,
                unchanged: 0,
                last: [0; 2],
            });
            // No machine holds 2^32 directories.
            u32::try_from(self.directories.len() - 1).unwrap_or(NONE)
        })
    }

    /// The deepest directory that a URL lies in, and whether the URL lies directly in it.
    pub(super) fn nearest(&self, url: &str) -> Option<(usize, bool)> {
        let own = directory_of(url_place(url));
        let mut text = own;
        loop {
            if let Some(number) = self.numbers.get(text) {
                return Some((*number as usize, text.len() == own.len()));
            }
            text = directory_of(text.strip_suffix('/').filter(|above| !above.is_empty())?);
        }
    }

    /// The directory that would be a URL if that were one.
    pub(super) fn below(&self, url: &str, buffer: &mut String) -> Option<usize> {
        buffer.clear();
        buffer.extend([url_place(url), "/"]);
        self.numbers.get(buffer.as_str()).map(|number| *number as usize)
    }

    /// Adds what lies in each directory to the one above it.
    pub(super) fn add_up(&mut self) {
        for number in (0..self.directories.len()).rev() {
            self.pour(number);
        }
    }

    /// Adds what lies in one directory to the one above it.
    pub(super) fn pour(&mut self, number: usize) {
        let Directory { parent, urls, plain, prefixes, unchanged, last, .. } = self.directories[number];
        if let Some(above) = self.directories.get_mut(parent as usize) {
            above.urls += urls;
            above.plain += plain;
            above.prefixes += prefixes;
            above.unchanged = above.unchanged.saturating_add(unchanged);
            above.last = [above.last[0] + last[0], above.last[1] + last[1]];
        }
    }

    /// The topmost directories for which `is` holds; of each the narrowest that holds all of its operations, for which `is`
    /// holds too.
    pub(super) fn topmost(&self, is: impl Fn(&Directory<'p>) -> bool) -> Vec<Directory<'p>> {
        let mut found = Vec::new();
        let mut taken = vec![false; self.directories.len()];
        let mut narrower: HashMap<usize, usize> = HashMap::new();
        for (number, directory) in self.directories.iter().enumerate() {
            let above = taken.get(directory.parent as usize).copied().unwrap_or(false);
            taken[number] = above || is(directory);
            if taken[number] && !above {
                narrower.insert(number, found.len());
                found.push(*directory);
            } else if let Some(place) = narrower.get(&(directory.parent as usize)).copied() {
                let same = |d: &Directory<'_>| (d.urls, d.prefixes);
                if same(directory) == same(&found[place]) && is(directory) {
                    narrower.insert(number, place);
                    found[place] = *directory;
                }
            }
        }
        found
    }
}

/// Prefixes, each with its number, to be asked which places they cover.
pub(super) struct Prefixes<'p>(HashMap<&'p str, usize>);

impl Prefixes<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of one.
    pub(super) fn number(&self, text: &str) -> Option<usize> {
        self.0.get(text).copied()
    }

    /// The broadest of them that covers a place, without being it. `a` covers `a/` and `a/b`: whether it covers `ab` is
    /// not documented.
    pub(super) fn above(&self, place: &str) -> Option<usize> {
        let ends = place.match_indices('/').flat_map(|(at, _)| [at, at + 1]);
        ends.filter(|end| *end < place.len()).find_map(|end| self.0.get(&place[..end]).copied())
    }

    /// The broadest of them that covers an operation; none for a tag or a host.
    pub(super) fn takes(&self, operation: &Operation) -> Option<usize> {
        match operation.kind() {
            Kind::Url => self.covers(operation.text()),
            Kind::Prefix => self.above(operation.text()),
            Kind::Tag | Kind::Host | Kind::Everything => None,
        }
    }

    /// The broadest of them that covers a URL.
    pub(super) fn covers(&self, url: &str) -> Option<usize> {
        let place = url_place(url);
        self.above(place).or_else(|| self.0.get(place).copied())
    }
}

impl<'p> FromIterator<(&'p str, usize)> for Prefixes<'p> {
    fn from_iter<I: IntoIterator<Item = (&'p str, usize)>>(texts: I) -> Self {
        Prefixes(texts.into_iter().collect())
    }
}
