//! One site's mark, as its report takes it.

use std::time::SystemTime;

use crate::mark::{Identity, Mark, Record};

/// A site, and what its store holds.
#[derive(Debug, Clone)]
pub struct MarkReport<'m> {
    /// The site's name.
    pub site: &'m str,
    /// The place where the mark is kept, for people: `refs/diffpurge/www at origin`.
    pub store: String,
    /// Whose it is, as far as this run knows.
    pub identity: &'m Identity,
    /// The mark.
    pub mark: &'m Mark,
    /// When its revision was committed; `None` where it is of none, or that is not here.
    pub committed: Option<SystemTime>,
    /// When it was written, likewise; `None` where the store does not keep that.
    pub written: Option<SystemTime>,
}

impl MarkReport<'_> {
    /// Returns what is said beside what was last purged, or else beside what is open.
    pub(super) fn record(&self) -> Option<&Record> {
        self.mark.at.iter().chain(&self.mark.open).find_map(|moment| moment.record.as_ref())
    }
}

/// A step that somebody asked for by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'s> {
    /// The mark is at this snapshot now.
    Set {
        /// The snapshot, as typed.
        spec: &'s str,
        /// Its full id.
        id: &'s str,
    },
    /// There is no mark any more.
    Cleared,
}
