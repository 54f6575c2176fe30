//! Prefixes to be asked which places they cover: those that a plan has, and those that it could have.
//!
//! A prefix clears http and https alike, so places are without a scheme. Which prefixes there are is left to [`super::cover`] and
//! [`super::ladder`].

use std::cell::Cell;

use super::seek::seek;
use super::tree::url_place;
use crate::mapping::{Kind, Operation};

/// One prefix, with its number.
struct Numbered<'p> {
    text: &'p str,
    number: usize,
    /// The place of the longest other text that it begins with.
    within: Option<usize>,
}

/// Prefixes, each with its number, to be asked which places they cover.
pub(super) struct Prefixes<'p> {
    /// Sorted by text, each once.
    sorted: Vec<Numbered<'p>>,
    /// Where one was looked up last: who asks mostly asks in order.
    near: Cell<usize>,
}

impl Prefixes<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The number of one.
    pub(super) fn number(&self, text: &str) -> Option<usize> {
        self.last_up_to(text).filter(|last| last.text == text).map(|last| last.number)
    }

    /// The broadest of them that covers a place, without being it. `a` covers `a/` and `a/b`: whether it covers `ab` is
    /// not documented.
    pub(super) fn above(&self, place: &str) -> Option<usize> {
        self.broadest(place, |text| text.len() < place.len())
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
        self.broadest(url_place(url), |_| true)
    }

    /// The broadest of those that cover a place, or are it, for which `is` holds.
    fn broadest(&self, place: &str, is: impl Fn(&str) -> bool) -> Option<usize> {
        // Whatever a place begins with is sorted before it, and what stands between begins with the same.
        let mut next = self.last_up_to(place);
        let mut broadest = None;
        while let Some(Numbered { text, number, within }) = next {
            let covers = place
                .strip_prefix(text)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || text.ends_with('/'));
            if covers && is(text) {
                broadest = Some(*number);
            }
            next = within.map(|place| &self.sorted[place]);
        }
        broadest
    }

    /// The last one that is not sorted behind a text.
    fn last_up_to(&self, text: &str) -> Option<&Numbered<'_>> {
        let place = seek(self.near.get(), self.sorted.len(), |place| self.sorted[place].text <= text);
        self.near.set(place);
        self.sorted.get(place.checked_sub(1)?)
    }
}

impl<'p> FromIterator<(&'p str, usize)> for Prefixes<'p> {
    fn from_iter<I: IntoIterator<Item = (&'p str, usize)>>(texts: I) -> Self {
        let mut texts: Vec<(&str, usize)> = texts.into_iter().collect();
        texts.sort_unstable();
        let mut sorted: Vec<Numbered<'p>> = Vec::with_capacity(texts.len());
        for (text, number) in texts {
            let mut within = sorted.len().checked_sub(1);
            while let Some(place) = within.filter(|place| !text.starts_with(sorted[*place].text)) {
                within = sorted[place].within;
            }
            match sorted.last_mut().filter(|last| last.text == text) {
                Some(last) => last.number = number,
                None => sorted.push(Numbered { text, number, within }),
            }
        }
        Prefixes { sorted, near: Cell::new(0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_broadest_is_the_one_that_a_look_at_all_of_them_finds(
            texts in proptest::collection::btree_set("a(/?[ab]){0,3}/?", 0..12),
            places in proptest::collection::vec("a(/?[ab-]){0,4}/?", 1..20),
        ) {
            let prefixes: Prefixes<'_> = texts.iter().map(String::as_str).zip(0..).collect();
            let covers = |text: &str, place: &str| {
                place.starts_with(&format!("{}/", text.trim_end_matches('/')))
                    && place.starts_with(text) && place.len() > text.len()
            };
            for place in &places {
                let shortest = texts.iter().enumerate().filter(|(_, text)| covers(text, place)).min_by_key(|(_, text)| text.len());
                let above = shortest.map(|(number, _)| number);
                let same = texts.iter().position(|text| text == place);
                prop_assert_eq!(prefixes.above(place), above, "{}", place);
                prop_assert_eq!(prefixes.covers(&format!("https://{place}?q=1")), above.or(same));
                prop_assert_eq!(prefixes.number(place), same);
            }
        }
    }
}
