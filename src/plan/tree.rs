//! The directories of a plan's URLs, and what changed and did not change below each.
//!
//! A directory is named as its prefix is, `www.example.com/docs/`: a prefix clears http and https alike, so both share
//! one. Which directories become operations is left to [`super::cover`] and [`super::ladder`].

use std::cell::Cell;
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
    /// Their numbers by text, as far as these are sorted. A page's URL with a slash is a directory too, so there are as many as pages.
    sorted: Vec<u32>,
    /// The place in that list where one was looked up last: who asks mostly asks in order.
    near: Cell<usize>,
}

/// The part of a URL behind its scheme; of a prefix its text.
fn without_scheme(operation: &Operation) -> &str {
    let text = operation.text();
    if operation.kind() == Kind::Url { text.split_once("://").map_or(text, |(_, rest)| rest) } else { text }
}

fn without_query(place: &str) -> &str {
    place.split_once('?').map_or(place, |(path, _)| path)
}

fn url_place(url: &str) -> &str {
    without_query(url.split_once("://").map_or(url, |(_, rest)| rest))
}

/// The directory that a place lies in, or is.
fn directory_of(place: &str) -> &str {
    place.rfind('/').map_or("", |at| &place[..=at])
}

impl<'p> Tree<'p> {
    /// The tree of sorted operations: neighbours lie near each other, so that each is found from the one before it.
    pub(super) fn of_operations(operations: &'p [PlannedOperation]) -> Tree<'p> {
        let mut tree = Tree { directories: Vec::new(), sorted: Vec::new(), near: Cell::new(0) };
        let (mut above, mut before): (Vec<u32>, &str) = (Vec::new(), "");
        for planned in operations.iter().filter(|p| matches!(p.operation.kind(), Kind::Url | Kind::Prefix)) {
            let rest = without_scheme(&planned.operation);
            if rest < before {
                // Operations of another kind begin, or of another scheme, or those that go last: their directories may be known.
                tree.sort();
                above.clear();
            }
            before = rest;
            let text = directory_of(without_query(rest));
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
        tree.sort();
        tree
    }

    /// Returns the number of a directory, which is new unless it stands among those that are sorted.
    fn directory(&mut self, text: &'p str, parent: u32) -> u32 {
        if let Some(number) = self.number(text) {
            return number;
        }
        self.directories.push(Directory { text, parent, urls: 0, plain: 0, prefixes: 0, unchanged: 0, last: [0; 2] });
        // No machine holds 2^32 directories.
        u32::try_from(self.directories.len() - 1).unwrap_or(NONE)
    }

    /// Sorts those that came since the last time among the others: one sequence that is in order, and then the next.
    fn sort(&mut self) {
        let new = self.sorted.len()..self.directories.len();
        self.sorted.extend(new.filter_map(|number| u32::try_from(number).ok()));
        let directories = &self.directories;
        self.sorted.sort_by_key(|number| directories[*number as usize].text);
    }

    /// The number of a directory.
    fn number(&self, text: &str) -> Option<u32> {
        let text_at = |place: usize| self.directories[self.sorted[place] as usize].text;
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

    /// The directory that would be a URL if that were one.
    pub(super) fn below(&self, url: &str, buffer: &mut String) -> Option<usize> {
        buffer.clear();
        buffer.extend([url_place(url), "/"]);
        self.number(buffer).map(|number| number as usize)
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
        // Of each directory, the number of the one found that it is narrower than, from 1.
        let mut narrower: Vec<u32> = vec![0; self.directories.len()];
        let place = |narrower: &[u32], parent: u32| narrower.get(parent as usize)?.checked_sub(1);
        for (number, directory) in self.directories.iter().enumerate() {
            let above = taken.get(directory.parent as usize).copied().unwrap_or(false);
            taken[number] = above || is(directory);
            if taken[number] && !above {
                found.push(*directory);
                narrower[number] = u32::try_from(found.len()).unwrap_or(NONE);
            } else if let Some(place) = place(&narrower, directory.parent) {
                let same = |d: &Directory<'_>| (d.urls, d.prefixes);
                if same(directory) == same(&found[place as usize]) && is(directory) {
                    narrower[number] = place + 1;
                    found[place as usize] = *directory;
                }
            }
        }
        found
    }
}

/// Returns how many of `all` places come before something, in steps that double from a place that is probably near.
fn seek(near: usize, all: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let near = near.min(all);
    let (mut low, mut high, mut step) = (0, all, 1);
    if near < all && is_before(near) {
        low = near + 1;
        while near + step < high {
            if is_before(near + step) {
                low = near + step + 1;
                step *= 2;
            } else {
                high = near + step;
            }
        }
    } else {
        high = near;
        while low == 0 && step <= near {
            if is_before(near - step) {
                low = near - step + 1;
            } else {
                high = near - step;
                step *= 2;
            }
        }
    }
    while low < high {
        let middle = usize::midpoint(low, high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
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

#[cfg(test)]
mod tests {
    use super::seek;

    #[test]
    fn a_place_is_found_from_wherever_the_search_begins() {
        for all in 0..20 {
            for want in 0..=all {
                for near in 0..25 {
                    assert_eq!(seek(near, all, |place| place < want), want, "of {all}, from {near}");
                }
            }
        }
    }
}
