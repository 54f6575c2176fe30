//! One file of a snapshot by its path, through whatever symbolic links lead to it: its id, or its content.

use std::collections::VecDeque;

use super::kept_trees::{Places, Told};
use super::objects::Objects;
use super::{Entry, EntryKind, Snapshot, SnapshotError, hex};

/// Links that are followed on the way to one file; Linux follows as many (`path_resolution(7)`).
const MOST_LINKS: usize = 40;

/// The content of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// No file answers under it.
    Absent,
    /// A file does, and its content is not here, or is larger than was asked for.
    NotHere,
    /// These bytes.
    Bytes(Vec<u8>),
}

/// A file, found under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Where it really lies, relative to the web root: the path itself, unless links lead to it.
    pub path: Vec<u8>,
    /// Its raw id.
    pub id: Vec<u8>,
}

impl Located {
    /// Returns its blob id in hex.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.id)
    }
}

/// The kind of an entry, and the raw id of the object behind it.
pub(super) type Named = (EntryKind, Box<[u8]>);

impl Snapshot<'_> {
    /// Returns the content of the file that answers under a path, if it is not larger than `most` bytes.
    ///
    /// # Errors
    /// When a tree or a link's blob cannot be read.
    pub fn content(&self, path: &[u8], most: usize) -> Result<Content, SnapshotError> {
        let Some(file) = self.located(path)? else { return Ok(Content::Absent) };
        Ok(self.blob(&file.id, most).map_or(Content::NotHere, Content::Bytes))
    }

    /// Returns the kind and the raw id of the entry that the tree with this raw id has under a name.
    ///
    /// # Errors
    /// When the tree cannot be read, or is malformed.
    pub fn entry(&self, tree: &[u8], name: &[u8]) -> Result<Option<Named>, SnapshotError> {
        let malformed = |e| self.malformed(tree, e);
        if let Objects::Git(objects) = &self.objects
            && let (Some(kept), Ok(id)) = (objects.kept(), git2::Oid::from_bytes(tree))
        {
            match kept.find_above(id, name, |bytes| places(bytes, tree.len())) {
                Told::At(bytes, at) => {
                    let entry = Entry::first(&bytes[at..], tree.len()).map_err(malformed)?;
                    return Ok(entry.map(|entry| (entry.kind, entry.id.into())));
                }
                Told::Absent => return Ok(None),
                Told::Nothing => {}
            }
        }
        let object = self.tree(tree)?;
        let entry = object.find(name).map_err(malformed)?;
        Ok(entry.map(|entry| (entry.kind, entry.id.into())))
    }

    /// Returns the raw id of the directory with this path, empty for the web root; `None` where there is none, or only through links.
    ///
    /// # Errors
    /// As [`Snapshot::file`].
    pub fn directory(&self, path: &[u8]) -> Result<Option<Vec<u8>>, SnapshotError> {
        let Some(mut here) = self.root().map(<[u8]>::to_vec) else { return Ok(None) };
        for name in path.split(|b| *b == b'/').filter(|name| !name.is_empty()) {
            let tree = self.tree(&here)?;
            let entry = tree.find(name).map_err(|e| self.malformed(&here, e))?;
            match entry.filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.id.to_vec()) {
                Some(id) => here = id,
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }

    /// Returns true when something has this path, whatever it is: a file, a directory, a link, a submodule; also through links.
    ///
    /// # Errors
    /// As [`Snapshot::file`].
    pub fn has(&self, path: &[u8]) -> Result<bool, SnapshotError> {
        Ok(self.has_entry(path)? || self.file(path)?.is_some())
    }

    /// Returns true when an entry has this path, without a look at what links lead to.
    fn has_entry(&self, path: &[u8]) -> Result<bool, SnapshotError> {
        let end = path.iter().rposition(|&b| b == b'/');
        let (directory, name) = end.map_or((&b""[..], path), |end| (&path[..end], &path[end + 1..]));
        let Some(here) = self.directory(directory)? else { return Ok(false) };
        let tree = self.tree(&here)?;
        let entry = tree.find(name).map_err(|e| self.malformed(&here, e))?;
        Ok(entry.is_some())
    }

    /// Returns the blob id, in hex, of the file that answers under a path; `None` where there is none, or it is a directory, a
    /// submodule, or a link that leads out of the web root or nowhere.
    ///
    /// # Errors
    /// When a tree or a link's blob cannot be read.
    pub fn file(&self, path: &[u8]) -> Result<Option<String>, SnapshotError> {
        Ok(self.located(path)?.map(|file| file.hex()))
    }

    /// Returns the same file, with where it really lies.
    ///
    /// # Errors
    /// As [`Snapshot::file`].
    pub fn located(&self, path: &[u8]) -> Result<Option<Located>, SnapshotError> {
        let Some(root) = self.root() else { return Ok(None) };
        let mut left: VecDeque<Vec<u8>> = path.split(|b| *b == b'/').map(<[u8]>::to_vec).collect();
        let mut way: Vec<(Vec<u8>, Vec<u8>)> = vec![(Vec::new(), root.to_vec())];
        let mut links = 0;
        while let Some(name) = left.pop_front() {
            match &name[..] {
                b"" | b"." => continue,
                b".." if way.len() > 1 => {
                    way.pop();
                    continue;
                }
                b".." => return Ok(None),
                _ => {}
            }
            let Some((_, here)) = way.last() else { return Ok(None) };
            let tree = self.tree(here)?;
            let entry = tree.find(&name).map_err(|e| self.malformed(here, e))?;
            let Some((kind, id)) = entry.map(|entry| (entry.kind, entry.id.to_vec())) else { return Ok(None) };
            match kind {
                EntryKind::Tree => way.push((name, id)),
                EntryKind::Link => {
                    links += 1;
                    let Some(target) = self.link_target(&id)? else { return Ok(None) };
                    if links > MOST_LINKS || target.starts_with(b"/") {
                        return Ok(None);
                    }
                    for part in target.split(|b| *b == b'/').rev() {
                        left.push_front(part.to_vec());
                    }
                }
                EntryKind::Gitlink => return Ok(None),
                EntryKind::File => {
                    let names = way.iter().skip(1).map(|(name, _)| &name[..]).chain([&name[..]]);
                    let path = names.collect::<Vec<_>>().join(&b'/');
                    return Ok(left.iter().all(Vec::is_empty).then_some(Located { path, id }));
                }
            }
        }
        Ok(None)
    }
}

/// Returns where the entries of a tree begin, by name; `None` where it is malformed.
fn places(bytes: &[u8], id_bytes: usize) -> Option<Places> {
    let (mut places, mut at) = (Places::new(), 0);
    while let Some(entry) = Entry::first(&bytes[at..], id_bytes).ok()? {
        places.entry(entry.name.into()).or_insert(at);
        at += entry.raw.len();
    }
    Some(places)
}
