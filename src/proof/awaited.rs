//! What an origin has to serve before anything is purged: a file, its URL there, and what that should answer.

/// One file that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The file's path below the web root, for people.
    pub path: Box<[u8]>,
    /// Where the origin serves it.
    pub url: String,
    /// What it should be there.
    pub want: Want,
}

/// What a file should be at the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// It has this content, by blob id in hex.
    Content(String),
    /// It is there.
    There,
    /// It is not there any more: what answers in its place is not found, a redirect to another file, or anything but one of
    /// these contents, by blob id in hex. Hosts of single-page apps answer 200 for whatever there is not.
    Gone(Vec<String>),
}
