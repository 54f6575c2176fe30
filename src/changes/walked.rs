//! The directories of TO that a comparison walked, with the names in them that somebody asks for later: so none is read twice.
//!
//! To read a tree is most of the work of a comparison. The names are those of index files, without which a directory may list its entries,
//! and those of configuration files that bear on a whole directory. Their meaning is left to [`super::listings`] and [`super::rewrites`].

use crate::hosting;
use crate::snapshot::EntryKind;

/// The beginning of the names of index files that hosts have without a setting of one's own.
const INDEX: &[u8] = b"index.";

/// The directories of TO that were walked, by the paths that visitors know them by. All texts stand in one, since there may be a directory for each page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// The path of each, and behind it the names in it that begin like those of index files, each after a NUL, which no name holds.
    texts: Vec<u8>,
    directories: Vec<Directory>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Directory {
    start: usize,
    /// Bytes of its path, which has no slash at its end and is empty for the web root.
    path: u32,
    /// Bytes of the names.
    names: u32,
    /// A file that bears on the requests of whatever lies here is in it.
    has_configuration: bool,
    /// A link has a name like those of index files: it may lead to nothing.
    has_index_link: bool,
}

impl Directory {
    fn path<'t>(&self, texts: &'t [u8]) -> &'t [u8] {
        &texts[self.start..][..self.path as usize]
    }

    fn names<'t>(&self, texts: &'t [u8]) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let names = &texts[self.start + self.path as usize..][..self.names as usize];
        names.split(|byte| *byte == 0).skip(1)
    }
}

impl Walked {
    /// Begins with a directory, whose path may end in a slash.
    pub(super) fn begin(&mut self, path: &[u8]) {
        let (start, path) = (self.texts.len(), path.strip_suffix(b"/").unwrap_or(path));
        self.texts.extend_from_slice(path);
        // No path is as long as 4 GB.
        let path = u32::try_from(path.len()).unwrap_or(u32::MAX);
        self.directories.push(Directory { start, path, names: 0, has_configuration: false, has_index_link: false });
    }

    /// Meets an entry of the directory that was begun last.
    pub(super) fn meet(&mut self, kind: EntryKind, name: &[u8]) {
        let Some(directory) = self.directories.last_mut() else { return };
        if name.starts_with(INDEX) {
            directory.has_index_link |= kind == EntryKind::Link;
            self.texts.push(0);
            self.texts.extend_from_slice(name);
            directory.names += u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        }
        directory.has_configuration |= hosting::minds_others(name);
    }

    /// Sorts them by path, once all were met.
    pub(super) fn sort(&mut self) {
        let texts = &self.texts;
        self.directories.sort_unstable_by(|one, other| one.path(texts).cmp(other.path(texts)));
    }

    /// The paths of those with a configuration file that bears on whatever lies there.
    pub(super) fn with_configuration(&self) -> impl Iterator<Item = &[u8]> {
        self.directories.iter().filter(|one| one.has_configuration).map(|one| one.path(&self.texts))
    }

    /// Returns whether one of these names is in a directory; `None` where it was not walked, where a link may have such a name, or one of
    /// them is of a kind that was not looked at.
    pub(super) fn has_any(&self, directory: &[u8], names: &[Vec<u8>]) -> Option<bool> {
        let at = self.directories.binary_search_by(|one| one.path(&self.texts).cmp(directory)).ok()?;
        let directory = &self.directories[at];
        let is_looked_at = names.iter().all(|name| name.starts_with(INDEX)) && !directory.has_index_link;
        let mut own = directory.names(&self.texts);
        is_looked_at.then(|| own.any(|file| names.iter().any(|name| name == file)))
    }
}
