//! The budgets that the edge enforces, counted its own way, so that it can judge the sender's pace.
//!
//! Cloudflare's documents give rates and bucket sizes; that a request beyond them answers 429 with code 1134 is known,
//! that `Retry-After` comes with it is an assumption.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::config::CloudflarePlan;

/// The account's use of its budgets.
#[derive(Debug)]
pub struct Meter {
    urls_a_second: usize,
    bucket: f64,
    others_a_second: f64,
    tokens: f64,
    refilled: Instant,
    recent: VecDeque<(Instant, usize)>,
}

/// The budget is used up; a request may come again after this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled(pub Duration);

const SECOND: Duration = Duration::from_secs(1);

impl Meter {
    /// An unused budget.
    #[must_use]
    pub fn new(plan: CloudflarePlan, now: Instant) -> Meter {
        let (urls_a_second, bucket, others_a_second) = match plan {
            CloudflarePlan::Free => (800, 25.0, 5.0 / 60.0),
            CloudflarePlan::Pro => (1500, 25.0, 5.0),
            CloudflarePlan::Business => (1500, 50.0, 10.0),
            CloudflarePlan::Enterprise => (3000, 500.0, 50.0),
        };
        Meter { urls_a_second, bucket, others_a_second, tokens: bucket, refilled: now, recent: VecDeque::new() }
    }

    /// Takes `urls` URLs from the budget of the last second.
    ///
    /// # Errors
    /// When they are too many.
    pub fn take_urls(&mut self, urls: usize, now: Instant) -> Result<(), Throttled> {
        while self.recent.front().is_some_and(|(at, _)| now.duration_since(*at) >= SECOND) {
            self.recent.pop_front();
        }
        let used: usize = self.recent.iter().map(|(_, n)| n).sum();
        if used + urls > self.urls_a_second {
            return Err(Throttled(SECOND));
        }
        self.recent.push_back((now, urls));
        Ok(())
    }

    /// Takes one token for a request of any other kind.
    ///
    /// # Errors
    /// When the bucket is empty.
    pub fn take_other(&mut self, now: Instant) -> Result<(), Throttled> {
        let refill = now.duration_since(self.refilled).as_secs_f64() * self.others_a_second;
        self.tokens = (self.tokens + refill).min(self.bucket);
        self.refilled = now;
        if self.tokens < 1.0 {
            let wait = (1.0 - self.tokens) / self.others_a_second;
            return Err(Throttled(Duration::from_secs_f64(wait.ceil())));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_plan_has_800_urls_a_second_and_5_others_a_minute_after_25() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut meter = Meter::new(CloudflarePlan::Free, start);
        for _ in 0..8 {
            assert_eq!(meter.take_urls(100, at(0)), Ok(()));
        }
        assert_eq!(meter.take_urls(1, at(999)), Err(Throttled(SECOND)));
        assert_eq!(meter.take_urls(100, at(1000)), Ok(()));
        for _ in 0..25 {
            assert_eq!(meter.take_other(at(1000)), Ok(()));
        }
        assert_eq!(meter.take_other(at(1000)), Err(Throttled(Duration::from_secs(12))));
        assert_eq!(meter.take_other(at(13_001)), Ok(()));
    }
}
