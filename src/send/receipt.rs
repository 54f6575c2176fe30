//! The receipt of each batch: the proof that nothing was lost on the way.

use super::ending::{At, Ending};
use super::log::Log;
use crate::plan::Batch;

/// One batch, after its last attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The operations; halves of a planned batch when it was split.
    pub batch: Batch,
    /// How often it was sent; 0 where it went in one request with operations that another receipt counts.
    pub attempts: u32,
    /// From its first attempt to its last answer.
    pub seconds: f64,
    /// The last answer's HTTP status.
    pub status: Option<u16>,
    /// The id of the last answer, to be quoted to the provider's support.
    pub support_id: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// How it ended at each node, where a plan goes to such.
    pub at: Vec<At>,
}

impl Receipt {
    /// True when the provider took it.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.ending, Ending::Accepted { .. })
    }

    /// The outcome in one word, as JSON carries it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.ending {
            Ending::Accepted { .. } => "accepted",
            Ending::Refused { .. } => "refused",
            Ending::GaveUp { .. } => "gave-up",
            Ending::NotSent { .. } => "not-sent",
            Ending::Unanswered => "unanswered",
        }
    }

    /// Why it was not taken; `None` when it was.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.ending.why()
    }

    /// The provider's own id for the request.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.ending {
            Ending::Accepted { id } => id.as_deref(),
            _ => None,
        }
    }

    /// A receipt for a batch that never leaves.
    #[must_use]
    pub fn not_sent(batch: Batch, why: &str) -> Receipt {
        Receipt::new(batch, &Log::default(), None, Ending::NotSent { why: why.to_owned() })
    }

    /// A receipt for a batch of which so much is known.
    pub(super) fn new(batch: Batch, log: &Log, support_id: Option<String>, ending: Ending) -> Receipt {
        let seconds = log.elapsed().as_secs_f64();
        Receipt {
            batch,
            attempts: log.attempts.get(),
            seconds,
            status: log.status.get(),
            support_id,
            ending,
            at: Vec::new(),
        }
    }
}
