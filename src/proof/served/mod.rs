//! The contents that files may be served with: the bytes that git holds are not always those that are deployed.
//!
//! A checkout ends lines as `.gitattributes` say, encodes text, expands `$Id$`, and puts the file in the place of an LFS pointer. How
//! that is done depends on the system and on who deploys, so that there is what surely is served, and what may be. The judgement
//! of an answer is left to others.

mod charset;
mod checkout;
mod conversion;
mod ident;
mod line_ends;
mod pointer;

use crate::snapshot::{ContentId, Digest};

pub use checkout::Checkout;

/// The contents that some files may be served with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Served {
    /// Those that a checkout gives them.
    pub surely: Vec<ContentId>,
    /// Those that they have where nothing is converted, or where another system checks them out.
    pub perhaps: Vec<ContentId>,
    /// The blob ids, in hex, of those whose words can be compared with the answer's.
    pub texts: Vec<String>,
    /// Why others are as good, where that is so: nothing here knows what makes the content.
    pub unsure: Option<String>,
    /// An archive leaves all of them out, so that there may be none.
    pub may_be_absent: bool,
}

/// The contents of a URL's files as they are, and as they were before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Those of TO.
    pub now: Served,
    /// Those of before that are not TO's.
    pub before: Served,
}

/// The version that a content is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Now,
    Before,
}

impl Served {
    /// Returns the content that has this blob id and no other.
    #[must_use]
    pub fn blob(id: String) -> Served {
        Served { surely: vec![ContentId::Blob(id.clone())], texts: vec![id], ..Served::default() }
    }

    /// Returns true where no file is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.surely.is_empty() && self.texts.is_empty()
    }

    /// Returns the same contents as such that may be served, and say no more.
    #[must_use]
    pub fn only_perhaps(mut self) -> Served {
        self.surely.append(&mut self.perhaps);
        Served { perhaps: self.surely, ..Served::default() }
    }

    /// Adds the contents of another file.
    pub fn add(&mut self, other: &Served) {
        self.may_be_absent = other.may_be_absent && (self.is_empty() || self.may_be_absent);
        extend(&mut self.surely, &other.surely);
        extend(&mut self.perhaps, &other.perhaps);
        extend(&mut self.texts, &other.texts);
        if self.unsure.is_none() {
            self.unsure.clone_from(&other.unsure);
        }
    }

    /// Returns true when a content is one of them.
    pub(super) fn has(&self, digest: &Digest) -> bool {
        self.surely.iter().chain(&self.perhaps).any(|id| digest.is(id))
    }

    /// Returns it without what is also in another.
    fn without(mut self, other: &Served) -> Served {
        self.surely.retain(|id| !other.surely.contains(id));
        self.perhaps.retain(|id| !other.surely.contains(id) && !other.perhaps.contains(id));
        self.texts.retain(|id| !other.texts.contains(id));
        self
    }
}

impl Versions {
    /// Makes the versions of some files.
    #[must_use]
    pub fn new(now: Served, before: Served) -> Versions {
        let before = before.without(&now);
        Versions { now, before }
    }

    /// Says which version a content is of. One that surely was served before is not taken for one that may be served now.
    pub(super) fn of(&self, digest: &Digest) -> Option<Version> {
        let Versions { now, before } = self;
        let is = |ids: &[ContentId]| ids.iter().any(|id| digest.is(id));
        [
            (&now.surely, Version::Now),
            (&before.surely, Version::Before),
            (&now.perhaps, Version::Now),
            (&before.perhaps, Version::Before),
        ]
        .into_iter()
        .find_map(|(ids, version)| is(ids).then_some(version))
    }
}

fn extend<T: Clone + PartialEq>(these: &mut Vec<T>, others: &[T]) {
    for other in others {
        if !these.contains(other) {
            these.push(other.clone());
        }
    }
}
