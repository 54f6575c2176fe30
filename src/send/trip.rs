//! One batch on its way: how often it was tried, since when, and what came back last.

use super::ending::Ending;
use super::log::Log;
use super::receipt::Receipt;
use crate::plan::Batch;
use crate::provider::ApiReply;

/// A batch's journey so far.
pub(super) struct Trip {
    pub(super) batch: Batch,
    pub(super) log: Log,
    reply: Option<ApiReply>,
}

/// The meaning of an end for the other batches.
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
        /// Its receipt, should it not go on.
        refused: Receipt,
        /// Its halves.
        halves: (Batch, Batch),
    },
}

impl Trip {
    pub(super) fn new(batch: Batch, log: Log) -> Trip {
        Trip { batch, log, reply: None }
    }

    /// Counts an attempt that starts now.
    pub(super) fn starts(&self) {
        self.log.starts();
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
