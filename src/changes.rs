//! What differs between two snapshots: paths added, modified, deleted, and directories that appeared or vanished.
//!
//! Both trees are walked together over their raw bytes, and subtrees with the same id are never opened: the cost
//! follows the change, not the site. There are no renames: a rename is a deletion and an addition, and both URLs are
//! stale. What a path means for URLs is left to [`crate::mapping`].

mod volatile;

use std::cmp::Ordering;

use self::volatile::Volatile;
use crate::config::Rules;
use crate::snapshot::{Entry, EntryKind, MalformedTree, Snapshot, SnapshotError, Tree};

/// Directories inside each other that are followed. A path of this many segments fits no file system that serves a site,
/// and each level takes stack.
const MAX_DEPTH: usize = 256;

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is new in TO.
    Added,
    /// Its content or kind differs.
    Modified,
    /// It is gone in TO.
    Deleted,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Modified => "modified",
            Status::Deleted => "deleted",
        }
    }
}

/// One changed path, relative to the web root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its bytes, as git holds them.
    pub path: Box<[u8]>,
    /// What happened.
    pub status: Status,
    /// It is (or was) a link to elsewhere, so that whatever answers below it may have changed as well: a symbolic link
    /// or a submodule.
    pub leads_elsewhere: bool,
}

/// A directory that exists in one snapshot only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Its path without a trailing `/`; empty for the web root.
    pub path: Box<[u8]>,
    /// Added or deleted.
    pub status: Status,
}

/// All that differs, each list sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files, links and submodules.
    pub paths: Vec<Change>,
    /// Directories that got their first file or lost their last.
    pub directories: Vec<DirectoryChange>,
    /// Files that differ only in what the site's rules call volatile: they count as unchanged.
    pub held_back: Vec<Box<[u8]>>,
}

/// Why two snapshots cannot be compared. Exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// A tree of one of them cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// More directories inside each other than a site can have.
    #[error("directories are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

impl ChangesError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            ChangesError::Snapshot(e) => e.hint(),
            ChangesError::TooDeep => "set `output` to the directory that is served".to_owned(),
        }
    }
}

/// Compares two snapshots; of the rules only what they call volatile counts.
///
/// # Errors
/// When an object that is needed cannot be read. A part that cannot be read is never taken for "nothing changed".
pub fn compare<'s>(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>, rules: &'s Rules) -> Result<Changes, ChangesError> {
    let mut walk = Walk::new(from, to);
    walk.volatile = Volatile::of(from, to, rules);
    if from.root() != to.root() {
        walk.trees(from.root(), to.root())?;
    }
    Ok(walk.changes)
}

/// Every path of a snapshot, sorted.
///
/// # Errors
/// As [`compare`].
pub fn all_paths(snapshot: &Snapshot<'_>) -> Result<Vec<Box<[u8]>>, ChangesError> {
    let mut walk = Walk::new(snapshot, snapshot);
    if snapshot.root().is_some() {
        walk.trees(None, snapshot.root())?;
    }
    Ok(walk.changes.paths.into_iter().map(|change| change.path).collect())
}

/// One side's part of a tree that is still to be walked, and where it comes from.
struct Cursor<'t> {
    bytes: &'t [u8],
    tree: Option<&'t [u8]>,
    id_bytes: usize,
    last: Option<Entry<'t>>,
    taken: Option<Entry<'t>>,
}

impl<'t> Cursor<'t> {
    fn new(id: Option<&'t [u8]>, tree: Option<&'t Tree<'_>>) -> Cursor<'t> {
        Cursor {
            bytes: tree.map_or(&[], |t| t.bytes()),
            tree: id,
            id_bytes: tree.map_or(0, Tree::id_bytes),
            last: None,
            taken: None,
        }
    }

    fn first(&self, snapshot: &Snapshot<'_>) -> Result<Option<Entry<'t>>, SnapshotError> {
        Entry::first(self.bytes, self.id_bytes).map_err(|e| self.malformed(snapshot, e))
    }

    /// Goes past an entry that is the same on both sides.
    fn pass(&mut self, entry: Entry<'t>) {
        self.bytes = &self.bytes[entry.raw.len()..];
        self.last = Some(entry);
    }

    /// Goes past an entry that is not. One that does not sort behind those before it is an error: the changes would not be
    /// sorted, and what moved would look like a deletion and an addition.
    fn take(&mut self, entry: Entry<'t>, snapshot: &Snapshot<'_>) -> Result<(), SnapshotError> {
        if [self.last, self.taken].iter().flatten().any(|before| before.order(&entry) != Ordering::Less) {
            return Err(self.malformed(snapshot, MalformedTree));
        }
        self.taken = Some(entry);
        self.pass(entry);
        Ok(())
    }

    fn malformed(&self, snapshot: &Snapshot<'_>, error: MalformedTree) -> SnapshotError {
        snapshot.malformed(self.tree.unwrap_or_default(), error)
    }
}

struct Walk<'s> {
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    path: Vec<u8>,
    depth: usize,
    volatile: Option<Volatile<'s>>,
    changes: Changes,
}

impl<'s> Walk<'s> {
    fn new(from: &'s Snapshot<'s>, to: &'s Snapshot<'s>) -> Walk<'s> {
        Walk { from, to, path: Vec::with_capacity(256), depth: 0, volatile: None, changes: Changes::default() }
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
        if old.kind == EntryKind::File && new.kind == EntryKind::File && self.is_held_back(old, new) {
            let path = [&self.path, old.name].concat().into_boxed_slice();
            self.changes.held_back.push(path);
        } else {
            self.change(old.name, Status::Modified, [old.kind, new.kind]);
        }
        Ok(())
    }

    /// True when a file differs only in what is volatile.
    fn is_held_back(&mut self, old: &Entry<'_>, new: &Entry<'_>) -> bool {
        let Some(volatile) = &mut self.volatile else { return false };
        let length = self.path.len();
        self.path.extend_from_slice(old.name);
        let same = volatile.same(&self.path, old.id, new.id);
        self.path.truncate(length);
        same
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
