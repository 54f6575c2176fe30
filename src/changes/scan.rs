//! Which trees hold a symbolic link, in themselves or anywhere below.
//!
//! Equal trees have equal contents, but not when a link in them leads to something that changed: only those without any
//! link may be passed over. To know that, each tree is read, once.

use std::collections::HashMap;

use crate::snapshot::{EntryKind, LinkedTrees, Snapshot, SnapshotError};

/// The raw id of a tree.
type Id = Box<[u8]>;

/// The answers for the trees that were asked for.
#[derive(Default)]
pub(super) struct Scan {
    known: HashMap<Id, bool>,
    /// All trees of FROM with a link, where an earlier run has written them down.
    of_from: Option<LinkedTrees>,
}

impl Scan {
    /// Begins with what an earlier run has written down of FROM.
    pub(super) fn remembering(from: &Snapshot<'_>) -> Scan {
        Scan { known: HashMap::new(), of_from: from.linked_trees() }
    }

    /// Returns true when a link is in this tree of FROM or below it.
    pub(super) fn finds_link(&mut self, snapshot: &Snapshot<'_>, id: &[u8]) -> Result<bool, SnapshotError> {
        if let Some(linked) = &self.of_from {
            return Ok(linked.has(id));
        }
        // The trees on the way down, each with what is to be looked at in it. Not by recursion: nobody walks these paths,
        // so they may be as deep as they like.
        let mut way: Vec<(Id, Vec<Id>)> = Vec::new();
        let mut next = Some(Id::from(id));
        loop {
            if let Some(id) = next.take() {
                let below = match self.known.get(&id) {
                    Some(true) => None,
                    Some(false) => Some(Vec::new()),
                    None => subtrees(snapshot, &id)?,
                };
                let Some(below) = below else {
                    self.known.extend(way.into_iter().map(|(above, _)| (above, true)).chain([(id, true)]));
                    return Ok(true);
                };
                way.push((id, below));
            }
            let Some((_, below)) = way.last_mut() else { return Ok(false) };
            next = below.pop();
            if next.is_none() {
                self.known.extend(way.pop().map(|(done, _)| (done, false)));
            }
        }
    }
}

/// Returns the trees in a tree; `None` where a link is among its entries.
fn subtrees(snapshot: &Snapshot<'_>, id: &[u8]) -> Result<Option<Vec<Id>>, SnapshotError> {
    let tree = snapshot.tree(id)?;
    let mut below = Vec::new();
    for entry in tree.entries() {
        let entry = entry.map_err(|e| snapshot.malformed(id, e))?;
        match entry.kind {
            EntryKind::Link => return Ok(None),
            EntryKind::Tree => below.push(entry.id.into()),
            EntryKind::File | EntryKind::Gitlink => {}
        }
    }
    Ok(Some(below))
}
