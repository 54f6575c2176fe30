//! One side's part of a tree that is being walked: entry after entry, each checked to stand in git's order.
//!
//! The meaning of an entry is left to [`super::walk`].

use std::cmp::Ordering;

use crate::snapshot::{Entry, MalformedTree, Snapshot, SnapshotError, Tree};

/// One side's part of a tree that is still to be walked, and where it comes from.
pub(super) struct Cursor<'t> {
    bytes: &'t [u8],
    tree: Option<&'t [u8]>,
    id_bytes: usize,
    last: Option<Entry<'t>>,
    taken: Option<Entry<'t>>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(id: Option<&'t [u8]>, tree: Option<&'t Tree<'_>>) -> Cursor<'t> {
        Cursor {
            bytes: tree.map_or(&[], |t| t.bytes()),
            tree: id,
            id_bytes: tree.map_or(0, Tree::id_bytes),
            last: None,
            taken: None,
        }
    }

    pub(super) fn first(&self, snapshot: &Snapshot<'_>) -> Result<Option<Entry<'t>>, SnapshotError> {
        Entry::first(self.bytes, self.id_bytes).map_err(|e| self.malformed(snapshot, e))
    }

    /// Goes past an entry that is the same on both sides.
    pub(super) fn pass(&mut self, entry: Entry<'t>) {
        self.bytes = &self.bytes[entry.raw.len()..];
        self.last = Some(entry);
    }

    /// Goes past an entry that is not. One that does not sort behind those before it is an error: the changes would not be
    /// sorted, and what moved would look like a deletion and an addition.
    pub(super) fn take(&mut self, entry: Entry<'t>, snapshot: &Snapshot<'_>) -> Result<(), SnapshotError> {
        if [self.last, self.taken].iter().flatten().any(|before| before.order(&entry) != Ordering::Less) {
            return Err(self.malformed(snapshot, MalformedTree));
        }
        self.taken = Some(entry);
        self.pass(entry);
        Ok(())
    }

    fn malformed(&self, snapshot: &Snapshot<'_>, error: MalformedTree) -> SnapshotError {
        snapshot.malformed(self.tree.unwrap_or_default(), error)
    }
}
