//! How much later than others a request arrives.
//!
//! A provider counts requests as they arrive, and the seconds of its clock are full: a request that is held up on its way is counted with
//! those that follow. Nobody hears when one arrives, but its answer says when it had. The moments themselves are left to
//! [`super::pacing`].

use std::cell::Cell;
use std::time::Duration;

/// How much later than others a request may arrive for which a connection has to be made: a few round trips for TCP and TLS.
const COLD: Duration = Duration::from_millis(200);

/// How much later any other request may. What an answer takes longer than that is the provider's work, as far as anybody can tell.
const UNEVEN: Duration = Duration::from_millis(47);

/// Answers from which the quickest round trip is known: the first few may all have been slow.
const ENOUGH: u32 = 8;

/// The round trips of one run.
#[derive(Debug, Default)]
pub(super) struct Lateness {
    /// The quickest of the requests that found a connection, and how many these are.
    quickest: Cell<Duration>,
    answers: Cell<u32>,
    is_warm: Cell<bool>,
}

impl Lateness {
    /// How late a request arrives, as long as nothing is known of it.
    pub(super) fn expected(&self) -> Duration {
        if self.is_warm.get() { UNEVEN } else { COLD }
    }

    /// Takes note of a round trip of which this was expected; returns how late the request can have arrived.
    pub(super) fn learnt(&self, round_trip: Duration, expected: Duration) -> Duration {
        self.is_warm.set(true);
        if expected == COLD {
            return round_trip.min(COLD);
        }
        let answers = self.answers.replace(self.answers.get().saturating_add(1));
        let quickest = if answers == 0 { round_trip } else { round_trip.min(self.quickest.get()) };
        self.quickest.set(quickest);
        let longer = if answers < ENOUGH { round_trip } else { round_trip.saturating_sub(quickest) };
        longer.min(UNEVEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_request_arrives_no_later_than_its_answer_is_slower_than_the_quickest() {
        let lateness = Lateness::default();
        assert_eq!(lateness.expected(), COLD);
        assert_eq!([ms(120), ms(900)].map(|slow| lateness.learnt(slow, COLD)), [ms(120), COLD]);
        assert_eq!(lateness.expected(), UNEVEN);
        for _ in 0..ENOUGH / 2 {
            assert_eq!([ms(30), ms(90)].map(|trip| lateness.learnt(trip, UNEVEN)), [ms(30), UNEVEN]);
        }
        assert_eq!([ms(30), ms(36), ms(29), ms(36)].map(|trip| lateness.learnt(trip, UNEVEN)), [0, 6, 0, 7].map(ms));
        assert_eq!(lateness.learnt(ms(500), UNEVEN), UNEVEN, "that is the provider's work");
    }

    #[test]
    fn a_server_that_is_near_makes_nobody_wait_for_a_connection() {
        assert_eq!(Lateness::default().learnt(ms(3), COLD), ms(3));
    }
}
