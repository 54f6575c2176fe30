//! A site's files at one moment: a git revision, a directory on disk, a manifest, or nothing.
//!
//! This folder is the only one that talks to git. It resolves what the user typed to a tree, hands out raw tree
//! objects and the targets of symbolic links, and says what is wrong when it cannot. Files that are not in git become the same
//! objects in memory, so that any two snapshots compare. It reads no other blob of a revision; what a target means, and
//! what differs, is left to [`crate::changes`].

mod age;
mod annotation;
mod author;
mod content_id;
mod contents;
mod differing;
mod directory;
mod error;
mod hash;
mod history;
mod kept_clone;
mod kept_trees;
mod known_trees;
mod lookup;
mod manifest;
mod manifest_error;
mod many_trees;
mod noted_trees;
mod objects;
mod on_disk;
mod own_config;
mod range;
mod read_ahead;
mod reader;
mod reading_order;
mod refs;
mod remote;
mod replaced;
mod repository;
mod settled;
mod source;
mod spec;
mod tree;
mod web_roots;

pub use age::Age;
pub use annotation::Annotated;
pub use author::Author;
pub use content_id::{ContentHasher, ContentId, Digest};
pub use directory::DirectoryError;
pub use error::{GitError, SnapshotError};
pub use hash::{Hash, is_full_id};
pub use kept_clone::{KeptClone, KeptCloneError, Wanted};
pub use lookup::{Content, Located};
pub use manifest::{
    Head as ManifestHead, ManifestWriteError, Unlistable, is_manifest, of_list as manifest_of_list,
    read_head as read_manifest_head, save as save_manifest, write as write_manifest,
};
pub use manifest_error::ManifestError;
pub use noted_trees::{Note, NotedTrees};
pub use range::{End, MARK, Range, RangeError};
pub use read_ahead::ReadAhead;
pub use refs::PackedState;
pub use remote::{Remote, RemoteError, Update};
pub use repository::Repository;
pub use source::{Ends, Source, Sources};
pub use tree::{Entry, EntryKind, MalformedTree, Tree};

use self::hash::hex;
use self::noted_trees::TreeMemory;
use self::objects::Objects;

/// The name of a snapshot, and the object that it is; travels to plan and report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotName {
    /// As the user typed it: `HEAD~1`, `dir:public`.
    pub spec: String,
    /// The full id of the commit (or tree) behind it, in hex; the tree's of what is no revision.
    pub id: String,
}

impl SnapshotName {
    /// Hex digits of an id that are shown to people; git itself shows 7 to 12.
    const SHORT: usize = 10;

    /// Returns the first digits of the id.
    #[must_use]
    pub fn short_id(&self) -> &str {
        &self.id[..self.id.len().min(Self::SHORT)]
    }
}

/// The longest target that Linux makes a link to, in bytes: `PATH_MAX` without the NUL (symlink(2), `ENAMETOOLONG`).
const MAX_TARGET: usize = 4095;

/// A web root: a tree, or nothing where a revision lacks the output directory.
pub struct Snapshot<'r> {
    name: SnapshotName,
    root: Option<Vec<u8>>,
    /// The raw ids of the trees above the web root, the top first, as far as there are any; each with the name that leads down.
    above: Vec<(Vec<u8>, String)>,
    objects: Objects<'r>,
    /// What is remembered of its trees, where that can be.
    memory: Option<&'r TreeMemory>,
}

