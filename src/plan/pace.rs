//! How fast requests may go: token buckets as pure arithmetic, with the clock as an argument.
//!
//! The same code says how long a plan will take and holds back the sender, so the forecast is what happens. Which
//! rates a provider has is left to [`crate::provider`].

use std::time::Duration;

use super::Batch;
use super::bucket::Bucket;
use super::meter::{Meter, Used, micros};
use crate::mapping::Kind;

/// The rates of one account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Units are URLs.
    pub urls: Bucket,
    /// Units are requests for anything but URLs.
    pub others: Bucket,
    /// Units are requests of any kind.
    pub requests: Bucket,
}

/// Hands out start times so that no bucket is ever overdrawn. Times count from a zero that all who share a pace have in common.
#[derive(Debug, Clone)]
pub struct Pacer {
    urls: Meter,
    others: Meter,
    requests: Meter,
    not_before: Duration,
}

/// The use that an account has made of its pace, as it is written down. Times are in microseconds.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spent {
    /// When this was written.
    at: u64,
    urls: Used,
    others: Used,
    requests: Used,
    not_before: u64,
}

impl Pace {
    /// The pace that overdraws neither of two: that of an account which sites on different price plans share.
    #[must_use]
    pub fn slower(self, other: Pace) -> Pace {
        Pace {
            urls: self.urls.slower(other.urls),
            others: self.others.slower(other.others),
            requests: self.requests.slower(other.requests),
        }
    }

    /// When the last of these batches starts, if the first starts now.
    #[must_use]
    pub fn forecast<'b>(&self, batches: impl IntoIterator<Item = &'b Batch>) -> Duration {
        let mut pacer = Pacer::new(*self);
        batches.into_iter().map(|b| pacer.slot(Duration::ZERO, b.kind(), b.size())).max().unwrap_or_default()
    }
}

impl Pacer {
    /// A pacer with full buckets.
    #[must_use]
    pub fn new(pace: Pace) -> Pacer {
        let Pace { urls, others, requests } = pace;
        Pacer {
            urls: Meter::new(urls),
            others: Meter::new(others),
            requests: Meter::new(requests),
            not_before: Duration::ZERO,
        }
    }

    /// Reserves the next start time, not before `now`, for a request of `size` operations.
    pub fn slot(&mut self, now: Duration, kind: Kind, size: usize) -> Duration {
        let start = self.earliest(now, kind, size);
        self.spend(start, kind, size);
        start
    }

    /// When a request of `size` operations may start, not before `now`.
    #[must_use]
    pub fn earliest(&self, now: Duration, kind: Kind, size: usize) -> Duration {
        let (meter, units) = if kind == Kind::Url { (&self.urls, units(size)) } else { (&self.others, 1.0) };
        now.max(self.not_before).max(meter.earliest(units)).max(self.requests.earliest(1.0))
    }

    /// Takes note of a request that starts, or arrives, at a moment.
    pub fn spend(&mut self, at: Duration, kind: Kind, size: usize) {
        let (meter, units) = if kind == Kind::Url { (&mut self.urls, units(size)) } else { (&mut self.others, 1.0) };
        meter.spend(at, units);
        self.requests.spend(at, 1.0);
    }

    /// Corrects the moment of a request that was noted for `from`.
    pub fn amend(&mut self, from: Duration, to: Duration, kind: Kind, size: usize) {
        if kind == Kind::Url {
            self.urls.amend(from, to, units(size));
        }
        self.requests.amend(from, to, 1.0);
    }

    /// Takes note of a request that purges nothing, and has not waited for its turn.
    pub fn spend_other(&mut self, at: Duration) {
        self.requests.spend(at, 1.0);
    }

    /// Reserves the next start time, not before `now`, for a request that purges nothing: only the limit of all requests counts.
    pub fn other_slot(&mut self, now: Duration) -> Duration {
        let start = now.max(self.not_before).max(self.requests.earliest(1.0));
        self.requests.spend(start, 1.0);
        start
    }

    /// Lets nothing more start before `until`: the provider asked everybody to wait.
    pub fn hold(&mut self, until: Duration) {
        self.not_before = self.not_before.max(until);
    }

    /// Until when nothing may start.
    #[must_use]
    pub fn held(&self) -> Duration {
        self.not_before
    }

    /// Returns what was spent until `now`.
    #[must_use]
    pub fn spent(&self, now: Duration) -> Spent {
        let [urls, others, requests] = [&self.urls, &self.others, &self.requests].map(|meter| meter.used(now));
        Spent { at: micros(now), urls, others, requests, not_before: micros(self.not_before) }
    }

    /// Goes on from what was spent, by whomever and at whatever pace. Forgets what is too old to count.
    pub fn go_on_from(&mut self, spent: Spent) {
        let Spent { at, urls, others, requests, not_before } = spent;
        let at = Duration::from_micros(at);
        self.urls.go_on_from(urls, at);
        self.others.go_on_from(others, at);
        self.requests.go_on_from(requests, at);
        self.hold(Duration::from_micros(not_before));
    }
}

impl Spent {
    /// When it was written.
    #[must_use]
    pub fn at(&self) -> Duration {
        Duration::from_micros(self.at)
    }

    /// How much later than that nothing may start.
    #[must_use]
    pub fn held(&self) -> Duration {
        Duration::from_micros(self.not_before.saturating_sub(self.at))
    }
}

/// The URLs of a request.
#[expect(clippy::cast_precision_loss, reason = "a request is far below 2^52 operations")]
fn units(size: usize) -> f64 {
    size as f64
}

#[cfg(test)]
mod tests;
