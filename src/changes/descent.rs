//! The way down to one directory after the other: each tree on it is read once, as long as the directories come in order.

use crate::snapshot::{EntryKind, Snapshot, SnapshotError, Tree};

/// The trees from the web root down to a directory.
pub(super) struct Descent<'s> {
    snapshot: &'s Snapshot<'s>,
    /// Each with the name that leads to it, and its raw id; the web root's name is empty.
    open: Vec<(Vec<u8>, Vec<u8>, Tree<'s>)>,
}

impl<'s> Descent<'s> {
    pub(super) fn into(snapshot: &'s Snapshot<'s>) -> Descent<'s> {
        Descent { snapshot, open: Vec::new() }
    }

    /// Returns the tree of the directory with this path, empty for the web root, and its raw id; `None` where there is none, or only
    /// through links.
    pub(super) fn to(&mut self, directory: &[u8]) -> Result<Option<(&[u8], &Tree<'s>)>, SnapshotError> {
        if self.open.is_empty() {
            let Some(root) = self.snapshot.root() else { return Ok(None) };
            self.open.push((Vec::new(), root.to_vec(), self.snapshot.tree(root)?));
        }
        let names: Vec<&[u8]> = directory.split(|b| *b == b'/').filter(|name| !name.is_empty()).collect();
        let known = names.iter().zip(&self.open[1..]).take_while(|(name, (open, ..))| **name == *open).count();
        self.open.truncate(known + 1);
        for name in &names[known..] {
            let Some((_, here, tree)) = self.open.last() else { return Ok(None) };
            let entry = tree.find(name).map_err(|e| self.snapshot.malformed(here, e))?;
            let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::Tree) else { return Ok(None) };
            let id = entry.id.to_vec();
            let tree = self.snapshot.tree(&id)?;
            self.open.push((name.to_vec(), id, tree));
        }
        Ok(self.open.last().map(|(_, id, tree)| (&id[..], tree)))
    }
}
