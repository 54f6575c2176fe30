//! One site's mark, as its report takes it.

use crate::mark::Mark;

/// A site, and what its store holds.
#[derive(Debug, Clone)]
pub struct MarkReport<'m> {
    /// The site's name.
    pub site: &'m str,
    /// The place where the mark is kept, for people: `refs/diffpurge/www at origin`.
    pub store: String,
    /// The mark.
    pub mark: &'m Mark,
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
