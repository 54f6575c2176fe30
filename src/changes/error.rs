//! Why two snapshots cannot be compared, and how that is mended.

use crate::snapshot::SnapshotError;

/// Directories inside each other that are followed. A path of this many segments fits no file system that serves a site,
/// and each level takes stack.
pub(super) const MAX_DEPTH: usize = 256;

/// Why two snapshots cannot be compared. Exit code 3.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// A tree of one of them cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// More directories inside each other than a site can have.
    #[error("directories are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// More directories below links than can be listed.
    #[error("symbolic links lead to each other in more ways than can be listed")]
    TooManyBelowLinks,
}

impl ChangesError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            ChangesError::Snapshot(e) => e.hint(),
            ChangesError::TooDeep => "set `output` to the directory that is served".to_owned(),
            ChangesError::TooManyBelowLinks => {
                "set `symlinks = \"ignore\"`, if links are not published; or take out those that lead to each other"
                    .to_owned()
            }
        }
    }
}
