//! The working directory of a repository: whether something is there now, tracked or not. Nothing is read.

use std::path::{Path, PathBuf};

use super::Repository;

impl Repository {
    /// Returns true when something lies at a path below the repository's top; false in a bare repository.
    #[must_use]
    pub fn has_on_disk(&self, path: &[u8]) -> bool {
        let place = || Some(self.inner.workdir()?.join(relative(path)?));
        // A file that cannot be looked at is not known to be there.
        place().is_some_and(|place| place.symlink_metadata().is_ok())
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
