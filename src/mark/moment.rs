//! A mark as a store holds it: the moment that was last purged completely, and those that were live since.

use super::{Identity, Record};

/// A site at one moment, as a store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Its name as a snapshot: a full id, or `manifest:PATH`.
    pub spec: String,
    /// The full id of what it is: the commit's or tree's of a revision, the web root's tree of a manifest.
    pub id: String,
    /// The revision that it is of, where it is of one.
    pub revision: Option<String>,
    /// The record beside it; `None` where an earlier version or somebody else wrote it.
    pub record: Option<Record>,
    /// It could be looked at; else nothing but the id of an object is known.
    pub is_read: bool,
    /// Where it stands: a ref's full name, or a file.
    pub(super) place: String,
    /// The object that a ref points to; the id itself in a file.
    pub(super) object: String,
}

impl Moment {
    /// True when it is what has this full id: a commit or tree, or a web root's tree.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.id == id || self.revision.as_deref() == Some(id)
    }

    /// True when all that changed up to it was purged, as it says itself.
    #[must_use]
    pub fn is_purged(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.purged)
    }
}

/// The mark of one site, as a store holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// The moment that was last purged completely; `None` where nothing was.
    pub at: Option<Moment>,
    /// The moments that were live since, and not purged completely.
    pub open: Vec<Moment>,
    /// It does not say whose it is, and is taken for this site's.
    pub is_taken_over: bool,
    /// The mark of this name that is of other base URLs or of another destination, so that it does not count.
    pub beside: Option<Beside>,
}

/// A mark of a site's name that is not the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Where it is, as people read it.
    pub store: String,
    /// Whose it is, as it says itself.
    pub identity: Option<Identity>,
}

/// One of several marks of a site's name, of which any can be the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is, as people read it.
    pub store: String,
    /// Whose it is, as it says itself.
    pub identity: Identity,
    /// Its moments.
    pub mark: Mark,
}

/// The next state of a mark, when all was accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Next {
    /// It stays where it is, and TO stands beside it as purged.
    pub stays: bool,
    /// Its moment of before is still open beside TO.
    pub keeps_mark: bool,
    /// The open moments that stay open, by number.
    pub kept: Vec<usize>,
}

/// The moments of one mark, under one name.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) at: Option<Moment>,
    pub(super) open: Vec<Moment>,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.at.is_none() && self.open.is_empty()
    }

    /// Returns the record beside its moments, of the first that has one.
    pub(super) fn record(&self) -> Option<&Record> {
        self.at.iter().chain(&self.open).find_map(|moment| moment.record.as_ref())
    }

    /// True when it can be a site's: it says so, or does not say whose it is.
    pub(super) fn fits(&self, identity: &Identity) -> bool {
        self.record().is_none_or(|record| record.identity.fits(identity))
    }

    /// Returns it as one of several; `mine` is whose it is where it does not say.
    pub(super) fn candidate(self, store: String, mine: &Identity) -> Candidate {
        let identity = self.record().map_or_else(|| mine.clone(), |record| record.identity.clone());
        Candidate { store, identity, mark: self.mark() }
    }

    /// Returns what is known of a site whose mark this is not.
    pub(super) fn beside(&self, store: String) -> Mark {
        let identity = self.record().map(|record| record.identity.clone());
        Mark { beside: Some(Beside { store, identity }), ..Mark::default() }
    }

    /// Returns the mark of a store. Where it does not say whose it is, it is the first site's that it can belong to.
    pub(super) fn mark(self) -> Mark {
        let is_taken_over = !self.is_empty() && self.record().is_none_or(|record| !record.identity.is_whole());
        Mark { at: self.at, open: self.open, is_taken_over, beside: None }
    }
}
