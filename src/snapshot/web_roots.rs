//! The web roots of many sites in one repository: each way down to one is gone once.
//!
//! Two hundred sites below `sites/` go down through the same tree two hundred times, on both sides of their comparisons, and again for what is
//! told of them. An object never changes, so what was found under a full id stays true. The trees on the way are kept by
//! [`super::kept_trees`]; what lies in them beside the web root is for [`crate::changes`].

use std::cell::RefCell;
use std::collections::HashMap;

use super::{EntryKind, Snapshot, SnapshotError, is_full_id};
use crate::config::OutputDir;

/// The way down to a web root.
#[derive(Clone)]
pub(super) struct WebRoot {
    /// The full id of the commit or tree, in hex.
    pub(super) id: String,
    /// The raw id of the web root's tree; `None` where there is none.
    pub(super) root: Option<Vec<u8>>,
    /// The raw ids of the trees above it, the top first, each with the name that leads down.
    pub(super) above: Vec<(Vec<u8>, String)>,
}

/// What was found so far.
#[derive(Default)]
pub(super) struct WebRoots {
    /// By the full id of the revision, and the path of the output.
    found: RefCell<HashMap<(String, String), WebRoot>>,
    /// Revisions by their full ids, each with the raw id of its tree.
    trees: RefCell<HashMap<String, (String, Vec<u8>)>>,
}

impl WebRoots {
    /// Returns the web root of a revision, or finds it.
    pub(super) fn get<E>(
        &self,
        id: &str,
        output: &str,
        find: impl FnOnce() -> Result<WebRoot, E>,
    ) -> Result<WebRoot, E> {
        if !is_full_id(id) {
            return find();
        }
        let key = (id.to_owned(), output.to_owned());
        if let Some(found) = self.found.borrow().get(&key) {
            return Ok(found.clone());
        }
        let found = find()?;
        self.found.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// Returns the full id of a revision and the raw id of its tree, or finds them.
    pub(super) fn tree<E>(
        &self,
        id: &str,
        find: impl FnOnce() -> Result<(String, Vec<u8>), E>,
    ) -> Result<(String, Vec<u8>), E> {
        if !is_full_id(id) {
            return find();
        }
        if let Some(found) = self.trees.borrow().get(id) {
            return Ok(found.clone());
        }
        let found = find()?;
        self.trees.borrow_mut().insert(id.to_owned(), found.clone());
        Ok(found)
    }

    /// Goes down from the tree of a revision, which has this id.
    pub(super) fn down(
        snapshot: &Snapshot<'_>,
        id: String,
        tree: Vec<u8>,
        output: &OutputDir,
    ) -> Result<WebRoot, SnapshotError> {
        let mut way = WebRoot { id, root: Some(tree), above: Vec::new() };
        for segment in output.as_str().split('/').filter(|s| !s.is_empty()) {
            let Some(tree) = way.root.take() else { break };
            snapshot.keep_above(&tree)?;
            way.root = match snapshot.entry(&tree, segment.as_bytes())? {
                None => None,
                Some((EntryKind::Tree, id)) => Some(id.into()),
                Some((kind, _)) => {
                    return Err(SnapshotError::OutputNotADirectory {
                        output: output.as_str().to_owned(),
                        spec: snapshot.name.spec.clone(),
                        segment: segment.to_owned(),
                        kind,
                    });
                }
            };
            way.above.push((tree, segment.to_owned()));
        }
        Ok(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(id: &str) -> WebRoot {
        WebRoot { id: id.to_owned(), root: Some(vec![1]), above: Vec::new() }
    }

    #[test]
    fn the_way_from_an_id_is_gone_once_and_from_a_name_each_time() {
        let (roots, id) = (WebRoots::default(), "a".repeat(40));
        for (id, output, is_known) in [
            (&*id, "public", false),
            (&*id, "public", true),
            (&*id, "docs", false),
            (&*id, "docs", true),
            ("main", "public", false),
            ("main", "public", false),
        ] {
            let mut was_looked_for = false;
            let got = roots.get(id, output, || {
                was_looked_for = true;
                Ok::<_, ()>(found(id))
            });
            assert_eq!((got.unwrap().id.as_str(), was_looked_for), (id, !is_known), "{id} {output}");
        }
        // What failed is tried again.
        let other = "b".repeat(40);
        assert_eq!(roots.get(&other, "", || Err::<WebRoot, u8>(1)).err(), Some(1));
        assert!(roots.get(&other, "", || Ok::<_, ()>(found(&other))).is_ok());
    }
}
