//! The use that is made of one bucket: when the next units may start.
//!
//! The buckets of an account, and what belongs to which of them, are left to [`super::pace`].

use std::collections::VecDeque;
use std::time::Duration;

use super::bucket::Bucket;

/// No request counts from so much later than when it is written down: that is a damaged text.
const FAR: Duration = Duration::from_secs(60);

/// A request that was noted for later than it came is moved back by no more than this.
const AMENDED: Duration = Duration::from_millis(250);

/// The use that was made of a bucket, as it is written down. Whoever reads it may know another rate.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Used {
    /// Units that are not refilled yet.
    owed: f64,
    /// Starts in microseconds, each with its units.
    recent: Vec<(u64, f64)>,
}

/// A bucket by virtual scheduling (GCRA): it remembers when all that was spent will have been refilled.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    bucket: Bucket,
    refilled: Duration,
    /// The newest starts and how much each, sorted: as many as fill a stretch of time. Empty where none is limited.
    recent: VecDeque<(Duration, f64)>,
    /// The sum of these.
    held: f64,
}

impl Meter {
    /// One of which nothing was spent.
    pub(super) fn new(bucket: Bucket) -> Meter {
        Meter { bucket, refilled: Duration::ZERO, recent: VecDeque::new(), held: 0.0 }
    }

    /// When `units` are there, and a stretch of time has room for them; more than the burst waits for a full bucket.
    pub(super) fn earliest(&self, units: f64) -> Duration {
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

    /// Takes units that start at a moment.
    pub(super) fn spend(&mut self, at: Duration, units: f64) {
        if self.bucket.per_second.is_finite() {
            self.refilled = self.refilled.max(at) + Duration::from_secs_f64(units / self.bucket.per_second);
        }
        let Some(most) = self.bucket.in_any else { return };
        self.enter(at, units);
        self.held += units;
        // What is older than a full stretch never decides, whatever the rate of who asks next.
        while let Some((oldest, held)) = self.recent.front()
            && self.held - held >= most.units
            && *oldest + most.length + AMENDED <= at
        {
            self.held -= held;
            self.recent.pop_front();
        }
    }

    /// Moves units that were taken at a moment to another one. Those that are not remembered any more count no longer.
    pub(super) fn amend(&mut self, from: Duration, to: Duration, units: f64) {
        // A text has whole microseconds.
        let is_it = |(at, taken): &(Duration, f64)| micros(*at) == micros(from) && taken.total_cmp(&units).is_eq();
        if let Some(place) = self.recent.iter().position(is_it) {
            self.recent.remove(place);
            self.enter(to, units);
        }
    }

    fn enter(&mut self, at: Duration, units: f64) {
        // A request of another kind may have a later start already.
        let place = self.recent.iter().rposition(|(older, _)| *older <= at).map_or(0, |last| last + 1);
        self.recent.insert(place, (at, units));
    }

    /// Returns the use that was made of it until `now`.
    pub(super) fn used(&self, now: Duration) -> Used {
        let recent = self.recent.iter().map(|(at, units)| (micros(*at), *units)).collect();
        let rate = self.bucket.per_second;
        let owed = if rate.is_finite() { self.refilled.saturating_sub(now).as_secs_f64() * rate } else { 0.0 };
        Used { owed, recent }
    }

    /// Goes on from a use that was written down at a moment, without what was too old then, or is more than can have been used.
    pub(super) fn go_on_from(&mut self, used: Used, written: Duration) {
        let length = self.bucket.in_any.map_or(Duration::ZERO, |most| most.length);
        let recent = used.recent.into_iter().map(|(at, units)| (Duration::from_micros(at), units));
        let mut recent: Vec<(Duration, f64)> =
            recent.filter(|(at, _)| *at + length > written && *at <= written + FAR).collect();
        recent.sort_by_key(|(at, _)| *at);
        let refills = used.owed.min(self.bucket.burst) / self.bucket.per_second;
        self.refilled = written + Duration::try_from_secs_f64(refills).unwrap_or_default();
        self.held = recent.iter().map(|(_, units)| units).sum();
        self.recent = recent.into();
    }
}

pub(super) fn micros(time: Duration) -> u64 {
    // For half a million years.
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
