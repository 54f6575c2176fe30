//! What a plan is made from.

use crate::snapshot::SnapshotName;

/// What a plan is made from; the first thing that a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// Two snapshots that were compared.
    Snapshots {
        /// What the site was.
        from: SnapshotName,
        /// What it is.
        to: SnapshotName,
    },
    /// A list of changed paths that somebody else made.
    Paths {
        /// The file, or `-` for standard input.
        source: String,
        /// Different paths in it.
        count: usize,
    },
    /// What an object store said about its objects.
    Events {
        /// The file, or `-` for standard input.
        source: String,
        /// Records about the site's bucket.
        records: usize,
        /// Different paths in them.
        paths: usize,
        /// Records of the run that could not be used, of whatever site.
        unused: usize,
    },
}

impl From<(&SnapshotName, &SnapshotName)> for Basis {
    fn from((from, to): (&SnapshotName, &SnapshotName)) -> Basis {
        Basis::Snapshots { from: from.clone(), to: to.clone() }
    }
}
