//! The things that refused operations have in common: a host, a character, an ending, a directory.
//!
//! One bad URL is found by halving. A thousand are not: each takes several requests. So a few that were refused alone are compared,
//! and what all of them share and nothing that was accepted does is taken for the reason.

use std::collections::HashSet;
use std::fmt;

use crate::display::shown;
use crate::mapping::Operation;

/// A thing that operations can have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Trait {
    /// The host name.
    Host(String),
    /// A character of the path or query that is no letter and no digit; an escape counts as one.
    Character(String),
    /// The ending of the file's name, with its dot.
    Ending(String),
    /// A directory, from the host on, with the slash at its end.
    Directory(String),
    /// Request headers beside the URL.
    Headers,
}

/// Operations that were refused alone, before what they share is looked for.
const FEW: usize = 3;

/// The operations that were refused alone, and those that were accepted.
#[derive(Default)]
pub(super) struct Likeness {
    /// The traits that all that was refused alone has, but for what is known already.
    shared: Option<HashSet<Trait>>,
    refused: usize,
    accepted: HashSet<Trait>,
}

impl Likeness {
    /// Takes note of an operation that was refused alone.
    pub(super) fn refused(&mut self, operation: &Operation) {
        let traits = traits(operation);
        self.refused += 1;
        match &mut self.shared {
            Some(shared) => shared.retain(|one| traits.contains(one)),
            None => self.shared = Some(traits),
        }
        // They have nothing in common that is not accepted: what is learnt begins with the last of them.
        if self.candidates().next().is_none() {
            (self.shared, self.refused) = (Some(self::traits(operation)), 1);
        }
    }

    /// Takes note of an operation that was accepted.
    pub(super) fn accepted(&mut self, operation: &Operation) {
        self.accepted.extend(traits(operation));
    }

    /// Returns the trait that stands for what was refused, once enough was, and begins anew. `is_everywhere` says which traits all
    /// that is left to send has.
    pub(super) fn learnt(&mut self, is_everywhere: impl Fn(&Trait) -> bool) -> Option<Trait> {
        if self.refused < FEW {
            return None;
        }
        // Sorted by what is the most likely reason; of two directories the longer one.
        let likely = |one: &&Trait| match one {
            Trait::Host(_) => (0, 0),
            Trait::Character(_) => (1, 0),
            Trait::Headers => (2, 0),
            Trait::Ending(_) => (3, 0),
            Trait::Directory(path) => (4, usize::MAX - path.len()),
        };
        let mut candidates: Vec<&Trait> = self.candidates().filter(|one| !is_everywhere(one)).collect();
        candidates.sort_by_key(|one| (likely(one), (*one).clone()));
        let learnt = candidates.first().copied().cloned()?;
        (self.shared, self.refused) = (None, 0);
        Some(learnt)
    }

    /// True when something that was accepted has it.
    pub(super) fn is_accepted(&self, one: &Trait) -> bool {
        self.accepted.contains(one)
    }

    fn candidates(&self) -> impl Iterator<Item = &Trait> {
        self.shared.iter().flatten().filter(|one| !self.accepted.contains(one))
    }
}

impl Trait {
    /// True when an operation has it.
    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        traits(operation).contains(self)
    }
}

/// For people: `the host old.example`.
impl fmt::Display for Trait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |text: &String| shown(text.as_bytes());
        match self {
            Trait::Host(host) => write!(f, "the host {}", of(host)),
            Trait::Character(character) => write!(f, "`{}` in their URLs", of(character)),
            Trait::Ending(ending) => write!(f, "the ending {}", of(ending)),
            Trait::Directory(directory) => write!(f, "the directory {}", of(directory)),
            Trait::Headers => f.write_str("request headers"),
        }
    }
}

/// Returns the traits of an operation.
fn traits(operation: &Operation) -> HashSet<Trait> {
    let text = operation.text();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut traits = HashSet::from([Trait::Host(host.to_owned())]);
    let mut left = path;
    while let Some(c) = left.chars().next() {
        let length =
            if c == '%' && left.is_char_boundary(3.min(left.len())) { 3.min(left.len()) } else { c.len_utf8() };
        let (character, rest) = left.split_at(length);
        if !c.is_ascii_alphanumeric() && c != '/' && c != '.' {
            traits.insert(Trait::Character(character.to_owned()));
        }
        left = rest;
    }
    let without_query = path.split('?').next().unwrap_or_default();
    let name = without_query.rsplit('/').next().unwrap_or_default();
    traits.extend(name.rfind('.').map(|dot| Trait::Ending(name[dot..].to_owned())));
    for (at, _) in without_query.match_indices('/') {
        traits.insert(Trait::Directory(format!("{host}{}", &without_query[..=at])));
    }
    if operation.url().is_some_and(|url| url.headers().is_some()) {
        traits.insert(Trait::Headers);
    }
    traits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::PublicUrl;

    fn url(text: &str) -> Operation {
        Operation::Url(PublicUrl::restored(text, []).unwrap())
    }

    #[test]
    fn what_all_share_that_are_refused_and_none_that_is_accepted_is_learnt() {
        for (refused, accepted, want) in [
            (
                ["https://o.example/a", "https://o.example/b", "https://o.example/c/d"],
                "https://w.example/a",
                Some("the host o.example"),
            ),
            (
                ["https://w.example/a(1)", "https://w.example/b(2)", "https://w.example/c/(3"],
                "https://w.example/a",
                Some("`(` in their URLs"),
            ),
            (
                ["https://w.example/a%20b", "https://w.example/%20", "https://w.example/c/%20"],
                "https://w.example/%C3%BC",
                Some("`%20` in their URLs"),
            ),
            (
                ["https://w.example/x/a", "https://w.example/x/b", "https://w.example/x/y/c"],
                "https://w.example/a",
                Some("the directory w.example/x/"),
            ),
            (
                ["https://w.example/x/a.map", "https://w.example/b.map", "https://w.example/c.map"],
                "https://w.example/x/a.js",
                Some("the ending .map"),
            ),
            (["https://w.example/a", "https://w.example/b", "https://w.example/c"], "https://w.example/d", None),
        ] {
            let mut likeness = Likeness::default();
            likeness.accepted(&url(accepted));
            for (i, text) in refused.iter().enumerate() {
                assert!(likeness.learnt(|_| false).is_none(), "{i} are too few");
                likeness.refused(&url(text));
            }
            assert_eq!(likeness.learnt(|_| false).map(|one| one.to_string()).as_deref(), want, "{refused:?}");
        }
    }

    #[test]
    fn what_everything_has_is_no_reason() {
        let mut likeness = Likeness::default();
        for text in ["https://w.example/a", "https://w.example/b", "https://w.example/c"] {
            likeness.refused(&url(text));
        }
        assert_eq!(likeness.learnt(|one| one.is_of(&url("https://w.example/d"))), None);
    }
}
