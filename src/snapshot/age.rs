//! The answer to where one revision stands beside another in history. It is found by [`super::history`].

/// Where a revision stands beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// They are the same.
    Same,
    /// It is an ancestor of the other.
    Ancestor,
    /// The other is an ancestor of it.
    Descendant,
    /// Neither is an ancestor of the other.
    Apart {
        /// Its commit is dated after the other.
        is_later: bool,
    },
    /// The clone is too shallow to tell, and its commit is dated before the other.
    DatedBefore,
    /// The clone is too shallow to tell, and its commit is not dated before the other.
    DatedAfter,
    /// One of them is not a commit, or not here.
    Unknown,
}
