//! How much may go, and how fast: one limit of a provider.
//!
//! Which limits there are is left to [`crate::provider`], and the use that is made of one to [`super::meter`].

use std::time::Duration;

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
    /// The stretch that exceeds neither of two.
    fn slower(self, other: Stretch) -> Stretch {
        Stretch { units: least(self.units, other.units), length: self.length.max(other.length) }
    }
}

fn least(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

impl Bucket {
    /// The bucket that overdraws neither of two.
    pub(super) fn slower(self, other: Bucket) -> Bucket {
        let in_any = match (self.in_any, other.in_any) {
            (Some(one), Some(other)) => Some(one.slower(other)),
            (one, other) => one.or(other),
        };
        let (burst, per_second) = (least(self.burst, other.burst), least(self.per_second, other.per_second));
        Bucket { burst, per_second, in_any }
    }
}
