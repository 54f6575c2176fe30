//! A tree that is asked for one name after the other, as the targets of links do.
//!
//! Git's order is not that of names, so each tree is sorted once and kept.

use std::ops::Range;

use crate::snapshot::{EntryKind, MalformedTree, Tree};

/// The entries of a tree by name.
pub(super) struct Listing<'s> {
    tree: Tree<'s>,
    entries: Vec<(Range<usize>, EntryKind)>,
}

impl<'s> Listing<'s> {
    pub(super) fn new(tree: Tree<'s>) -> Result<Listing<'s>, MalformedTree> {
        let mut entries = Vec::new();
        let mut end = 0;
        for entry in tree.entries() {
            let entry = entry?;
            end += entry.raw.len();
            // The name, a NUL, the id.
            let name_end = end - entry.id.len() - 1;
            entries.push((name_end - entry.name.len()..name_end, entry.kind));
        }
        let bytes = tree.bytes();
        entries.sort_by(|(one, _), (two, _)| bytes[one.clone()].cmp(&bytes[two.clone()]));
        Ok(Listing { tree, entries })
    }

    /// Finds the entry with this name: its kind and raw id.
    pub(super) fn find(&self, name: &[u8]) -> Option<(EntryKind, &[u8])> {
        let bytes = self.tree.bytes();
        let at = self.entries.binary_search_by(|(known, _)| bytes[known.clone()].cmp(name)).ok()?;
        let (known, kind) = &self.entries[at];
        Some((*kind, &bytes[known.end + 1..][..self.tree.id_bytes()]))
    }
}
