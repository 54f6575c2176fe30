//! The log of one batch under way: how often it was tried, since when, and with which status.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

/// The knowledge of a batch while it is under way; shared with the queue, for a run that ends before the batch does.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    pub(super) attempts: Rc<Cell<u32>>,
    pub(super) status: Rc<Cell<Option<u16>>>,
    first: Rc<Cell<Option<Instant>>>,
}

impl Log {
    /// Since the first attempt started.
    pub(super) fn elapsed(&self) -> Duration {
        self.first.get().map_or(Duration::ZERO, |first| first.elapsed())
    }

    /// Counts an attempt that starts now.
    pub(super) fn starts(&self) {
        self.attempts.set(self.attempts.get() + 1);
        if self.first.get().is_none() {
            self.first.set(Some(Instant::now()));
        }
    }
}
