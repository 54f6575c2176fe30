//! The cost of a plan before it is made: requests and time, from the numbers of its operations alone.
//!
//! It cuts as [`super::batch`] does and counts time as [`super::pace`] does, so that what is chosen by it is what the
//! report says afterwards.

use std::time::Duration;

use super::batch::{Limits, cut};
use super::bucket::Bucket;
use super::pace::{Pace, Pacer};
use super::planned::PlannedOperation;
use crate::mapping::Kind;

/// How many operations there are of one kind, and how many of them go last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) all: usize,
    pub(super) last: usize,
}

/// How many operations there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) urls: Number,
    pub(super) prefixes: Number,
    pub(super) tags: Number,
    pub(super) hosts: Number,
    pub(super) everything: Number,
}

/// Less is better: first whole seconds, then requests. A part of a second is nobody's gain, and a prefix takes a token from a
/// budget that is 25 at once on some plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) seconds: u64,
    pub(super) requests: usize,
}

/// Full requests between two pacers that are kept: one for each would take as much memory as the URLs.
const STRIDE: usize = 128;

/// Counts costs under a price list.
pub(super) struct Till {
    limits: Limits,
    /// Full requests of URLs that there can be.
    full: usize,
    /// The pacer after each [`STRIDE`] of them, and when the last of these starts.
    after_urls: Vec<(Pacer, Duration)>,
}

impl Numbers {
    pub(super) fn counted(operations: &[PlannedOperation]) -> Numbers {
        let mut numbers = Numbers::default();
        for planned in operations {
            let number = match planned.operation.kind() {
                Kind::Url => &mut numbers.urls,
                Kind::Prefix => &mut numbers.prefixes,
                Kind::Tag => &mut numbers.tags,
                Kind::Host => &mut numbers.hosts,
                Kind::Everything => &mut numbers.everything,
            };
            number.all += 1;
            number.last += usize::from(planned.last);
        }
        numbers
    }
}

impl Till {
    /// For plans of up to so many URLs.
    pub(super) fn new(limits: Limits, pace: Pace, urls: usize) -> Till {
        let limit = limits.urls.get();
        let mut pacer = Pacer::new(pace);
        let mut start = Duration::ZERO;
        let mut after_urls = Vec::new();
        // Without a limit all are as the first.
        let full = if pace.urls == Bucket::UNLIMITED { 0 } else { urls / limit };
        for sent in 0..=full {
            if sent % STRIDE == 0 {
                after_urls.push((pacer.clone(), start));
            }
            start = start.max(pacer.slot(Duration::ZERO, Kind::Url, limit));
        }
        Till { limits, full, after_urls }
    }

    /// Returns the pacer after so many full requests of URLs, and when the last of them starts.
    fn after(&self, requests: usize) -> (Pacer, Duration) {
        let requests = requests.min(self.full);
        let (mut pacer, mut start) = self.after_urls[requests / STRIDE].clone();
        for _ in 0..requests % STRIDE {
            start = start.max(pacer.slot(Duration::ZERO, Kind::Url, self.limits.urls.get()));
        }
        (pacer, start)
    }

    /// Returns the cost of a plan of so many operations.
    pub(super) fn cost(&self, numbers: &Numbers) -> Cost {
        let (start, requests) = self.sent(numbers);
        Cost { seconds: start.as_secs(), requests }
    }

    /// When the last request of such a plan starts, and how many there are.
    pub(super) fn sent(&self, numbers: &Numbers) -> (Duration, usize) {
        let limit = self.limits.urls.get();
        let parts = |number: Number, limit| {
            let first = cut(number.all, number.last, limit);
            (first, number.all - first)
        };
        let (urls, last_urls) = parts(numbers.urls, limit);
        let (mut pacer, mut start) = self.after(urls / limit);
        let mut requests = urls / limit;
        let mut send = |kind, size: usize, limit: usize| {
            for sent in (0..size).step_by(limit) {
                start = start.max(pacer.slot(Duration::ZERO, kind, limit.min(size - sent)));
                requests += 1;
            }
        };
        send(Kind::Url, urls % limit, limit);
        let others = self.limits.others.get();
        let kinds = [
            (Kind::Prefix, numbers.prefixes, others),
            (Kind::Tag, numbers.tags, others),
            (Kind::Host, numbers.hosts, others),
            (Kind::Everything, numbers.everything, 1),
        ];
        for (kind, number, limit) in kinds {
            send(kind, parts(number, limit).0, limit);
        }
        send(Kind::Url, last_urls, limit);
        for (kind, number, limit) in kinds {
            send(kind, parts(number, limit).1, limit);
        }
        (start, requests)
    }
}
