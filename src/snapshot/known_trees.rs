//! What a snapshot knows of the trees in its web root, from an earlier purge, and what it passes on to the next run.

use std::sync::Arc;

use super::noted_trees::NotedTrees;
use super::{Snapshot, hex};

impl Snapshot<'_> {
    /// Returns which trees of this web root are noted, where an earlier purge has written it down; those of others may be among them.
    #[must_use]
    pub fn noted_trees(&self) -> Option<Arc<NotedTrees>> {
        self.memory?.get(&self.revision_tree()?, self.root()?)
    }

    /// Takes note of them, to be written down for the next run; of nothing for what is no revision.
    pub fn learn_noted_trees(&self, trees: &NotedTrees) {
        if let (Some(memory), Some(revision), Some(root)) = (self.memory, self.revision_tree(), self.root()) {
            memory.learn(revision, root, trees);
        }
    }

    /// Returns the id of the tree of its revision, in hex.
    fn revision_tree(&self) -> Option<String> {
        self.above.first().map(|(tree, _)| &tree[..]).or(self.root()).map(hex)
    }
}
