//! Prefixes to be asked which places they cover: those that a plan has, and those that it could have.
//!
//! A prefix clears http and https alike, so places are without a scheme. Which prefixes there are is left to [`super::cover`] and
//! [`super::ladder`].

use std::collections::HashMap;

use super::tree::url_place;
use crate::mapping::{Kind, Operation};

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
