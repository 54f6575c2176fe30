//! One load on its way: how often it was tried, since when, and what came back last.

use super::ending::Ending;
use super::load::Load;
use super::log::Log;
use super::receipt::Receipt;
use crate::provider::ApiReply;

/// A load's journey so far.
pub(super) struct Trip {
    pub(super) load: Load,
    pub(super) log: Log,
    reply: Option<ApiReply>,
}

/// The meaning of an end for the other loads.
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

/// A load that came back.
pub(super) struct Step {
    pub(super) returned: Returned,
    /// The meaning of its end; `None` where it was refused as a whole, and its parts may not be.
    pub(super) bearing: Option<Bearing>,
}

/// A load, and how it ended.
pub(super) struct Returned {
    pub(super) load: Load,
    pub(super) ending: Ending,
    log: Log,
    support_id: Option<String>,
}

impl Trip {
    pub(super) fn new(load: Load, log: Log) -> Trip {
        Trip { load, log, reply: None }
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
        Step { returned: self.returned(ending), bearing: Some(bearing) }
    }

    /// Goes on in parts; a single operation ends here, refused.
    pub(super) fn splits(self, why: String) -> Step {
        Step { returned: self.returned(Ending::Refused { why, advice: None }), bearing: None }
    }

    fn returned(self, ending: Ending) -> Returned {
        let support_id = self.reply.and_then(|reply| reply.support_id);
        Returned::new(self.load, self.log, support_id, ending)
    }
}

impl Returned {
    pub(super) fn new(load: Load, log: Log, support_id: Option<String>, ending: Ending) -> Returned {
        Returned { load, ending, log, support_id }
    }

    /// Returns a receipt for each run of operations. The first counts the attempts, so that each request is counted once.
    pub(super) fn receipts(self) -> Vec<Receipt> {
        let Returned { load, ending, log, support_id } = self;
        let one = |batch: &crate::plan::Batch| Receipt::new(batch.clone(), &log, support_id.clone(), ending.clone());
        let mut receipts: Vec<Receipt> = load.pieces().iter().map(one).collect();
        for receipt in receipts.iter_mut().skip(1) {
            receipt.attempts = 0;
        }
        receipts
    }
}
