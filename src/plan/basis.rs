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
        /// Who says that it was that.
        base: Base,
    },
    /// It is not known what the site was.
    Unknown {
        /// Why not, in words.
        why: String,
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

/// Who says what the site was, and what else was compared with TO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// Who says it.
    pub of: BaseOf,
    /// The mark, where FROM is something else: what changed since is in the plan too.
    pub mark: Option<SnapshotName>,
    /// What was live since the mark without having been purged completely: what changed since is in the plan too.
    pub open: Vec<SnapshotName>,
}

/// Who says what the site was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum BaseOf {
    /// Who typed the command.
    #[default]
    Given,
    /// The site's mark: it is what was last purged completely.
    Mark,
    /// The CI system.
    Ci {
        /// Its name.
        name: String,
        /// What it is there: "the branch's tip before this push".
        means: String,
    },
}

impl From<(&SnapshotName, &SnapshotName)> for Basis {
    fn from((from, to): (&SnapshotName, &SnapshotName)) -> Basis {
        Basis::Snapshots { from: from.clone(), to: to.clone(), base: Base::default() }
    }
}
