//! The directory of a mark that is a file: no link that the repository brings leads it elsewhere.
//!
//! A link is a file of the repository like any other, so that whoever can commit one could have locks and marks written, and files of
//! such names removed, wherever this user may. Links above the repository are the user's own.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::MarkError;
use crate::display::shown;

/// The directory that tells a repository.
const GIT: &str = ".git";

/// Refuses a mark whose directory is reached through a link of a repository that leads out of it, or among git's own files.
pub(super) fn check(mark: &Path) -> Result<(), MarkError> {
    let directory = mark.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unread = |source| MarkError::Directory { store: shown(mark.as_os_str().as_encoded_bytes()), source };
    let plain = plain(&std::path::absolute(directory).map_err(unread)?);
    for place in plain.ancestors() {
        let is_link = match std::fs::symlink_metadata(place) {
            Ok(found) => found.is_symlink(),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => false,
            Err(e) => return Err(unread(e)),
        };
        let Some(top) = place.parent().filter(|_| is_link).and_then(repository_around) else { continue };
        let leads_to = place.canonicalize().ok();
        let is_within = |target: &PathBuf| target.strip_prefix(&top).is_ok_and(|path| !path.starts_with(GIT));
        if !leads_to.as_ref().is_some_and(is_within) {
            return Err(MarkError::Elsewhere { link: place.to_owned(), leads_to });
        }
    }
    Ok(())
}

/// Returns the top of the repository around a directory, without links.
fn repository_around(directory: &Path) -> Option<PathBuf> {
    let directory = directory.canonicalize().ok()?;
    directory.ancestors().find(|above| std::fs::symlink_metadata(above.join(GIT)).is_ok()).map(Path::to_owned)
}

/// Returns a path without `.` and `..`, as it is written.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            _ => plain.push(part),
        }
    }
    plain
}
