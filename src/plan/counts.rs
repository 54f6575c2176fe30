//! The numbers of what changed, as a report says them beside the operations.

use crate::changes::{Changes, Status};
use crate::mapping::Mapping;

/// How many paths changed, by status; ignored ones are among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Paths new in TO.
    pub added: usize,
    /// Paths whose content or kind differs.
    pub modified: usize,
    /// Paths gone in TO.
    pub deleted: usize,
    /// Of all these, how many `ignore` keeps out.
    pub ignored: usize,
    /// Of the deleted, how many stay cached for the content hash in their names.
    pub left: usize,
    /// Besides all these, how many differ only in what the site calls volatile.
    pub held_back: usize,
    /// How many unchanged URLs go along with directories that are purged whole by `cover`.
    pub wasted: usize,
}

impl Counts {
    /// All changed paths.
    #[must_use]
    pub fn total(&self) -> usize {
        self.added + self.modified + self.deleted
    }

    /// Counts the changes, and what the mapping kept out of them.
    pub(super) fn new(changes: &Changes, mapping: &Mapping) -> Counts {
        Counts { ignored: mapping.ignored, left: mapping.left.len(), ..Counts::of_changes(changes) }
    }

    /// Counts the changes alone.
    pub(super) fn of_changes(changes: &Changes) -> Counts {
        Counts {
            added: changes.count(Status::Added),
            modified: changes.count(Status::Modified),
            deleted: changes.count(Status::Deleted),
            ignored: 0,
            left: 0,
            held_back: changes.held_back.len(),
            wasted: 0,
        }
    }
}
