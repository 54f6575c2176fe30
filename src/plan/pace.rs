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
    /// The most in a stretch of time, wherever it begins. A bucket alone lets its burst go on top of its rate.
    pub in_any: Option<Stretch>,
}

/// So many units in a time of this length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The most units.
    pub units: f64,
    /// The length of the time.
    pub length: Duration,
}

impl Bucket {
    /// No limit.
    pub const UNLIMITED: Bucket = Bucket { burst: f64::INFINITY, per_second: f64::INFINITY, in_any: None };

    /// No limit but the most in a stretch of time.
    #[must_use]
    pub const fn of(most: Stretch) -> Bucket {
        Bucket { in_any: Some(most), ..Bucket::UNLIMITED }
    }
}

impl Stretch {
    /// So many units in a second.
    #[must_use]
    pub const fn second(units: f64) -> Stretch {
        Stretch { units, length: Duration::from_secs(1) }
    }

    /// The stretch that exceeds neither of two.
    fn slower(self, other: Stretch) -> Stretch {
        Stretch { units: least(self.units, other.units), length: self.length.max(other.length) }
    }
}

fn least(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
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
        let in_any = match (self.in_any, other.in_any) {
            (Some(one), Some(other)) => Some(one.slower(other)),
            (one, other) => one.or(other),
        };
        let (burst, per_second) = (least(self.burst, other.burst), least(self.per_second, other.per_second));
        Bucket { burst, per_second, in_any }
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
    /// The newest starts and how much each, sorted: as many as fill a stretch of time. Empty where none is limited.
    recent: VecDeque<(Duration, f64)>,
    /// The sum of these.
    held: f64,
}

impl Meter {
    fn new(bucket: Bucket) -> Meter {
        Meter { bucket, refilled: Duration::ZERO, recent: VecDeque::new(), held: 0.0 }
    }

    /// When `units` are there, and a stretch of time has room for them; more than the burst waits for a full bucket.
    fn earliest(&self, units: f64) -> Duration {
        let Bucket { burst, per_second, in_any } = self.bucket;
        let start = if per_second.is_finite() {
            self.refilled.saturating_sub(Duration::from_secs_f64((burst - units).max(0.0) / per_second))
        } else {
            Duration::ZERO
        };
        let Some(most) = in_any else { return start };
        // Those that do not fit beside these units have to be a whole stretch away.
        let mut held = self.held;
        let mut too_near = None;
        for (at, older) in &self.recent {
            if held + units <= most.units {
                break;
            }
            held -= older;
            too_near = Some(*at);
        }
        start.max(too_near.map_or(Duration::ZERO, |at| at + most.length))
    }

    fn spend(&mut self, at: Duration, units: f64) {
        if self.bucket.per_second.is_finite() {
            self.refilled = self.refilled.max(at) + Duration::from_secs_f64(units / self.bucket.per_second);
        }
        let Some(most) = self.bucket.in_any else { return };
        // A request of another kind may have a later start already.
        let place = self.recent.iter().rposition(|(older, _)| *older <= at).map_or(0, |last| last + 1);
        self.recent.insert(place, (at, units));
        self.held += units;
        // What is older than a full stretch never decides.
        while let Some((_, oldest)) = self.recent.front()
            && self.held - oldest >= most.units
        {
            self.held -= oldest;
            self.recent.pop_front();
        }
    }
}
