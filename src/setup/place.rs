//! Where the output of a site is: in a directory that is committed, on a branch of its own, or only where a build leaves it.
//!
//! This holds the answer; [`super::search`] looks for it.

/// Where the output of a site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this directory of what is checked out; empty for the whole tree.
    Committed {
        /// From the repository's top.
        output: String,
    },
    /// On a branch.
    Branch {
        /// Its name.
        name: String,
        /// The directory in it; empty for the whole tree.
        output: String,
        /// A branch of this name is here or at the remote.
        is_found: bool,
    },
    /// On disk alone, in a directory that a build makes.
    Built {
        /// From the repository's top.
        directory: String,
        /// It is there, and holds a page.
        is_there: bool,
    },
}

/// A place, and why it is taken for the output's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) place: Place,
    /// A sentence on it.
    pub(super) because: String,
    /// Other places that look like it.
    pub(super) others: Vec<String>,
}
