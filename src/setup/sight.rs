//! The sight of a repository: its trees of files, its branches, its remote. The reader of git and the disk makes it.

use super::files::{Files, Ignored};

/// The sight of a repository.
pub struct Sight<'s> {
    /// The files of the source: those on disk, or those that are checked out where there is no working directory.
    pub source: &'s dyn Files,
    /// The files that git leaves out.
    pub ignored: &'s dyn Ignored,
    /// The files of the revision that is checked out; `None` before the first commit, and outside of a repository.
    pub committed: Option<&'s dyn Files>,
    /// The directory that somebody is in, from the repository's top.
    pub here: String,
    /// The branch that is checked out.
    pub head: Option<String>,
    /// Branches that may hold the output, as far as they are known here.
    pub branches: &'s [Branch],
    /// The remote's name and URL.
    pub remote: Option<(String, String)>,
}

/// A branch.
pub struct Branch {
    /// Its name alone.
    pub name: String,
    /// Where it is, for people: `here`, `at origin`.
    pub where_it_is: String,
    /// Its files.
    pub files: Box<dyn Files>,
}
