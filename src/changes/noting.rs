//! The trees of TO that a comparison notes: those with a link, or with a configuration file that hosts read in every directory, in them or
//! below.
//!
//! They are few, and whoever looks for such files later opens no other tree. Which trees were noted of FROM is left to [`super::scan`].

use std::sync::Arc;

use crate::hosting;
use crate::snapshot::{EntryKind, Note, NotedTrees};

/// What a tree holds, in itself or below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) link: bool,
    pub(super) configuration: bool,
}

impl Held {
    /// Meets an entry.
    pub(super) fn meet(&mut self, kind: EntryKind, name: &[u8]) {
        self.link |= kind == EntryKind::Link;
        self.configuration |= hosting::minds_others(name);
    }
}

/// The trees of TO that were noted. Some of FROM may be among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    met: NotedTrees,
    /// Of FROM, where there is configuration in such: those of equal trees, which were not walked, are among them.
    known: Option<Arc<NotedTrees>>,
}

impl Noted {
    /// Returns true for a tree that is among them, by its raw id.
    pub(super) fn has(&self, tree: &[u8]) -> bool {
        let is_met = self.met.has(Note::Link, tree) || self.met.has(Note::Configuration, tree);
        is_met || self.known.as_ref().is_some_and(|known| known.has(Note::Configuration, tree))
    }

    /// Returns those that the comparison has met, where these are all.
    pub(super) fn all_met(&self) -> Option<&NotedTrees> {
        self.known.is_none().then_some(&self.met)
    }

    /// Returns those that the comparison has met.
    pub(super) fn into_met(self) -> NotedTrees {
        self.met
    }
}

/// The trees that were noted, and what the one that is walked holds so far.
#[derive(Default)]
pub(super) struct Noting {
    trees: NotedTrees,
    here: Held,
}

impl Noting {
    /// Begins with a directory; returns what the one that holds it holds so far.
    pub(super) fn enter(&mut self) -> Held {
        std::mem::take(&mut self.here)
    }

    /// Learns what is held by the directory that is walked.
    pub(super) fn hold(&mut self, held: Held) {
        self.here.link |= held.link;
        self.here.configuration |= held.configuration;
    }

    /// Goes back to the directory that holds it; `tree` is the raw id of the one that is left.
    pub(super) fn leave(&mut self, above: Held, tree: Option<&[u8]>) {
        if let Some(tree) = tree {
            let Held { link, configuration } = self.here;
            let notes = [(Note::Link, link), (Note::Configuration, configuration)];
            notes.iter().filter(|(_, is_held)| *is_held).for_each(|(note, _)| self.trees.add(*note, tree));
        }
        self.hold(above);
    }

    /// Returns those that were noted, beside what is known of FROM.
    pub(super) fn beside(self, known: Option<&Arc<NotedTrees>>) -> Noted {
        let known = known.filter(|known| known.has_any(Note::Configuration)).cloned();
        Noted { met: self.trees, known }
    }
}
