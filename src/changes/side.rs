//! One side of a comparison: its snapshot, the directories that are open in it, and its entries as a visitor meets them.
//!
//! A visitor meets no links, only what they lead to. How two sides are compared is left to [`super::walk`].

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

use super::ChangesError;
use super::links::{Links, Target};
use super::noting::Held;
use super::odd_links::{Loop, OddLinks};
use super::real_directory::RealDirectory;
use crate::snapshot::{Entry, EntryKind, MalformedTree, Snapshot, SnapshotError, Tree};

/// An entry as a visitor meets it.
pub(super) struct Met<'t> {
    /// Its kind. A link is only one that is not followed, a submodule also a link to one.
    pub(super) kind: EntryKind,
    /// Its name.
    pub(super) name: &'t [u8],
    /// Where kind and id are equal so are the answers, but for links inside a tree.
    pub(super) id: Cow<'t, [u8]>,
    /// Where the directory really lies, if a link leads to it.
    pub(super) place: Option<Rc<RealDirectory>>,
}

impl<'t> Met<'t> {
    /// Returns an entry that is no link.
    pub(super) fn plain(entry: &Entry<'t>) -> Met<'t> {
        Met { kind: entry.kind, name: entry.name, id: Cow::Borrowed(entry.id), place: None }
    }

    /// Compares in git's order, by what they are to a visitor.
    pub(super) fn order(&self, other: &Met<'_>) -> Ordering {
        self.entry().order(&other.entry())
    }

    fn entry(&self) -> Entry<'_> {
        Entry { kind: self.kind, name: self.name, id: &self.id, raw: &[] }
    }
}

/// One of the two snapshots while it is walked.
pub(super) struct Side<'s> {
    /// The snapshot.
    pub(super) snapshot: &'s Snapshot<'s>,
    /// The directories on the way down to the one that is walked, as they really lie.
    open: Vec<Option<Rc<RealDirectory>>>,
}

impl<'s> Side<'s> {
    pub(super) fn new(snapshot: &'s Snapshot<'s>) -> Side<'s> {
        Side { snapshot, open: Vec::new() }
    }

    /// Opens a directory in the one that is open; `None` where this side has none.
    pub(super) fn open(&mut self, place: Option<&Rc<RealDirectory>>) {
        self.open.push(place.cloned());
    }

    /// Goes back to the directory before.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// Returns where a directory that is met in the open one really lies.
    pub(super) fn place(&self, met: &Met<'_>) -> Rc<RealDirectory> {
        match (&met.place, self.open.last()) {
            (Some(place), _) => Rc::clone(place),
            (None, Some(Some(here))) => here.below(met.name, &met.id),
            (None, _) => RealDirectory::root(&met.id),
        }
    }

    /// Returns what the tree holds among its own entries; `meet` is called with the kind and the name of each.
    pub(super) fn held(
        &self,
        id: &[u8],
        tree: &Tree<'_>,
        mut meet: impl FnMut(EntryKind, &[u8]),
    ) -> Result<Held, SnapshotError> {
        let mut held = Held::default();
        for entry in tree.entries() {
            let entry = entry.map_err(|e| self.snapshot.malformed(id, e))?;
            held.meet(entry.kind, entry.name);
            meet(entry.kind, entry.name);
        }
        Ok(held)
    }

    /// Returns what a visitor meets in the directory of this tree, whose path ends in `/`, sorted.
    pub(super) fn meets<'t>(
        &self,
        here: &Rc<RealDirectory>,
        tree: &'t Tree<'_>,
        path: &[u8],
        links: &mut Links<'s>,
        odd: &mut OddLinks,
    ) -> Result<Vec<Met<'t>>, ChangesError> {
        let malformed = |e| self.snapshot.malformed(here.id(), e);
        let mut all = Vec::new();
        for entry in tree.entries() {
            let entry = entry.map_err(malformed)?;
            if entry.kind == EntryKind::Link {
                let target = links.resolve(self.snapshot, here, entry.id)?;
                all.extend(self.behind(target, entry.name, path, odd));
            } else {
                all.push(Met::plain(&entry));
            }
        }
        all.sort_unstable_by(Met::order);
        if all.windows(2).any(|pair| pair[0].order(&pair[1]) == Ordering::Equal) {
            return Err(malformed(MalformedTree).into());
        }
        Ok(all)
    }

    /// Returns how deep a directory lies on the way down, if it is on it; the web root lies 0 deep.
    fn depth_of(&self, place: &RealDirectory) -> Option<usize> {
        self.open.iter().position(|open| open.as_ref().is_some_and(|open| open.is(place)))
    }

    /// Returns what a visitor meets behind a link; nothing where it leads nowhere.
    fn behind<'t>(&self, target: Target, name: &'t [u8], path: &[u8], odd: &mut OddLinks) -> Option<Met<'t>> {
        let met = |kind, id: Box<[u8]>, place| Some(Met { kind, name, id: Cow::Owned(id.into_vec()), place });
        let path = || [path, name].concat().into_boxed_slice();
        match target {
            Target::File(id) => met(EntryKind::File, id, None),
            Target::Directory(place) => match self.depth_of(&place) {
                None => met(EntryKind::Tree, place.id().into(), Some(place)),
                // To be entered without end. Its tree's id tells that something in it changed; what other links in it lead to is
                // looked at when all is known.
                Some(depth) => {
                    let link = path();
                    let end = memchr::memchr_iter(b'/', &link).take(depth).last().map_or(0, |slash| slash + 1);
                    odd.loops.push(Loop { link: link.clone(), directory: link[..end].into() });
                    odd.upward.push(link);
                    met(EntryKind::Link, place.id().into(), None)
                }
            },
            Target::Submodule(id) => met(EntryKind::Gitlink, id, None),
            Target::Outside(id) => {
                odd.outside.push(path());
                met(EntryKind::Link, id, None)
            }
            Target::Missing(id) => {
                odd.missing.push(path());
                met(EntryKind::Link, id, None)
            }
            Target::Nothing => None,
            Target::Endless => {
                odd.endless.push(path());
                None
            }
        }
    }
}
