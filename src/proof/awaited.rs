//! A file that an origin has to serve before anything is purged: its path, its URL there, and the answer that is wanted.

use super::served::{Served, Versions};

/// One file that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The file's path below the web root, for people.
    pub path: Box<[u8]>,
    /// The URL under which the origin serves it.
    pub url: String,
    /// The answer that is wanted.
    pub want: Want,
}

/// The answer that is wanted for a file at the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// The file has its content of now.
    Content(Versions),
    /// The file is there.
    There,
    /// The file is not there any more: the answer is "not found", a redirect to another file, or anything but one of these
    /// contents. Hosting services for single-page apps answer 200 for whatever there is not.
    Gone(Served),
}
