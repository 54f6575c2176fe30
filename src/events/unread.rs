//! The parts of notifications that could not be read: where they stand, and why.

use std::fmt;

use crate::display::line;

/// Steps inwards. An S3 event that went through SNS and SQS and was printed as a list of messages is 6 deep.
pub(super) const DEEPEST: usize = 16;

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Where it stands: `record 3, body, record 1`.
    pub place: String,
    /// The fault of it.
    pub what: What,
    /// The index of the message that it came in.
    pub message: Option<usize>,
}

/// The fault of an unread part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum What {
    #[error("it is no JSON: {0}")]
    NotJson(String),
    #[error("it is no notification of a kind that is known")]
    NotKnown,
    #[error("`{0}` is missing, or no text")]
    Missing(&'static str),
    #[error("`{0}` is no list")]
    NoList(&'static str),
    #[error("the key `{0}` stands twice in one object, and readers differ in which of them counts")]
    Twice(String),
    #[error("nothing is in it, not even a record")]
    NoRecords,
    #[error("Event Grid asks for its subscription to be confirmed, and sends no events before")]
    Validation,
    #[error("it is about a directory, and not about the objects in it: purge what is below it by hand")]
    Directory,
    #[error("it is about several objects, and does not say which: {0}")]
    Several(String),
    #[error("its key is empty")]
    EmptyKey,
    #[error("SNS asks for its subscription to be confirmed, and sends no events before")]
    Confirmation,
    #[error("it is wrapped more than {} deep", DEEPEST)]
    TooDeep,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, line(&self.what.to_string()))
    }
}
