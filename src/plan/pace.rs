//! How fast requests may go: token buckets as pure arithmetic, with the clock as an argument.
//!
//! The same code says how long a plan will take and holds back the sender, so the forecast is what happens. Which
//! rates a provider has is left to [`crate::provider`].

use std::collections::VecDeque;
use std::time::Duration;

use super::Batch;
use crate::mapping::Kind;

/// A token bucket: `burst` units at once, refilled steadily.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// Units that may go at once.
    pub burst: f64,
    /// Units a second thereafter.
    pub per_second: f64,
    /// Units that no single second may hold, where the rate is one of seconds. A bucket alone lets its burst go on top.
    pub in_any_second: Option<f64>,
}

impl Bucket {
    /// As good as no limit: no run is a billion requests.
    pub const UNLIMITED: Bucket = Bucket { burst: 1e12, per_second: 1e12, in_any_second: None };
}

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

/// Hands out start times so that no bucket is ever overdrawn. Times count from an arbitrary zero.
#[derive(Debug, Clone)]
pub struct Pacer {
    urls: Meter,
    others: Meter,
    requests: Meter,
    not_before: Duration,
}

impl Bucket {
    /// The bucket that overdraws neither of two.
    fn slower(self, other: Bucket) -> Bucket {
        let least = |a: f64, b: f64| if b < a { b } else { a };
        let in_any_second = match (self.in_any_second, other.in_any_second) {
            (Some(one), Some(other)) => Some(least(one, other)),
            (one, other) => one.or(other),
        };
        let (burst, per_second) = (least(self.burst, other.burst), least(self.per_second, other.per_second));
        Bucket { burst, per_second, in_any_second }
    }
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
        // A request is far below 2^52 operations.
        #[expect(clippy::cast_precision_loss, reason = "batch sizes are below a thousand")]
        let (meter, units) = if kind == Kind::Url { (&mut self.urls, size as f64) } else { (&mut self.others, 1.0) };
        let start = now.max(self.not_before).max(meter.earliest(units)).max(self.requests.earliest(1.0));
        let start = meter.with_room(start, units);
        meter.spend(start, units);
        self.requests.spend(start, 1.0);
        start
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
}

/// A bucket by virtual scheduling (GCRA): it remembers when all that was spent will have been refilled.
#[derive(Debug, Clone)]
struct Meter {
    bucket: Bucket,
    refilled: Duration,
    /// The requests that started in the last second, and how much each; empty where no second is limited.
    recent: VecDeque<(Duration, f64)>,
}

/// The length of "a second" in a rate.
const SECOND: Duration = Duration::from_secs(1);

impl Meter {
    fn new(bucket: Bucket) -> Meter {
        Meter { bucket, refilled: Duration::ZERO, recent: VecDeque::new() }
    }

    /// When `units` are there; more than the burst waits for a full bucket.
    fn earliest(&self, units: f64) -> Duration {
        let spare = (self.bucket.burst - units).max(0.0) / self.bucket.per_second;
        self.refilled.saturating_sub(Duration::from_secs_f64(spare))
    }

    /// The first moment from `start` on whose last second has room for `units`.
    fn with_room(&self, start: Duration, units: f64) -> Duration {
        let Some(most) = self.bucket.in_any_second else { return start };
        // Nothing starts before what has a slot already, so that the list stays sorted.
        let mut start = start.max(self.recent.back().map_or(Duration::ZERO, |(at, _)| *at));
        let mut held: f64 = self.recent.iter().map(|(_, units)| units).sum();
        for (at, older) in &self.recent {
            if *at + SECOND > start && held + units > most {
                start = *at + SECOND;
            }
            if *at + SECOND <= start {
                held -= older;
            }
        }
        start
    }

    fn spend(&mut self, at: Duration, units: f64) {
        if self.bucket.in_any_second.is_some() {
            self.recent.retain(|(older, _)| *older + SECOND > at);
            self.recent.push_back((at, units));
        }
        self.refilled = self.refilled.max(at) + Duration::from_secs_f64(units / self.bucket.per_second);
    }
}
