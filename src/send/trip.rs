//! One batch on its way: how often it was tried, since when, and what came back last.

use std::time::Duration;

use tokio::time::Instant;

use super::{Event, Outcome, Receipt};
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
    /// The batch goes on as two.
    Halves {
        /// The batch that was refused as a whole.
        whole: Batch,
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
        self.ends_for(false, outcome)
    }

    pub(super) fn ends_for(self, for_all: bool, outcome: Outcome) -> Step {
        let seconds = self.elapsed().as_secs_f64();
        let (status, ray) = self.reply.map_or((None, None), |r| (Some(r.status), r.ray));
        Step::End {
            receipt: Receipt { batch: self.batch, attempts: self.attempts, seconds, status, ray, outcome },
            for_all,
        }
    }

    /// Goes on in halves; a single operation ends here, refused.
    pub(super) fn splits(self, why: String, watch: &dyn Fn(&Event<'_>)) -> Step {
        match self.batch.halves() {
            Some(halves) => {
                watch(&Event::Halved { batch: &self.batch, why: &why });
                Step::Halves { whole: self.batch, halves }
            }
            None => self.ends(Outcome::Refused { why, advice: None }),
        }
    }
}
