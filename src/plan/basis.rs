//! The basis of a plan: two snapshots, a list of paths, events, or nothing that is known.

use crate::snapshot::SnapshotName;

/// The basis of a plan; the first thing that a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// Two snapshots that were compared.
    Snapshots {
        /// The site before.
        from: SnapshotName,
        /// The site as it is now.
        to: SnapshotName,
        /// The source of FROM.
        base: Base,
    },
    /// It is not known what the site was.
    Unknown {
        /// Why not, in words.
        why: String,
        /// The site as it is now.
        to: SnapshotName,
    },
    /// Whatever somebody asked for by hand: no deploy is behind it.
    Asked(Asked),
    /// A list of changed paths that somebody else made.
    Paths {
        /// The file, or `-` for standard input.
        source: String,
        /// Different paths in it.
        count: usize,
    },
    /// The events of an object store about its objects.
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

/// The numbers of what was asked for by hand of one site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// URLs, each once.
    pub urls: usize,
    /// Their other forms were asked for too.
    pub forms: bool,
    /// Prefixes.
    pub prefixes: usize,
    /// Tags.
    pub tags: usize,
    /// Host names.
    pub hosts: usize,
    /// Everything.
    pub everything: bool,
}

/// The source of FROM, and what else was compared with TO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// The source.
    pub of: BaseOf,
    /// The mark, where FROM is something else: what changed since is in the plan too.
    pub mark: Option<SnapshotName>,
    /// All that was live since the mark without having been purged completely: what changed since is in the plan too.
    pub open: Vec<SnapshotName>,
}

/// The source of FROM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum BaseOf {
    /// The person who typed the command.
    #[default]
    Given,
    /// The site's mark: it is what was last purged completely.
    Mark,
    /// The CI system.
    Ci {
        /// Its name.
        name: String,
        /// Its meaning there: "the branch's tip before this push".
        means: String,
    },
}

impl From<(&SnapshotName, &SnapshotName)> for Basis {
    fn from((from, to): (&SnapshotName, &SnapshotName)) -> Basis {
        Basis::Snapshots { from: from.clone(), to: to.clone(), base: Base::default() }
    }
}
