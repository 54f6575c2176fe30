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

    /// Returns true when the commit with this full id is checked out, and a file of the web root that `counts` is not as it is
    /// there. Files that git does not know only count below a directory of their own: beside a whole tree may lie anything.
    pub(super) fn differs_on_disk(&self, id: &str, output: &OutputDir, counts: impl FnMut(&[u8]) -> bool) -> bool {
        // It is for a note: what git cannot tell is no reason for one.
        self.has_changes(id, output, counts).unwrap_or(false)
    }

    fn has_changes(
        &self,
        id: &str,
        output: &OutputDir,
        mut counts: impl FnMut(&[u8]) -> bool,
    ) -> Result<bool, git2::Error> {
        let is_partly_there = || self.inner.config().and_then(|config| config.get_bool("core.sparseCheckout"));
        let is_checked_out = || Ok::<_, git2::Error>(self.inner.head()?.peel_to_commit()?.id().to_string() == id);
        if self.inner.is_bare() || !is_checked_out()? || is_partly_there().unwrap_or(false) {
            return Ok(false);
        }
        let output = output.as_str();
        let mut options = StatusOptions::new();
        options.include_untracked(!output.is_empty()).recurse_untracked_dirs(false).include_ignored(false);
        options.include_unmodified(false).exclude_submodules(true).disable_pathspec_match(true);
        if !output.is_empty() {
            options.pathspec(output);
        }
        let statuses = self.inner.statuses(Some(&mut options))?;
        let below = |path: &[u8]| {
            let path = path.strip_prefix(output.as_bytes())?;
            Some(path.strip_prefix(b"/").unwrap_or(path).to_vec())
                .filter(|_| output.is_empty() || path.starts_with(b"/"))
        };
        Ok(statuses.iter().filter_map(|entry| below(entry.path_bytes())).any(|path| counts(&path)))
    }
}

/// Returns bytes as a path of this system; `None` where it has no such paths.
fn relative(path: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    let path = Some(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path));
    #[cfg(not(unix))]
    let path = std::str::from_utf8(path).ok();
    path.map(|path| Path::new(path).to_owned())
}
