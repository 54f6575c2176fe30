//! Which trees a walk passes over: those that both sides have and that hold no link, and those of TO that nobody asked for.

use std::sync::Arc;

use super::noting::{Held, Noted};
use super::scan::Scan;
use super::side::Met;
use crate::config::Symlinks;
use crate::snapshot::{Note, NotedTrees};

/// What is known before a tree is read.
pub(super) struct Passing<'s> {
    pub(super) symlinks: Symlinks,
    /// What is known of FROM's trees.
    pub(super) scan: Option<&'s Scan>,
    /// Of TO, only these are walked.
    pub(super) only: Option<&'s Noted>,
}

impl<'s> Passing<'s> {
    /// Begins with nothing known.
    pub(super) fn new(symlinks: Symlinks) -> Passing<'s> {
        Passing { symlinks, scan: None, only: None }
    }

    /// Returns true when a link is in the tree or below it, so that equal trees need not mean equal answers.
    pub(super) fn has_links(&self, id: &[u8]) -> bool {
        self.symlinks == Symlinks::Follow && self.scan.is_some_and(|scan| scan.finds_link(id))
    }

    /// Returns what a tree of both sides holds, in itself or below, that has no link.
    pub(super) fn held(&self, id: &[u8]) -> Held {
        Held { link: false, configuration: self.noted().is_some_and(|noted| noted.has(Note::Configuration, id)) }
    }

    /// Returns the trees of FROM that are noted, as far as that is known.
    pub(super) fn noted(&self) -> Option<&Arc<NotedTrees>> {
        self.scan.and_then(Scan::noted)
    }

    /// Returns true for a tree of TO that nobody asked for.
    pub(super) fn leaves_out(&self, new: Option<&Met<'_>>) -> bool {
        matches!((self.only, new), (Some(only), Some(met)) if !only.has(&met.id))
    }
}
