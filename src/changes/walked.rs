//! The directories of TO that a comparison walked, with the names in them that somebody asks for later: so none is read twice.
//!
//! To read a tree is most of the work of a comparison. The names are those of index files, without which a directory may list its entries,
//! and those of configuration files that bear on a whole directory. Their meaning is left to [`super::listings`] and [`super::rewrites`].

use crate::hosting;

/// The beginning of the names of index files that hosts have without a setting of one's own.
const INDEX: &[u8] = b"index.";

/// A directory of TO that was walked where it really lies.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Walked {
    /// Without a slash at its end; empty for the web root.
    path: Box<[u8]>,
    /// The names in it that begin like those of index files.
    index_files: Vec<Box<[u8]>>,
    /// A file that bears on the requests of whatever lies here is in it.
    has_configuration: bool,
}

impl Walked {
    /// Begins with a directory, whose path may end in a slash.
    pub(super) fn new(path: &[u8]) -> Walked {
        Walked { path: path.strip_suffix(b"/").unwrap_or(path).into(), ..Walked::default() }
    }

    /// Meets an entry.
    pub(super) fn meet(&mut self, name: &[u8]) {
        if name.starts_with(INDEX) {
            self.index_files.push(name.into());
        }
        self.has_configuration |= hosting::minds_others(name);
    }

    /// Returns its path, without a slash at its end; empty for the web root.
    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }

    /// Returns true when a configuration file that bears on whatever lies here is in it.
    pub(super) fn has_configuration(&self) -> bool {
        self.has_configuration
    }

    /// Returns whether one of these names is in it; `None` where one is of a kind that was not looked at.
    pub(super) fn has_any(&self, names: &[Vec<u8>]) -> Option<bool> {
        let is_looked_at = names.iter().all(|name| name.starts_with(INDEX));
        is_looked_at.then(|| names.iter().any(|name| self.index_files.iter().any(|file| **file == **name)))
    }
}
