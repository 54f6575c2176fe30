//! How a batch ended, in all and at each node.

use super::node::Node;

/// How a batch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The provider took it.
    Accepted {
        /// The provider's id for it.
        id: Option<String>,
    },
    /// The provider said no.
    Refused {
        /// In words.
        why: String,
        /// The next thing to do.
        advice: Option<&'static str>,
    },
    /// No good answer came in time.
    GaveUp {
        /// In words.
        why: String,
    },
    /// It was never sent.
    NotSent {
        /// In words.
        why: String,
    },
    /// It was sent, and the run ended before the answer: it may have been taken or not.
    Unanswered,
}

impl Ending {
    /// Why it was not taken; `None` when it was.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Ending::Accepted { .. } => None,
            Ending::Refused { why, .. } | Ending::GaveUp { why } | Ending::NotSent { why } => Some(why),
            Ending::Unanswered => Some("interrupted before the answer came"),
        }
    }

    /// Says more of why it was refused: only the status of the answer, which may be another one's text each time, and this.
    pub(super) fn add(&mut self, more: &str) {
        if let Ending::Refused { why, .. } = self {
            let status = why.split(',').next().unwrap_or_default();
            *why = format!("{status}, {more}");
        }
    }
}

/// The fate of a batch at one node.
#[derive(Debug, Clone, PartialEq)]
pub struct At {
    /// The node.
    pub node: Node,
    /// The outcome in one word.
    pub word: &'static str,
    /// The last answer's HTTP status.
    pub status: Option<u16>,
    /// How often it was sent there.
    pub attempts: u32,
    /// Why it was not taken; `None` when it was.
    pub why: Option<String>,
}
