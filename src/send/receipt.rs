//! What became of each batch: the proof that nothing was lost on the way.

use super::merging::At;
use super::trip::Log;
use crate::plan::Batch;

/// One batch, after its last attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The operations; halves of a planned batch when it was split.
    pub batch: Batch,
    /// How often it was sent.
    pub attempts: u32,
    /// From its first attempt to its last answer.
    pub seconds: f64,
    /// The last answer's HTTP status.
    pub status: Option<u16>,
    /// The last answer's `CF-Ray`.
    pub ray: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// How it ended at each endpoint, where a plan goes to such.
    pub at: Vec<At>,
}

/// How a batch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
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

impl Receipt {
    /// True when the provider took it.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Accepted { .. })
    }

    /// The outcome in one word, as JSON carries it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Accepted { .. } => "accepted",
            Outcome::Refused { .. } => "refused",
            Outcome::GaveUp { .. } => "gave-up",
            Outcome::NotSent { .. } => "not-sent",
            Outcome::Unanswered => "unanswered",
        }
    }

    /// Why it was not taken; `None` when it was.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Accepted { .. } => None,
            Outcome::Refused { why, .. } | Outcome::GaveUp { why } | Outcome::NotSent { why } => Some(why),
            Outcome::Unanswered => Some("interrupted before the answer came"),
        }
    }

    /// The provider's own id for the request.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Accepted { id } => id.as_deref(),
            _ => None,
        }
    }

    /// A receipt for a batch that never leaves.
    #[must_use]
    pub fn not_sent(batch: Batch, why: &str) -> Receipt {
        Receipt::new(batch, &Log::default(), None, Outcome::NotSent { why: why.to_owned() })
    }

    /// A receipt for a batch of which so much is known.
    pub(super) fn new(batch: Batch, log: &Log, ray: Option<String>, outcome: Outcome) -> Receipt {
        let seconds = log.elapsed().as_secs_f64();
        Receipt { batch, attempts: log.attempts.get(), seconds, status: log.status.get(), ray, outcome, at: Vec::new() }
    }
}
