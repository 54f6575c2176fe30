//! The outline of a site: how many files lie directly in each of its directories.
//!
//! A page that draws the site needs the files that did not change too, and only their number. A plan needs none of this, so it is
//! made only where somebody asks for such a page.

use super::{ChangesError, all_paths};
use crate::config::Symlinks;
use crate::snapshot::Snapshot;

/// One directory of an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlinedDirectory {
    /// Relative to the web root, without a slash at either end; the web root itself is empty.
    pub path: Box<[u8]>,
    /// Files that lie directly in it.
    pub files: usize,
}

/// The directories of a snapshot that hold files, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Each once.
    pub directories: Vec<OutlinedDirectory>,
}

impl Outline {
    /// Lists the directories of a snapshot.
    ///
    /// # Errors
    /// As [`all_paths`].
    pub fn of(snapshot: &Snapshot<'_>, symlinks: Symlinks) -> Result<Outline, ChangesError> {
        Ok(Outline::of_paths(&all_paths(snapshot, symlinks)?))
    }

    /// Counts paths by their directories.
    fn of_paths(paths: &[Box<[u8]>]) -> Outline {
        let mut directories: Vec<&[u8]> = paths.iter().map(|path| directory_of(path)).collect();
        directories.sort_unstable();
        let runs = directories.chunk_by(|one, other| one == other);
        let directories = runs.map(|run| OutlinedDirectory { path: run[0].into(), files: run.len() }).collect();
        Outline { directories }
    }
}

/// Returns the directory that a path lies in, without its slash; empty for one in the web root.
#[must_use]
pub fn directory_of(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(b"", |at| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directory_that_holds_files_is_counted_once() {
        let paths = ["a/b/x", "a/y", "a-b/z", "i", "a/b/w"].map(|path| Box::from(path.as_bytes()));
        let outline = Outline::of_paths(&paths);
        let counted: Vec<(&str, usize)> =
            outline.directories.iter().map(|one| (std::str::from_utf8(&one.path).unwrap(), one.files)).collect();
        assert_eq!(counted, [("", 1), ("a", 1), ("a-b", 1), ("a/b", 2)]);
    }
}
