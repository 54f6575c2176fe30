//! The moments at which requests of one account start: at the run's own pace, and at one that it shares with other runs.
//!
//! Runs of one user on one machine share an account's pace by a file, where there can be one. The arithmetic is
//! [`crate::plan::Pacer`]'s.

use std::cell::RefCell;
use std::time::Duration;

use tokio::time::Instant;

use super::lateness::Lateness;
use super::pace_file::PaceFile;
use super::retry::DEADLINE;
use crate::mapping::Kind;
use crate::plan::{Pace, Pacer};

/// Runs that wait for the same moment ask again within this, so that not all are at the file's lock at once.
const SPREAD: Duration = Duration::from_millis(10);

/// The pace of one account.
pub(super) struct Pacing {
    pace: Pace,
    /// What this run has spent.
    own: RefCell<Pacer>,
    zero: Instant,
    file: Option<RefCell<PaceFile>>,
    lateness: Lateness,
}

/// A request that started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Started {
    kind: Kind,
    size: usize,
    /// When, by this run's clock and by that of all who share the pace.
    at: Duration,
    shared_at: Option<Duration>,
    /// How much later it was noted, since it arrives later.
    noted: Duration,
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
        Pacing { pace, own, zero: Instant::now(), file: None, lateness: Lateness::default() }
    }

    /// Returns a text that is the same for all who have this pace.
    pub(super) fn budget(&self) -> String {
        format!("{:?}", self.pace)
    }

    /// The same, shared with all who open that file.
    pub(super) fn by(self, file: Option<PaceFile>) -> Pacing {
        Pacing { file: file.map(RefCell::new), ..self }
    }

    /// Returns true where other runs know of this one's requests.
    pub(super) fn is_shared(&self) -> bool {
        self.file.is_some()
    }

    /// Lets a request of so many operations start now, or says when to ask again.
    pub(super) fn start(&self, kind: Kind, size: usize) -> Result<Started, Later> {
        let (at, noted) = (self.now(), self.lateness.expected());
        let mut own = self.own.borrow_mut();
        let (alone, asked) = (own.earliest(at, kind, size).saturating_sub(at), own.held().saturating_sub(at));
        let shared = self.shared(|pacer, now| {
            let wait = pacer.earliest(now, kind, size).saturating_sub(now).max(asked);
            if wait.is_zero() {
                pacer.spend(now + noted, kind, size);
            }
            ((wait, pacer.held().saturating_sub(now), now), wait.is_zero())
        });
        let (wait, held) = shared.map_or((alone, asked), |(wait, held, _)| (wait, held));
        if wait.is_zero() {
            own.spend(at + noted, kind, size);
            return Ok(Started { kind, size, at, shared_at: shared.map(|(.., now)| now), noted });
        }
        let spread = if self.file.is_some() { SPREAD.mul_f64(fastrand::f64()) } else { Duration::ZERO };
        Err(Later { at: Instant::now() + wait + spread, behind: wait.saturating_sub(alone), held })
    }

    /// Takes note of an answer, which says how late the request can have arrived at most.
    pub(super) fn is_answered(&self, started: Started) {
        let Started { kind, size, at, shared_at, noted } = started;
        let late = self.lateness.learnt(self.now().saturating_sub(at), noted);
        self.own.borrow_mut().amend(at + noted, at + late, kind, size);
        if let Some(at) = shared_at {
            let _alone = self.shared(|pacer, _| (pacer.amend(at + noted, at + late, kind, size), true));
        }
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

    fn shared<T>(&self, act: impl FnOnce(&mut Pacer, Duration) -> (T, bool)) -> Option<T> {
        self.file.as_ref()?.borrow_mut().with(self.pace, act)
    }

    fn now(&self) -> Duration {
        self.zero.elapsed()
    }
}

#[cfg(test)]
mod tests;
