//! The mark: what of a site was last purged completely, and what was live since without that.
//!
//! It moves only after every operation was accepted, so that a run which is killed, throttled or refused is caught up by the
//! next one. Before a run sends anything it notes that TO is live ("open"): should it not come to its end, the next run compares
//! with that too, since a file that changed there and changed back is cached as it was in between. Where a mark is kept is one
//! of two stores; what it means for a plan is left to who plans.

mod error;
mod file;
mod lock;
mod refs;
mod store;

pub use error::MarkError;
pub use lock::Lock;
pub use refs::ref_of;
pub use store::{Listings, Store, push};

/// What a site was at one moment, as a store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What names it as a snapshot: a full id, or `manifest:PATH`.
    pub spec: String,
    /// The full id of what it is: the commit's or tree's of a revision, the web root's tree of a manifest.
    pub id: String,
    /// The revision that it is of, where it is of one.
    pub revision: Option<String>,
}

impl Moment {
    /// True when it is what has this full id: a commit or tree, or a web root's tree.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.id == id || self.revision.as_deref() == Some(id)
    }
}

/// What a store holds of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// What was last purged completely; `None` where nothing was.
    pub at: Option<Moment>,
    /// What was live since, and not purged completely.
    pub open: Vec<Moment>,
}

/// What became of a site's mark in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was only looked at, or not all was accepted.
    Untouched,
    /// It is at TO now.
    Moved,
    /// It was at TO before.
    There,
    /// It stays where it was, and why.
    Stays(String),
    /// It could not be written, and why.
    Failed(String),
}

/// A site's mark as a report has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Where it is kept, for people: `refs/diffpurge/www at origin`.
    pub store: String,
    /// What it was when the plan was made, by id.
    pub was: Option<String>,
    /// What was open then, by id.
    pub open: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
}
