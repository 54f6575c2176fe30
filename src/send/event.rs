//! The events while a plan is sent, for who watches.

use std::time::{Duration, SystemTime};

use super::receipt::Receipt;
use crate::plan::Batch;

/// An event while sending, for who watches.
#[derive(Debug)]
pub enum Event<'e> {
    /// A batch reached its end.
    Ended(&'e Receipt),
    /// A batch is asked again later.
    Waiting {
        /// The operations that wait.
        batch: &'e Batch,
        /// The server that is asked, without a path.
        host: &'e str,
        /// The number of the attempt that is next.
        attempt: u32,
        /// For how long.
        delay: Duration,
        /// When it goes on.
        until: SystemTime,
        /// Why.
        why: &'e str,
    },
    /// Requests wait for the sake of other runs, which share the pace of the account.
    Behind {
        /// One of these was asked to wait; else they have used the pace.
        is_asked: bool,
        /// The server that is asked, without a path.
        host: &'e str,
        /// For how long the next one waits.
        delay: Duration,
        /// When it goes.
        until: SystemTime,
    },
    /// A batch was not accepted as a whole and goes on in halves.
    Halved {
        /// The batch.
        batch: &'e Batch,
        /// Why.
        why: &'e str,
    },
}
