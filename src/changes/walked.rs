//! The directories of TO that a comparison walked, with the names in them that somebody asks for later: so none is read twice.
//!
//! To read a tree is most of the work of a comparison. The names are those of index files, without which a directory may list its entries,
//! and those of configuration files that bear on a whole directory. Their meaning is left to [`super::listings`] and [`super::rewrites`].

use super::Changes;
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

    /// Returns whether one of these names is in it; `None` where one is of a kind that was not looked at.
    pub(super) fn has_any(&self, names: &[Vec<u8>]) -> Option<bool> {
        let is_looked_at = names.iter().all(|name| name.starts_with(INDEX));
        is_looked_at.then(|| names.iter().any(|name| self.index_files.iter().any(|file| **file == **name)))
    }
}

impl Changes {
    /// Returns what was met in a directory, given without a slash at its end; `None` where it was not walked, or more changed than was met.
    pub(super) fn walked(&self, directory: &[u8]) -> Option<&Walked> {
        let walked = self.walked.as_ref()?;
        walked.binary_search_by(|one| (*one.path).cmp(directory)).ok().map(|at| &walked[at])
    }

    /// Returns true when a configuration file that bears on a whole directory lies above a change, but in the web root itself; `None` where
    /// more changed than was met.
    pub(super) fn have_configuration_above(&self) -> Option<bool> {
        let mut with_one = self.walked.as_ref()?.iter().filter(|one| one.has_configuration && !one.path.is_empty());
        Some(with_one.any(|one| self.have_one_below(&one.path)))
    }

    /// Returns true when a path below a directory changed, which is given without a slash at its end.
    pub(super) fn have_one_below(&self, directory: &[u8]) -> bool {
        let start = [directory, b"/"].concat();
        let first = self.paths.partition_point(|change| *change.path < *start);
        self.paths.get(first).is_some_and(|change| change.path.starts_with(&start))
    }
}
