//! Whether a symbolic link is in a tree that both sides have, or below it.
//!
//! Equal trees have equal contents, but not when a link in them leads to something that changed: only those without any
//! link may be passed over. Hardly any site has links, so a comparison first takes all of them for such, and notes which these are; then
//! they are read, all at once. Where one of them has a link after all, or something else of note, the comparison begins anew with what was
//! found.

use std::cell::RefCell;
use std::sync::Arc;

use super::tree_search::noted_below;
use crate::snapshot::{Note, NotedTrees, Snapshot, SnapshotError};

/// What is known of the trees of FROM.
#[derive(Default)]
pub(super) struct Scan {
    /// All that are noted, where that is known.
    noted: Option<Arc<NotedTrees>>,
    /// Trees that were taken for such without a link.
    guessed: RefCell<Vec<Box<[u8]>>>,
}

impl Scan {
    /// Begins with what an earlier run has written down of FROM; without that it guesses.
    pub(super) fn remembering(from: &Snapshot<'_>) -> Scan {
        Scan { noted: from.noted_trees(), guessed: RefCell::default() }
    }

    /// Returns true when a link is in this tree of FROM or below it.
    pub(super) fn finds_link(&self, id: &[u8]) -> bool {
        if let Some(noted) = &self.noted {
            return noted.has(Note::Link, id);
        }
        self.guessed.borrow_mut().push(id.into());
        false
    }

    /// Returns those that are noted, as far as that is known.
    pub(super) fn noted(&self) -> Option<&Arc<NotedTrees>> {
        self.noted.as_ref()
    }

    /// Looks at the trees that were guessed; what is known then, where something of note is in one of them.
    pub(super) fn refuted(self, from: &Snapshot<'_>) -> Result<Option<Scan>, SnapshotError> {
        let noted = noted_below(from, self.guessed.into_inner())?;
        let is_any = noted.has_any(Note::Link) || noted.has_any(Note::Configuration);
        Ok(is_any.then(|| Scan { noted: Some(Arc::new(noted)), guessed: RefCell::default() }))
    }
}
