//! The moments at which requests of one account start: at the run's own pace, and at one that it shares with other runs.
//!
//! Runs of one user on one machine share an account's pace by a file, where there can be one. The arithmetic is
//! [`crate::plan::Pacer`]'s.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::time::Instant;

use super::pace_file::PaceFile;
use super::retry::DEADLINE;
use crate::mapping::Kind;
use crate::plan::{Pace, Pacer};

/// How much later than others a request may arrive for which a connection has to be made: a few round trips for TCP and TLS.
const COLD: Duration = Duration::from_millis(200);

/// Runs that wait for the same moment ask again within this, so that not all are at the file's lock at once.
const SPREAD: Duration = Duration::from_millis(10);

/// The pace of one account.
pub(super) struct Pacing {
    pace: Pace,
    /// What this run has spent.
    own: RefCell<Pacer>,
    zero: Instant,
    file: Option<RefCell<PaceFile>>,
    /// An answer came, so that there is a connection.
    is_warm: Cell<bool>,
}

/// A request may not start yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Later {
    /// When to ask again.
    pub(super) at: Instant,
    /// The part of the wait that is for the sake of other runs.
    pub(super) behind: Duration,
    /// How long the provider has asked to wait, this run or another one.
    pub(super) held: Duration,
}

impl Pacing {
    /// An unused budget.
    pub(super) fn new(pace: Pace) -> Pacing {
        let own = RefCell::new(Pacer::new(pace));
        Pacing { pace, own, zero: Instant::now(), file: None, is_warm: Cell::new(false) }
    }

    /// Returns a text that is the same for all who have this pace.
    pub(super) fn budget(&self) -> String {
        format!("{:?}", self.pace)
    }

    /// The same, shared with all who open that file.
    pub(super) fn by(self, file: Option<PaceFile>) -> Pacing {
        Pacing { file: file.map(RefCell::new), ..self }
    }

    /// Lets a request of so many operations start now, or says when to ask again.
    pub(super) fn start(&self, kind: Kind, size: usize) -> Result<(), Later> {
        let (now, arrives) = (self.now(), if self.is_warm.get() { Duration::ZERO } else { COLD });
        let mut own = self.own.borrow_mut();
        let (alone, asked) = (own.earliest(now, kind, size).saturating_sub(now), own.held().saturating_sub(now));
        let shared = self.shared(|pacer, now| {
            let wait = pacer.earliest(now, kind, size).saturating_sub(now).max(asked);
            if wait.is_zero() {
                pacer.spend(now + arrives, kind, size);
            }
            ((wait, pacer.held().saturating_sub(now)), wait.is_zero())
        });
        let (wait, held) = shared.unwrap_or((alone, asked));
        if wait.is_zero() {
            own.spend(now + arrives, kind, size);
            return Ok(());
        }
        let spread = if self.file.is_some() { SPREAD.mul_f64(fastrand::f64()) } else { Duration::ZERO };
        Err(Later { at: Instant::now() + wait + spread, behind: wait.saturating_sub(alone), held })
    }

    /// Reserves the moment for a request that purges nothing. It waits for this run alone: there are few, and the limit leaves room.
    pub(super) fn other_slot(&self) -> Instant {
        let _alone = self.shared(|pacer, now| (pacer.spend_other(now), true));
        self.zero + self.own.borrow_mut().other_slot(self.now())
    }

    /// Lets nothing start within the time that the provider asked everybody to wait.
    pub(super) fn hold(&self, wait: Duration) {
        self.own.borrow_mut().hold(self.now() + wait);
        // Other runs are asked to wait no longer than the provider's longest block lasts.
        let _alone = self.shared(|pacer, now| (pacer.hold(now + wait.min(DEADLINE)), true));
    }

    /// Takes note of an answer.
    pub(super) fn is_answered(&self) {
        self.is_warm.set(true);
    }

    fn shared<T>(&self, act: impl FnOnce(&mut Pacer, Duration) -> (T, bool)) -> Option<T> {
        self.file.as_ref()?.borrow_mut().with(self.pace, act)
    }

    fn now(&self) -> Duration {
        self.zero.elapsed()
    }
}
