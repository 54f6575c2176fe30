//! The result of a mapping: the operations with their reasons, and what is to be said about them.

use super::last::Later;
use super::operation::{Operation, PublicUrl};
use super::reason::Reason;

/// A thing to purge and why, one reason at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The thing to ask for.
    pub what: Operation,
    /// Sorted, each once.
    pub reasons: Vec<Reason>,
}

/// All that a site's changes mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Sorted by kind and text, each once.
    pub operations: Vec<Mapped>,
    /// Changed paths that `ignore` keeps out.
    pub ignored: usize,
    /// Deleted paths whose cached copies are left alone, for the content hash in their names.
    pub left: Vec<Box<[u8]>>,
    /// Changed paths whose own URLs are not in the list, by their indices in [`crate::changes::Changes::paths`].
    pub unlisted: Vec<u32>,
    /// The paths and rules that go last.
    pub later: Later,
    /// Things that a person should know and no list of URLs can hold.
    pub notes: Vec<String>,
}

impl Mapping {
    /// Returns the URLs, in their order.
    pub fn urls(&self) -> impl Iterator<Item = (&PublicUrl, &[Reason])> {
        self.operations.iter().filter_map(|mapped| Some((mapped.what.url()?, &mapped.reasons[..])))
    }
}
