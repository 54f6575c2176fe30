//! Whether a symbolic link is in a tree that both sides have, or below it.
//!
//! Equal trees have equal contents, but not when a link in them leads to something that changed: only those without any
//! link may be passed over. Hardly any site has links, so a comparison first takes all of them for such, and notes which these are; then
//! they are read, all at once. Where one of them has a link after all, the comparison begins anew with what was found.

use std::cell::RefCell;
use std::rc::Rc;

use super::link_search::linked_below;
use crate::snapshot::{LinkedTrees, Snapshot, SnapshotError};

/// What is known of the links of FROM.
#[derive(Default)]
pub(super) struct Scan {
    /// All trees with a link, where that is known.
    linked: Option<Rc<LinkedTrees>>,
    /// Trees that were taken for such without a link.
    guessed: RefCell<Vec<Box<[u8]>>>,
}

impl Scan {
    /// Begins with what an earlier run has written down of FROM; without that it guesses.
    pub(super) fn remembering(from: &Snapshot<'_>) -> Scan {
        Scan { linked: from.linked_trees(), guessed: RefCell::default() }
    }

    /// Returns true when a link is in this tree of FROM or below it.
    pub(super) fn finds_link(&self, id: &[u8]) -> bool {
        if let Some(linked) = &self.linked {
            return linked.has(id);
        }
        self.guessed.borrow_mut().push(id.into());
        false
    }

    /// Looks at the trees that were guessed; what is known then, where one of them has a link.
    pub(super) fn refuted(self, from: &Snapshot<'_>) -> Result<Option<Scan>, SnapshotError> {
        let linked = linked_below(from, self.guessed.into_inner())?;
        Ok((!linked.is_empty()).then(|| Scan { linked: Some(Rc::new(linked)), guessed: RefCell::default() }))
    }
}
