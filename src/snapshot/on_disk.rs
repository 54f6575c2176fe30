//! The working directory of a repository: whether something is there now, tracked or not, and whether it is what was committed.

use std::path::{Path, PathBuf};

use git2::StatusOptions;

use super::Repository;
use crate::config::OutputDir;

impl Repository {
    /// Returns true when something lies at a path below the repository's top; false in a bare repository.
    #[must_use]
    pub fn has_on_disk(&self, path: &[u8]) -> bool {
        let place = || Some(self.inner.workdir()?.join(relative(path)?));
        // A file that cannot be looked at is not known to be there.
        place().is_some_and(|place| place.symlink_metadata().is_ok())
    }

    /// Returns for each of these web roots the files that are not as they are in the commit with this full id, relative to it; none where
    /// that is not checked out. Files that git does not know only count below a directory of their own: beside a whole tree may lie anything.
    pub(super) fn differing_on_disk(&self, id: &str, outputs: &[&OutputDir]) -> Vec<Vec<Box<[u8]>>> {
        // It is for a note: what git cannot tell is no reason for one.
        self.differing(id, outputs).unwrap_or_else(|_| vec![Vec::new(); outputs.len()])
    }

    fn differing(&self, id: &str, outputs: &[&OutputDir]) -> Result<Vec<Vec<Box<[u8]>>>, git2::Error> {
        let is_partly_there = || self.inner.config().and_then(|config| config.get_bool("core.sparseCheckout"));
        let is_checked_out = || Ok::<_, git2::Error>(self.inner.head()?.peel_to_commit()?.id().to_string() == id);
        if self.inner.is_bare() || !is_checked_out()? || is_partly_there().unwrap_or(false) {
            return Ok(vec![Vec::new(); outputs.len()]);
        }
        let (mut whole, mut below) = (Vec::new(), Vec::new());
        if outputs.iter().any(|output| output.as_str().is_empty()) {
            whole = self.changed_below(&[])?;
        }
        let directories: Vec<&str> = outputs.iter().map(|output| output.as_str()).filter(|o| !o.is_empty()).collect();
        if !directories.is_empty() {
            below = self.changed_below(&directories)?;
        }
        let of = |output: &&OutputDir| match output.as_str() {
            "" => whole.clone(),
            output => below.iter().filter_map(|path| inside(path, output.as_bytes())).map(Into::into).collect(),
        };
        Ok(outputs.iter().map(of).collect())
    }

    /// Returns what git's status tells of these directories, untracked files too; of all that is tracked where none is named.
    fn changed_below(&self, directories: &[&str]) -> Result<Vec<Box<[u8]>>, git2::Error> {
        let mut options = StatusOptions::new();
        options.include_untracked(!directories.is_empty()).recurse_untracked_dirs(false).include_ignored(false);
        options.include_unmodified(false).exclude_submodules(true).disable_pathspec_match(true);
        for directory in directories {
            options.pathspec(directory);
        }
        let statuses = self.inner.statuses(Some(&mut options))?;
        Ok(statuses.iter().map(|entry| entry.path_bytes().into()).collect())
    }
}

/// Returns the rest of a path that lies in a directory.
fn inside<'p>(path: &'p [u8], directory: &[u8]) -> Option<&'p [u8]> {
    path.strip_prefix(directory)?.strip_prefix(b"/")
}

/// Returns bytes as a path of this system; `None` where it has no such paths.
fn relative(path: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    let path = Some(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path));
    #[cfg(not(unix))]
    let path = std::str::from_utf8(path).ok();
    path.map(|path| Path::new(path).to_owned())
}
