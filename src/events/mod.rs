//! What object stores say about their objects: notifications, in whatever they were wrapped on the way.
//!
//! Bytes in, [`Notifications`] out: each object that was written or removed, with its bucket, and what could not be read, with
//! its place. S3 (and what speaks like it), also in SQS, SNS, or SNS in SQS; `EventBridge`; R2's queue messages; Google's Pub/Sub. Nothing
//! that is not understood is dropped. What a site has to do with it is found by [`share`]; URLs are left to [`crate::mapping`].

mod documents;
mod effect;
mod fault;
mod key;
mod place;
mod record;
mod share;
mod wrapping;

use std::collections::BTreeMap;

use serde_json::Value;

use self::documents::Documents;
use self::place::{Place, Step};
use self::wrapping::Unwrapping;

pub use self::fault::{Fault, What};
pub use self::share::{Share, is_bucket_of, share};

/// All that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notifications {
    /// What happened to objects, in the order in which it was met; an event that came twice is here twice.
    pub records: Vec<Record>,
    /// Messages that only tell that notifications are set up.
    pub tests: usize,
    /// Words that are not known, and how often they were met: names of events and versions. Their records are in the list.
    pub unknown: BTreeMap<String, usize>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// The queue's ids of the messages that all this came in; records and faults have the index of theirs.
    pub messages: Vec<Option<String>>,
}

/// One object that was written or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key; more than one where the source does not tell how it is encoded.
    pub keys: Vec<Box<[u8]>>,
    /// It was removed; otherwise written, restored, or something else that may change an answer.
    pub removed: bool,
    /// The index of the message that it came in.
    pub message: Option<usize>,
}

/// Why there are no notifications at all. Exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// Whoever should have read them could not.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// There is nothing.
    #[error("there is nothing in it, not even an empty list")]
    Empty,
    /// No line of it is JSON.
    #[error("it is no JSON: {0}")]
    NotJson(String),
}

impl EventsError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            EventsError::Unreadable(_) => "name a file with notifications as JSON, or `-` for standard input",
            EventsError::Empty => {
                "did the command that writes it fail? `aws sqs receive-message` prints nothing when the queue is empty: purge only when there is something"
            }
            EventsError::NotJson(_) => {
                "pass the notifications on as they came: one JSON document, an array of them, or one on each line"
            }
        }
    }
}

/// Reads one JSON document, several behind each other, or one on each line. A line that cannot be read is a fault; the others are
/// read.
///
/// # Errors
/// When there is nothing in it, or no JSON at all.
pub fn read(text: &[u8]) -> Result<Notifications, EventsError> {
    let mut documents = Documents::of(text).peekable();
    let first = documents.next().ok_or(EventsError::Empty)?;
    let alone = documents.peek().is_none();
    let (mut all, mut any, mut first_fault) = (Unwrapping::default(), false, None);
    for document in std::iter::once(first).chain(documents) {
        let place = if alone { Place::top() } else { Place::of(Step::Lines(document.first, document.last)) };
        any |= document.value.is_ok();
        match document.value {
            Ok(value) => all.value(&value, &place),
            Err(why) => {
                first_fault.get_or_insert_with(|| why.clone());
                all.fault(&place, What::NotJson(why));
            }
        }
    }
    match first_fault.filter(|_| !any) {
        Some(why) => Err(EventsError::NotJson(why)),
        None => Ok(all.notifications),
    }
}

/// The same for a document that was parsed already.
#[must_use]
pub fn unwrapped(document: &Value) -> Notifications {
    let mut all = Unwrapping::default();
    all.value(document, &Place::top());
    all.notifications
}

#[cfg(test)]
mod tests;
