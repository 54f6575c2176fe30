//! How many refusals have a line in the log. Anybody can be refused as often as he likes, and a log that he writes would fill the disk
//! that the store needs.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines within a second. A person reads no more, and a day of a flood is 350 MB.
const LINES: u32 = 20;

const SECOND: Duration = Duration::from_secs(1);

/// What was refused of late.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Window>);

#[derive(Default)]
struct Window {
    /// When the second began that `told` is of.
    since: Option<Instant>,
    told: u32,
    untold: u64,
}

impl Refusals {
    /// Counts one more. Returns how many went without a line since the last that had one, where this one has one.
    pub(super) fn next(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.since.is_none_or(|since| now.saturating_duration_since(since) >= SECOND) {
            (window.since, window.told) = (Some(now), 0);
        }
        if window.told == LINES {
            window.untold += 1;
            return None;
        }
        window.told += 1;
        Some(std::mem::take(&mut window.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_has_some_lines_a_second_and_the_count_of_the_others() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let lines = |now| (0..1000).filter_map(|_| refusals.next(now)).collect::<Vec<u64>>();
        assert_eq!(lines(start), [0; 20]);
        assert_eq!(lines(start + Duration::from_millis(999)), [0; 0]);
        let next = lines(start + SECOND);
        assert_eq!((next.len(), next[0], next[1]), (20, 1980, 0));
        assert_eq!(refusals.next(start + 9 * SECOND), Some(980));
    }
}
