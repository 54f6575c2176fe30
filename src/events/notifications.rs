//! The content of notifications: objects that were written or removed, and what could not be understood.

use std::collections::BTreeMap;

use super::unread::Unread;

/// All that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notifications {
    /// The changes of objects, in the order in which it was met; an event that came twice is here twice.
    pub records: Vec<Record>,
    /// Messages that only tell that notifications are set up.
    pub tests: usize,
    /// Records of what changes nothing: reads, calls that failed.
    pub reads: usize,
    /// Words that are not known, and how often they were met: names of events and versions. Their records are in the list.
    pub unknown: BTreeMap<String, usize>,
    /// The parts that could not be read.
    pub faults: Vec<Unread>,
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
