//! Where symbolic links lead, resolved as the kernel does it: component by component, from the directory that really holds
//! the link.
//!
//! Every tree and every link blob on the way is read once and kept. Whether a directory is entered is left to
//! [`super::side`].

use std::collections::HashMap;
use std::rc::Rc;

use super::error::{ChangesError, MAX_DEPTH};
use super::listing::Listing;
use super::real_directory::RealDirectory;
use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot};

/// Links that are followed in one resolution (`path_resolution(7)`); Linux answers `ELOOP` at the next.
const MAX_LINKS: usize = 40;

/// The target of a link.
pub(super) enum Target {
    /// A file, by its blob's raw id.
    File(Box<[u8]>),
    /// A directory.
    Directory(Rc<RealDirectory>),
    /// A submodule, or a path in one: the commit's raw id and the rest of the path.
    Submodule(Box<[u8]>),
    /// A path out of the web root: absolute, or from the web root up.
    Outside(Box<[u8]>),
    /// A path that the snapshot does not have, from the web root down: what is deployed may have it all the same.
    Missing(Box<[u8]>),
    /// Nothing can be there.
    Nothing,
    /// Itself, or more links than any system follows.
    Endless,
}

/// How far a path was gone: to its end, or to one more link.
enum Stop {
    At(Target),
    Link(Box<[u8]>),
}

/// All that was read of both snapshots. Ids name contents, so that one memory serves both.
pub(super) struct Links<'s> {
    symlinks: Symlinks,
    listings: HashMap<Box<[u8]>, Listing<'s>>,
    targets: HashMap<Box<[u8]>, Option<Box<[u8]>>>,
}

impl<'s> Links<'s> {
    pub(super) fn new(symlinks: Symlinks) -> Links<'s> {
        Links { symlinks, listings: HashMap::new(), targets: HashMap::new() }
    }

    /// Follows the link with this blob, which really lies in `holder`.
    pub(super) fn resolve(
        &mut self,
        snapshot: &'s Snapshot<'s>,
        holder: &Rc<RealDirectory>,
        blob: &[u8],
    ) -> Result<Target, ChangesError> {
        if self.symlinks == Symlinks::Ignore {
            return Ok(Target::Nothing);
        }
        let mut here = Rc::clone(holder);
        let mut blob = Box::from(blob);
        // The components that are still to go, the next one last.
        let mut rest = Vec::new();
        for _ in 0..MAX_LINKS {
            let Some(target) = self.target(snapshot, &blob)? else { return Ok(Target::Nothing) };
            rest.extend(target.split(|&b| b == b'/').rev().map(Box::from));
            if target.first() == Some(&b'/') {
                return Ok(Target::Outside(tidied(b"", &rest)));
            }
            match self.go(snapshot, &mut here, &mut rest)? {
                Stop::At(target) => return Ok(target),
                Stop::Link(next) => blob = next,
            }
        }
        Ok(Target::Endless)
    }

    /// Goes on until a link or the end. Anything behind the name of a file, be it an empty component behind a slash, is not
    /// there.
    fn go(
        &mut self,
        snapshot: &'s Snapshot<'s>,
        here: &mut Rc<RealDirectory>,
        rest: &mut Vec<Box<[u8]>>,
    ) -> Result<Stop, ChangesError> {
        while let Some(name) = rest.pop() {
            match &*name {
                b"" | b"." => {}
                b".." => match here.above() {
                    Some(above) => *here = Rc::clone(above),
                    None => return Ok(Stop::At(Target::Outside(tidied(b"..", rest)))),
                },
                name => match self.find(snapshot, here.id(), name)? {
                    Some((EntryKind::Tree, _)) if here.depth() >= MAX_DEPTH => return Err(ChangesError::TooDeep),
                    Some((EntryKind::Tree, id)) => *here = here.below(name, id),
                    Some((EntryKind::File, id)) if rest.is_empty() => return Ok(Stop::At(Target::File(id.into()))),
                    Some((EntryKind::File, _)) => return Ok(Stop::At(Target::Nothing)),
                    None => return Ok(Stop::At(Target::Missing(tidied(&[&here.path(), name].concat(), rest)))),
                    Some((EntryKind::Gitlink, id)) => return Ok(Stop::At(Target::Submodule(path(id, rest)))),
                    Some((EntryKind::Link, id)) => return Ok(Stop::Link(id.into())),
                },
            }
        }
        Ok(Stop::At(Target::Directory(Rc::clone(here))))
    }

    /// Finds the entry that the tree has under a name.
    fn find(
        &mut self,
        snapshot: &'s Snapshot<'s>,
        tree: &[u8],
        name: &[u8],
    ) -> Result<Option<(EntryKind, &[u8])>, ChangesError> {
        if !self.listings.contains_key(tree) {
            let listing = Listing::new(snapshot.tree(tree)?).map_err(|e| snapshot.malformed(tree, e))?;
            self.listings.insert(tree.into(), listing);
        }
        Ok(self.listings[tree].find(name))
    }

    /// Returns the path that a link's blob holds; `None` for one that no system can make a link of. It ends at a NUL, as for git.
    fn target(&mut self, snapshot: &Snapshot<'_>, blob: &[u8]) -> Result<Option<&[u8]>, ChangesError> {
        if !self.targets.contains_key(blob) {
            let target = snapshot.link_target(blob)?.map(|mut target| {
                target.truncate(memchr::memchr(0, &target).unwrap_or(target.len()));
                target.into_boxed_slice()
            });
            self.targets.insert(blob.into(), target.filter(|t| !t.is_empty()));
        }
        Ok(self.targets[blob].as_deref())
    }
}

/// Joins a beginning with the components behind it, the next one last.
fn path(start: &[u8], rest: &[Box<[u8]>]) -> Box<[u8]> {
    let mut path = start.to_vec();
    for name in rest.iter().rev() {
        path.push(b'/');
        path.extend_from_slice(name);
    }
    path.into_boxed_slice()
}

/// Does the same without components that lead nowhere else.
fn tidied(start: &[u8], rest: &[Box<[u8]>]) -> Box<[u8]> {
    let rest: Vec<Box<[u8]>> = rest.iter().filter(|name| !matches!(&***name, b"" | b".")).cloned().collect();
    path(start, &rest)
}
