//! One batch on its way: how often it was tried, since when, and what came back last.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Ending, Receipt};
use crate::plan::Batch;
use crate::provider::ApiReply;

/// What is known of a batch while it is under way; shared with the queue, for a run that ends before the batch does.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    pub(super) attempts: Rc<Cell<u32>>,
    pub(super) status: Rc<Cell<Option<u16>>>,
    first: Rc<Cell<Option<Instant>>>,
}

/// A batch's journey so far.
pub(super) struct Trip {
    pub(super) batch: Batch,
    pub(super) log: Log,
    reply: Option<ApiReply>,
}

/// What an end means for the other batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearing {
    /// Nothing.
    Own,
    /// The reason holds for all, unless one of them is accepted.
    Doubt,
    /// Several such ends are a doubt: the server may be down.
    Weak,
    /// No other may be sent now: the provider asked for longer than the run will wait.
    Stop,
}

/// How a journey goes on.
pub(super) enum Step {
    /// It is over.
    End(Receipt, Bearing),
    /// It was refused as a whole, and its halves may not be.
    Halves {
        /// What became of it, should it not go on.
        refused: Receipt,
        /// Its halves.
        halves: (Batch, Batch),
    },
}

impl Log {
    /// Since the first attempt started.
    pub(super) fn elapsed(&self) -> Duration {
        self.first.get().map_or(Duration::ZERO, |first| first.elapsed())
    }
}

impl Trip {
    pub(super) fn new(batch: Batch, log: Log) -> Trip {
        Trip { batch, log, reply: None }
    }

    /// Counts an attempt that starts now.
    pub(super) fn starts(&self) {
        self.log.attempts.set(self.log.attempts.get() + 1);
        if self.log.first.get().is_none() {
            self.log.first.set(Some(Instant::now()));
        }
    }

    /// Keeps an answer for the receipt.
    pub(super) fn answered(&mut self, reply: ApiReply) -> &ApiReply {
        self.log.status.set(Some(reply.status));
        self.reply.insert(reply)
    }

    pub(super) fn ends(self, ending: Ending, bearing: Bearing) -> Step {
        Step::End(self.receipt(ending), bearing)
    }

    /// Goes on in halves; a single operation ends here, refused.
    pub(super) fn splits(self, why: String) -> Step {
        let halves = self.batch.halves();
        let refused = self.receipt(Ending::Refused { why, advice: None });
        match halves {
            Some(halves) => Step::Halves { refused, halves },
            None => Step::End(refused, Bearing::Own),
        }
    }

    fn receipt(self, ending: Ending) -> Receipt {
        let support_id = self.reply.and_then(|reply| reply.support_id);
        Receipt::new(self.batch, &self.log, support_id, ending)
    }
}
