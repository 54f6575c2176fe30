//! What differs between two snapshots: paths added, modified, deleted, and directories that appeared or vanished.
//!
//! Both trees are walked together over their raw bytes. Symbolic links are resolved: what is compared is what a visitor
//! meets, and a path below a link changes when its target does. There are no renames: a rename is a deletion and an
//! addition, and both URLs are stale. What a path means for URLs is left to [`crate::mapping`].

mod cursor;
mod links;
mod listing;
mod named;
mod odd_links;
mod place;
mod scan;
mod side;
mod union;
mod volatile;
mod walk;

use crate::config::{Rules, Symlinks};
use crate::snapshot::{Snapshot, SnapshotError};

use self::volatile::Volatile;
use self::walk::{MAX_DEPTH, Walk};

pub use self::named::{Fault, Named, NamedError, named};
pub use self::odd_links::OddLinks;

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is new in TO.
    Added,
    /// Its content or kind differs.
    Modified,
    /// It is gone in TO.
    Deleted,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Modified => "modified",
            Status::Deleted => "deleted",
        }
    }
}

/// One changed path, relative to the web root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its bytes, as git holds them.
    pub path: Box<[u8]>,
    /// What happened.
    pub status: Status,
    /// It is (or was) something whose inside is not known, so that whatever answers below it may have changed as well: a
    /// submodule, or a symbolic link that is not followed.
    pub leads_elsewhere: bool,
}

/// A directory that exists in one snapshot only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Its path without a trailing `/`; empty for the web root.
    pub path: Box<[u8]>,
    /// Added or deleted.
    pub status: Status,
}

/// All that differs, each list sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files, submodules and links that are not followed.
    pub paths: Vec<Change>,
    /// Directories that got their first file or lost their last.
    pub directories: Vec<DirectoryChange>,
    /// Files that differ only in what the site's rules call volatile: they count as unchanged.
    pub held_back: Vec<Box<[u8]>>,
    /// What is odd about the links that were met.
    pub odd_links: OddLinks,
}

impl Changes {
    /// These paths, sorted, as if each had been modified: for whatever is to be known of a site's files, changed or not.
    #[must_use]
    pub fn all_modified(paths: Vec<Box<[u8]>>) -> Changes {
        let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
        Changes { paths: paths.into_iter().map(change).collect(), ..Changes::default() }
    }

    /// The paths of TO and those that are gone in it, sorted, each once.
    #[must_use]
    pub fn and_deleted(&self, mut paths: Vec<Box<[u8]>>) -> Vec<Box<[u8]>> {
        paths.extend(self.paths.iter().filter(|c| c.status == Status::Deleted).map(|c| c.path.clone()));
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

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
    /// The next thing to type.
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

/// Compares two snapshots; of the rules only what they call volatile counts.
///
/// # Errors
/// When an object that is needed cannot be read, or there is no end to the directories. A part that cannot be read is
/// never taken for "nothing changed".
pub fn compare<'s>(
    from: &'s Snapshot<'s>,
    to: &'s Snapshot<'s>,
    symlinks: Symlinks,
    rules: &'s Rules,
) -> Result<Changes, ChangesError> {
    Walk::new(from, to, symlinks).holding_back(Volatile::of(from, to, rules)).run(from.root(), to.root())
}

/// Every path of a snapshot, sorted; also those that only exist through links.
///
/// # Errors
/// As [`compare`].
pub fn all_paths(snapshot: &Snapshot<'_>, symlinks: Symlinks) -> Result<Vec<Box<[u8]>>, ChangesError> {
    let changes = Walk::new(snapshot, snapshot, symlinks).run(None, snapshot.root())?;
    Ok(changes.paths.into_iter().map(|change| change.path).collect())
}
