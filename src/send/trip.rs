//! One batch on its way: how often it was tried, since when, and what came back last.

use std::time::Duration;

use tokio::time::Instant;

use super::{Outcome, Receipt};
use crate::plan::Batch;
use crate::provider::ApiReply;

/// A batch's journey so far.
pub(super) struct Trip {
    pub(super) batch: Batch,
    pub(super) attempts: u32,
    first: Option<Instant>,
    reply: Option<ApiReply>,
}

/// How a journey goes on.
pub(super) enum Step {
    /// It is over; `for_all` when the reason holds for every other batch too.
    End {
        /// What became of it.
        receipt: Receipt,
        /// The token or the zone was refused.
        for_all: bool,
    },
    /// It was refused as a whole, and its halves may not be.
    Halves {
        /// What became of it, should it not go on.
        refused: Receipt,
        /// Its halves.
        halves: (Batch, Batch),
    },
}

impl Trip {
    pub(super) fn new(batch: Batch) -> Trip {
        Trip { batch, attempts: 0, first: None, reply: None }
    }

    /// Counts an attempt; gives the time since the first.
    pub(super) fn starts(&mut self) -> Duration {
        self.attempts += 1;
        self.first.get_or_insert_with(Instant::now).elapsed()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.first.map_or(Duration::ZERO, |first| first.elapsed())
    }

    /// Keeps an answer for the receipt.
    pub(super) fn answered(&mut self, reply: ApiReply) -> &ApiReply {
        self.reply.insert(reply)
    }

    pub(super) fn ends(self, outcome: Outcome) -> Step {
        Step::End { receipt: self.receipt(outcome), for_all: false }
    }

    pub(super) fn ends_for_all(self, outcome: Outcome) -> Step {
        Step::End { receipt: self.receipt(outcome), for_all: true }
    }

    /// Goes on in halves; a single operation ends here, refused.
    pub(super) fn splits(self, why: String) -> Step {
        let halves = self.batch.halves();
        let refused = self.receipt(Outcome::Refused { why, advice: None });
        match halves {
            Some(halves) => Step::Halves { refused, halves },
            None => Step::End { receipt: refused, for_all: false },
        }
    }

    fn receipt(self, outcome: Outcome) -> Receipt {
        let seconds = self.elapsed().as_secs_f64();
        let (status, ray) = self.reply.map_or((None, None), |r| (Some(r.status), r.ray));
        Receipt { batch: self.batch, attempts: self.attempts, seconds, status, ray, outcome }
    }
}
