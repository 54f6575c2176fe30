//! The way down to one directory after the other: each tree on it is read once, as long as the directories come in order.
//!
//! A directory is found under the path that visitors know it by, through links where these are followed. How links are resolved is left to
//! [`super::links`].

use std::rc::Rc;

use super::error::ChangesError;
use super::links::{Links, Target};
use super::real_directory::RealDirectory;
use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot, Tree};

/// The trees from the web root down to a directory.
pub(super) struct Descent<'s> {
    snapshot: &'s Snapshot<'s>,
    links: Links<'s>,
    open: Vec<Open<'s>>,
}

/// A directory on the way.
struct Open<'s> {
    /// The name that leads to it; the web root's is empty.
    name: Vec<u8>,
    place: Rc<RealDirectory>,
    tree: Tree<'s>,
}

/// What a visitor meets behind a link.
pub(super) enum Seen {
    /// Nothing is there.
    Nothing,
    /// A file.
    File,
    /// A directory.
    Directory(Rc<RealDirectory>),
    /// Nobody knows.
    Opaque,
}

impl<'s> Descent<'s> {
    pub(super) fn into(snapshot: &'s Snapshot<'s>, symlinks: Symlinks) -> Descent<'s> {
        Descent { snapshot, links: Links::new(symlinks), open: Vec::new() }
    }

    /// Returns the tree of the directory with this path, empty for the web root, and where it really lies; `None` where there is none.
    pub(super) fn to(&mut self, directory: &[u8]) -> Result<Option<(&Rc<RealDirectory>, &Tree<'s>)>, ChangesError> {
        if self.open.is_empty() {
            let Some(root) = self.snapshot.root() else { return Ok(None) };
            self.enter(b"", RealDirectory::root(root))?;
        }
        let names: Vec<&[u8]> = directory.split(|b| *b == b'/').filter(|name| !name.is_empty()).collect();
        let known = names.iter().zip(&self.open[1..]).take_while(|(name, open)| **name == open.name).count();
        self.open.truncate(known + 1);
        for name in &names[known..] {
            let Some(Open { place, tree, .. }) = self.open.last() else { return Ok(None) };
            let entry = tree.find(name).map_err(|e| self.snapshot.malformed(place.id(), e))?;
            let place = match entry {
                Some(entry) if entry.kind == EntryKind::Tree => place.below(name, entry.id),
                Some(entry) if entry.kind == EntryKind::Link => {
                    let place = Rc::clone(place);
                    match behind(self.links.resolve(self.snapshot, &place, entry.id)?) {
                        // To be entered without end.
                        Seen::Directory(place) if self.open.iter().any(|open| open.place.is(&place)) => {
                            return Ok(None);
                        }
                        Seen::Directory(place) => place,
                        Seen::Nothing | Seen::File | Seen::Opaque => return Ok(None),
                    }
                }
                _ => return Ok(None),
            };
            self.enter(name, place)?;
        }
        Ok(self.open.last().map(|open| (&open.place, &open.tree)))
    }

    fn enter(&mut self, name: &[u8], place: Rc<RealDirectory>) -> Result<(), ChangesError> {
        let tree = self.snapshot.tree(place.id())?;
        self.open.push(Open { name: name.to_vec(), place, tree });
        Ok(())
    }

    /// Follows the link with this blob, which really lies in `holder`.
    pub(super) fn follow(&mut self, holder: &Rc<RealDirectory>, blob: &[u8]) -> Result<Seen, ChangesError> {
        self.links.resolve(self.snapshot, holder, blob).map(behind)
    }
}

fn behind(target: Target) -> Seen {
    match target {
        Target::File(_) => Seen::File,
        Target::Directory(place) => Seen::Directory(place),
        Target::Submodule(_) | Target::Outside(_) | Target::Missing(_) => Seen::Opaque,
        Target::Nothing | Target::Endless => Seen::Nothing,
    }
}
