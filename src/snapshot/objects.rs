//! Where a snapshot's objects are: in a git repository, or in memory.
//!
//! A directory or a manifest becomes the tree objects that git would make of it, with the ids that git would give them. So
//! nobody who walks a tree has to know what it was made from, and equal directories have equal ids whatever they come from.

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use super::hash::{Hash, Id};
use super::replaced::Database;

/// Where the objects are.
pub(super) enum Objects<'r> {
    /// In a repository.
    Git(Database<'r>),
    /// Made from a directory, a manifest, or nothing.
    Memory(&'r Memory),
}

/// The kind of a tree's entry, as one of the modes that git writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Regular,
    Executable,
    Link,
    /// A submodule's commit; only a manifest of a git revision names one.
    Gitlink,
}

/// One file of a snapshot that is no git revision.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Relative to the web root.
    pub(super) path: Box<[u8]>,
    pub(super) mode: Mode,
    pub(super) id: Id,
    /// Of a symbolic link, where it leads.
    pub(super) target: Option<Box<[u8]>>,
}

/// The files of a directory on disk, whose content can be read once more.
pub(super) struct OnDisk {
    /// The directory.
    pub(super) root: PathBuf,
    /// Its regular files, relative to it.
    pub(super) files: HashMap<Id, PathBuf>,
}

/// Objects in memory.
pub(super) struct Memory {
    hash: Hash,
    root: Id,
    trees: HashMap<Id, Box<[u8]>>,
    links: HashMap<Id, Box<[u8]>>,
    on_disk: Option<OnDisk>,
}

/// A path that is a file, and a directory of others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clash(pub(super) Box<[u8]>);

/// A directory whose entries are being gathered.
struct Open {
    /// Bytes of its path, with the slash behind it; 0 for the web root.
    path: usize,
    entries: Vec<u8>,
}

impl Mode {
    pub(super) const ALL: [Mode; 4] = [Mode::Regular, Mode::Executable, Mode::Link, Mode::Gitlink];

    /// Returns the mode as git writes it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Mode::Regular => "100644",
            Mode::Executable => "100755",
            Mode::Link => "120000",
            Mode::Gitlink => "160000",
        }
    }
}

impl Memory {
    /// Makes a snapshot without any file.
    pub(super) fn empty(hash: Hash) -> Memory {
        let root = hash.object_id("tree", b"");
        Memory { hash, root, trees: HashMap::from([(root, Box::default())]), links: HashMap::new(), on_disk: None }
    }

    /// Makes the objects of these files, which are sorted by path, each once.
    pub(super) fn from_files(hash: Hash, files: &[File], on_disk: Option<OnDisk>) -> Result<Memory, Clash> {
        let mut memory = Memory { on_disk, ..Memory::empty(hash) };
        // The directories on the way down to the file at hand. Sorted by path, a directory's files stand together, and entries
        // come in git's order, in which a directory's name ends in a slash.
        let mut open = vec![Open { path: 0, entries: Vec::new() }];
        let mut last: &[u8] = b"";
        for file in files {
            let path = &*file.path;
            while open.last().is_some_and(|dir| !path.starts_with(&last[..dir.path])) {
                memory.close(&mut open, last);
            }
            let inside = open.last().map_or(0, |dir| dir.path);
            for (at, _) in path.iter().enumerate().skip(inside).filter(|(_, byte)| **byte == b'/') {
                if files.binary_search_by(|file| (*file.path).cmp(&path[..at])).is_ok() {
                    return Err(Clash(path[..at].into()));
                }
                open.push(Open { path: at + 1, entries: Vec::new() });
            }
            if let Some(dir) = open.last_mut() {
                entry(&mut dir.entries, file.mode.text(), &path[dir.path..], file.id);
            }
            memory.links.extend(file.target.as_ref().map(|target| (file.id, target.clone())));
            last = path;
        }
        while !open.is_empty() {
            memory.close(&mut open, last);
        }
        Ok(memory)
    }

    /// Makes the innermost directory an object, and an entry of the one above it.
    fn close(&mut self, open: &mut Vec<Open>, path: &[u8]) {
        let Some(done) = open.pop() else { return };
        let id = self.hash.object_id("tree", &done.entries);
        self.trees.insert(id, done.entries.into_boxed_slice());
        match open.last_mut() {
            Some(above) => entry(&mut above.entries, "40000", &path[above.path..done.path - 1], id),
            None => self.root = id,
        }
    }

    pub(super) fn hash(&self) -> Hash {
        self.hash
    }

    /// Returns the web root's tree.
    pub(super) fn root(&self) -> Id {
        self.root
    }

    /// Returns the bytes of a tree object.
    pub(super) fn tree(&self, id: &[u8]) -> Result<&[u8], git2::Error> {
        self.trees.get(id).map(AsRef::as_ref).ok_or_else(|| git2::Error::from_str("no directory has this id"))
    }

    /// Returns where the symbolic link with this blob leads.
    pub(super) fn link(&self, id: &[u8]) -> Result<&[u8], git2::Error> {
        self.links.get(id).map(AsRef::as_ref).ok_or_else(|| git2::Error::from_str("no symbolic link has this id"))
    }

    /// Returns the content of a file on disk; `None` when there is none, when it is larger than `most` bytes, or is no longer what it
    /// was when it was hashed.
    pub(super) fn content(&self, id: &[u8], most: usize) -> Option<Vec<u8>> {
        let on_disk = self.on_disk.as_ref()?;
        let file = fs::File::open(on_disk.root.join(on_disk.files.get(id)?));
        let mut content = Vec::new();
        // The reason does not matter: the caller takes the file for changed.
        file.and_then(|file| file.take(most as u64 + 1).read_to_end(&mut content)).ok()?;
        let is_it = content.len() <= most && self.hash.object_id("blob", &content).as_ref() == id;
        is_it.then_some(content)
    }
}

/// Appends an entry of a tree object.
fn entry(entries: &mut Vec<u8>, mode: &str, name: &[u8], id: Id) {
    entries.extend_from_slice(mode.as_bytes());
    entries.push(b' ');
    entries.extend_from_slice(name);
    entries.push(0);
    entries.extend_from_slice(id.as_ref());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> File {
        let id = Hash::Sha1.object_id("blob", b"");
        File { path: path.as_bytes().into(), mode: Mode::Regular, id, target: None }
    }

    #[test]
    fn a_path_that_is_a_file_and_a_directory_is_none_of_both() {
        let files = ["a", "a.html", "a/b"].map(file);
        assert!(Memory::from_files(Hash::Sha1, &files, None).is_err_and(|clash| clash == Clash(b"a"[..].into())));
        let files = ["a-b/c", "a.html", "a/b/c", "a/b/d", "a/e", "b"].map(file);
        let memory = Memory::from_files(Hash::Sha1, &files, None).unwrap_or_else(|_| panic!("no clash"));
        // The empty tree, the web root, a-b, a, a/b.
        assert_eq!(memory.trees.len(), 5);
    }

    #[test]
    fn no_file_at_all_is_the_empty_tree() {
        let memory = Memory::from_files(Hash::Sha1, &[], None).unwrap_or_else(|_| panic!("no clash"));
        assert_eq!(memory.root().to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        assert!(memory.tree(memory.root().as_ref()).is_ok_and(<[u8]>::is_empty));
    }
}