impl Snapshot<'_> {
    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &SnapshotName {
        &self.name
    }

    /// Returns the raw id of the web root's tree; `None` when the revision has no output directory, which is an empty tree, and for
    /// `empty`.
    #[must_use]
    pub fn root(&self) -> Option<&[u8]> {
        self.root.as_deref()
    }

    /// Returns the raw ids of the trees above the web root, from the top of the revision down, as far as there are any; each with the
    /// name that leads down to the next, or to the web root. A snapshot that is no revision has none.
    #[must_use]
    pub fn above(&self) -> &[(Vec<u8>, String)] {
        &self.above
    }

    /// Returns the path of the web root in its revision.
    #[must_use]
    pub fn output(&self) -> String {
        self.above.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/")
    }

    /// Returns the id of the web root's tree in hex; that of an empty tree where there is no web root.
    #[must_use]
    pub fn tree_id(&self) -> String {
        self.root.as_deref().map_or_else(|| self.hash().object_id("tree", b"").to_string(), hex)
    }

    /// Returns true where the web root is there and holds nothing at all.
    ///
    /// # Errors
    /// When that cannot be read. The empty tree need not be read to be known, unless another may stand in for it.
    pub fn holds_nothing(&self) -> Result<bool, SnapshotError> {
        match &self.root {
            None => Ok(false),
            Some(root) if self.memory.is_none() => Ok(self.tree(root)?.bytes().is_empty()),
            Some(root) => Ok(**root == *self.hash().object_id("tree", b"").as_ref()),
        }
    }

    /// Returns true for a git revision.
    #[must_use]
    pub fn is_revision(&self) -> bool {
        matches!(self.objects, Objects::Git(_))
    }

    /// Returns true for a revision without the output directory.
    #[must_use]
    pub fn lacks_output(&self) -> bool {
        self.root.is_none() && self.is_revision()
    }

    /// Returns how its ids are made.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match &self.objects {
            Objects::Memory(memory) => memory.hash(),
            // An id in hex, of a commit or a tree, is as long as the format makes it.
            Objects::Git(_) if self.name.id.len() == 40 => Hash::Sha1,
            Objects::Git(_) => Hash::Sha256,
        }
    }

    /// Reads the tree with this raw id (20 bytes in SHA-1 repositories, 32 in SHA-256 ones).
    ///
    /// # Errors
    /// When the object is missing, is no tree, or cannot be read.
    pub fn tree(&self, id: &[u8]) -> Result<Tree<'_>, SnapshotError> {
        Tree::read(&self.objects, id).map_err(|e| self.unreadable(id, e))
    }

    /// Keeps a tree above the web root for other sites of the same repository.
    fn keep_above(&self, id: &[u8]) -> Result<(), SnapshotError> {
        if let Objects::Git(objects) = &self.objects
            && let (Some(kept), Ok(oid)) = (objects.kept(), git2::Oid::from_bytes(id))
            && kept.get(oid).is_none()
        {
            kept.keep_above(oid, self.tree(id)?.bytes());
        }
        Ok(())
    }

    /// Returns the content of the file with this raw id; `None` when it is not here, as in a partial clone or a manifest, is larger than
    /// `most` bytes, or cannot be read.
    #[must_use]
    pub fn blob(&self, id: &[u8], most: usize) -> Option<Vec<u8>> {
        let objects = match &self.objects {
            Objects::Memory(memory) => return memory.content(id, most),
            Objects::Git(objects) => objects,
        };
        // The reason does not matter: the caller takes the file for changed.
        let id = git2::Oid::from_bytes(id).ok()?;
        let (size, kind) = objects.read_header(id).ok()?;
        let object = (kind == git2::ObjectType::Blob && size <= most).then(|| objects.read(id).ok())??;
        Some(object.data().to_vec())
    }

    /// Returns the number of bytes of the file with this raw id in a revision; `None` when it is not here.
    #[must_use]
    pub fn blob_size(&self, id: &[u8]) -> Option<usize> {
        let Objects::Git(objects) = &self.objects else { return None };
        // As with its content: who asks takes the file for one that is not here.
        Some(objects.read_header(git2::Oid::from_bytes(id).ok()?).ok()?.0)
    }

    /// Returns where the symbolic link with this blob leads: a path, relative to the directory that holds the link, or absolute.
    /// `None` when it is longer than any path can be.
    ///
    /// # Errors
    /// When the blob is missing, which is usual in a blobless clone, or cannot be read.
    pub fn link_target(&self, id: &[u8]) -> Result<Option<Vec<u8>>, SnapshotError> {
        self.link(id, MAX_TARGET)
    }

    /// Returns the whole content of the symbolic link with this blob, whether a system can follow it or not.
    ///
    /// # Errors
    /// As [`Self::link_target`].
    pub fn link_content(&self, id: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        self.link(id, usize::MAX).map(Option::unwrap_or_default)
    }

    /// Returns the content of a link's blob; `None` when it is larger than `most` bytes.
    fn link(&self, id: &[u8], most: usize) -> Result<Option<Vec<u8>>, SnapshotError> {
        let target = || {
            let objects = match &self.objects {
                Objects::Memory(memory) => return memory.link(id).map(|t| (t.len() <= most).then(|| t.to_vec())),
                Objects::Git(objects) => objects,
            };
            let oid = git2::Oid::from_bytes(id)?;
            match objects.read_header(oid)? {
                (_, kind) if kind != git2::ObjectType::Blob => Err(git2::Error::from_str("the object is not a blob")),
                (size, _) if size > most => Ok(None),
                _ => Ok(Some(objects.read(oid)?.data().to_vec())),
            }
        };
        target().map_err(|source| SnapshotError::Link {
            spec: self.name.spec.clone(),
            blob: hex(id),
            source: GitError(source),
        })
    }

    fn unreadable(&self, id: &[u8], source: git2::Error) -> SnapshotError {
        SnapshotError::Object { spec: self.name.spec.clone(), tree: hex(id), source: GitError(source) }
    }
}
