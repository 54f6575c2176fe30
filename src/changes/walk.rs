//! Two trees walked together, side by side in git's order.
//!
//! Where the raw bytes of two entries are equal nothing below them is read. How one side's entries are taken is left to
//! [`super::cursor`].

use std::cmp::Ordering;

use super::cursor::Cursor;
use super::{Change, Changes, ChangesError, DirectoryChange, Status};
use crate::snapshot::{Entry, EntryKind, Snapshot};

/// Directories inside each other that are followed. A path of this many segments fits no file system that serves a site,
/// and each level takes stack.
pub(super) const MAX_DEPTH: usize = 256;

/// A comparison under way.
pub(super) struct Walk<'s> {
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    path: Vec<u8>,
    depth: usize,
    changes: Changes,
}

impl<'s> Walk<'s> {
    pub(super) fn new(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>) -> Walk<'s> {
        Walk { from, to, path: Vec::with_capacity(256), depth: 0, changes: Changes::default() }
    }

    /// Walks from the web roots down; `None` is a side that has none.
    pub(super) fn run(mut self, from: Option<&[u8]>, to: Option<&[u8]>) -> Result<Changes, ChangesError> {
        if from != to {
            self.trees(from, to)?;
        }
        Ok(self.changes)
    }

    /// Walks two trees at the same path; `None` is a side that has no tree there.
    fn trees(&mut self, from: Option<&[u8]>, to: Option<&[u8]>) -> Result<(), ChangesError> {
        match (from, to) {
            (None, Some(_)) => self.directory(Status::Added),
            (Some(_), None) => self.directory(Status::Deleted),
            _ => {}
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ChangesError::TooDeep);
        }
        let from_tree = from.map(|id| self.from.tree(id)).transpose()?;
        let to_tree = to.map(|id| self.to.tree(id)).transpose()?;
        self.entries(Cursor::new(from, from_tree.as_ref()), Cursor::new(to, to_tree.as_ref()))?;
        self.depth -= 1;
        Ok(())
    }

    fn entries(&mut self, mut from: Cursor<'_>, mut to: Cursor<'_>) -> Result<(), ChangesError> {
        loop {
            match (from.first(self.from)?, to.first(self.to)?) {
                (None, None) => return Ok(()),
                (Some(old), None) => {
                    from.take(old, self.from)?;
                    self.one(&old, Status::Deleted)?;
                }
                (None, Some(new)) => {
                    to.take(new, self.to)?;
                    self.one(&new, Status::Added)?;
                }
                // Equal mode, name and id in one comparison: most entries of most trees.
                (Some(old), Some(new)) if old.raw == new.raw => {
                    from.pass(old);
                    to.pass(new);
                }
                (Some(old), Some(new)) => match old.order(&new) {
                    Ordering::Less => {
                        from.take(old, self.from)?;
                        self.one(&old, Status::Deleted)?;
                    }
                    Ordering::Greater => {
                        to.take(new, self.to)?;
                        self.one(&new, Status::Added)?;
                    }
                    Ordering::Equal => {
                        from.take(old, self.from)?;
                        to.take(new, self.to)?;
                        self.both(&old, &new)?;
                    }
                },
            }
        }
    }

    /// The same name on both sides: trees on both, or on neither.
    fn both(&mut self, old: &Entry<'_>, new: &Entry<'_>) -> Result<(), ChangesError> {
        if old.kind == new.kind && old.id == new.id {
            return Ok(()); // only the executable bit differs
        }
        if old.kind == EntryKind::Tree {
            return self.below(old.name, |walk| walk.trees(Some(old.id), Some(new.id)));
        }
        self.change(old.name, Status::Modified, [old.kind, new.kind]);
        Ok(())
    }

    fn one(&mut self, entry: &Entry<'_>, status: Status) -> Result<(), ChangesError> {
        match (entry.kind, status) {
            (EntryKind::Tree, Status::Added) => self.below(entry.name, |walk| walk.trees(None, Some(entry.id))),
            (EntryKind::Tree, _) => self.below(entry.name, |walk| walk.trees(Some(entry.id), None)),
            (kind, status) => {
                self.change(entry.name, status, [kind, kind]);
                Ok(())
            }
        }
    }

    fn change(&mut self, name: &[u8], status: Status, kinds: [EntryKind; 2]) {
        let path = [&self.path, name].concat().into_boxed_slice();
        let leads_elsewhere = kinds.iter().any(|k| matches!(k, EntryKind::Link | EntryKind::Gitlink));
        self.changes.paths.push(Change { path, status, leads_elsewhere });
    }

    fn directory(&mut self, status: Status) {
        let path = self.path.strip_suffix(b"/").unwrap_or(&self.path).into();
        self.changes.directories.push(DirectoryChange { path, status });
    }

    fn below(
        &mut self,
        name: &[u8],
        walk: impl FnOnce(&mut Self) -> Result<(), ChangesError>,
    ) -> Result<(), ChangesError> {
        let length = self.path.len();
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        walk(self)?;
        self.path.truncate(length);
        Ok(())
    }
}
