//! When to ask again, and when to stop asking: a pure schedule, with clock and dice as arguments.
//!
//! Purging is idempotent, so asking twice is safe. Which answers are worth it is the provider's judgement.

use std::time::{Duration, SystemTime};

use crate::display::{counted, grouped};

/// How long a request is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait after the first failure; it doubles from there.
    pub base: Duration,
    /// The same when the provider throttles without saying for how long.
    pub throttled_base: Duration,
    /// No own wait is longer.
    pub cap: Duration,
    /// No attempt starts later than this after the first.
    pub deadline: Duration,
    /// An attempt without an answer ends after this.
    pub timeout: Duration,
}

/// The provider blocks an account that asked too much for five minutes
/// (<https://developers.cloudflare.com/fundamentals/api/reference/limits/>): with half a minute more, that can be waited out.
pub const DEADLINE: Duration = Duration::from_secs(330);

impl Default for RetryPolicy {
    /// Own waits are 0.5, 1, 2, 4, 8, 16 and then 30 seconds; throttled ones start at 5, since on the Free plan a token
    /// comes back every 12. A purge is answered in well under a second: half a minute of silence is a failure.
    fn default() -> Self {
        RetryPolicy {
            base: Duration::from_millis(500),
            throttled_base: Duration::from_secs(5),
            cap: Duration::from_secs(30),
            deadline: DEADLINE,
            timeout: Duration::from_secs(30),
        }
    }
}

/// The tries of a request so far.
#[derive(Debug, Clone, Copy)]
pub struct Tried {
    /// Attempts made, at least 1.
    pub attempts: u32,
    /// Since the first of them started.
    pub elapsed: Duration,
    /// The last answer was about the rate.
    pub throttled: bool,
    /// The wait that `Retry-After` asked for.
    pub retry_after: Option<Duration>,
}

impl RetryPolicy {
    /// How long to wait before the next attempt; the error says in words why there is none. `dice` is in 0..1 and
    /// shortens own waits by up to a quarter; what the provider asks for is never shortened. It can lengthen own waits alone: one
    /// that asks for no wait at all is left the time that it seems to need.
    ///
    /// # Errors
    /// When the wait would end after the deadline.
    pub fn next_delay(&self, tried: Tried, dice: f64) -> Result<Duration, String> {
        let asked = tried.retry_after.filter(|asked| !asked.is_zero());
        // A server that says for how long knows the rate better than the schedule for those who do not.
        let base = if tried.throttled && asked.is_none() { self.throttled_base } else { self.base };
        let doubled = base.saturating_mul(1 << (tried.attempts.clamp(1, 20) - 1)).min(self.cap);
        let own = doubled.mul_f64(1.0 - dice / 4.0);
        let delay = asked.map_or(own, |asked| asked.max(own));
        if tried.elapsed + delay <= self.deadline {
            return Ok(delay);
        }
        Err(match asked.filter(|asked| *asked >= own) {
            Some(wait) => self.beyond("it asks to wait", wait),
            None => format!(
                "{} within `--retry-for`, which is {} s",
                counted(tried.attempts as usize, "attempt"),
                seconds(self.deadline)
            ),
        })
    }

    /// Says that somebody asks to wait for longer than a request is tried.
    pub(super) fn beyond(&self, why: &str, wait: Duration) -> String {
        format!("{why} {} s, and `--retry-for` is {} s", seconds(wait), seconds(self.deadline))
    }
}

fn seconds(time: Duration) -> String {
    grouped(usize::try_from(time.as_secs()).unwrap_or(usize::MAX))
}

/// The longest wait that a server is heard to ask for, eleven days: no run lasts as long, and no sum of it overflows.
const LONGEST: Duration = Duration::from_secs(1_000_000);

/// `Retry-After`: whole seconds, or a date (RFC 9110 §10.2.3). Any other text counts as absent.
#[must_use]
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn tried(attempts: u32) -> Tried {
        Tried { attempts, elapsed: S(0), throttled: false, retry_after: None }
    }

    #[test]
    fn a_server_cannot_ask_for_centuries() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for value in ["18446744073709551615", "Wed, 21 Oct 2426 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(parse_retry_after(value, now), Some(LONGEST), "{value}");
        }
    }

    #[test]
    fn own_waits_double_up_to_half_a_minute() {
        let policy = RetryPolicy::default();
        let waits: Vec<_> = (1..=8).map(|n| policy.next_delay(tried(n), 0.0).unwrap().as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        let waits: Vec<_> =
            (1..=5).map(|n| policy.next_delay(Tried { throttled: true, ..tried(n) }, 0.0).unwrap().as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 30, 30]);
    }

    #[test]
    fn dice_shorten_own_waits_only() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.next_delay(tried(2), 1.0), Ok(Duration::from_millis(750)));
        assert_eq!(policy.next_delay(Tried { retry_after: Some(S(9)), ..tried(2) }, 1.0), Ok(S(9)));
    }

    #[test]
    fn own_waits_are_the_floor_of_what_a_server_asks_for() {
        let policy = RetryPolicy::default();
        let wait = |attempts, throttled, after: u64| {
            let tried = Tried { throttled, retry_after: Some(S(after)), ..tried(attempts) };
            policy.next_delay(tried, 0.0).unwrap().as_millis()
        };
        // `0`, and a date in the past, which is read as 0.
        assert_eq!(
            (1..=8).map(|n| wait(n, false, 0)).collect::<Vec<_>>(),
            [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]
        );
        assert_eq!((1..=4).map(|n| wait(n, true, 0)).collect::<Vec<_>>(), [5000, 10000, 20000, 30000]);
        assert_eq!(
            (1..=8).map(|n| wait(n, true, 1)).collect::<Vec<_>>(),
            [1000, 1000, 2000, 4000, 8000, 16000, 30000, 30000]
        );
        assert_eq!(wait(1, true, 60), 60000);
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_none_and_says_so() {
        let policy = RetryPolicy { deadline: S(120), ..RetryPolicy::default() };
        let late = Tried { elapsed: S(100), retry_after: Some(S(21)), ..tried(1) };
        assert_eq!(policy.next_delay(late, 0.0).unwrap_err(), "it asks to wait 21 s, and `--retry-for` is 120 s");
        assert_eq!(policy.next_delay(Tried { retry_after: Some(S(20)), ..late }, 0.0), Ok(S(20)));
        let last = Tried { elapsed: S(119), ..tried(6) };
        assert_eq!(policy.next_delay(last, 0.0).unwrap_err(), "6 attempts within `--retry-for`, which is 120 s");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 11:00:00 GMT").unwrap();
        for (value, want) in [
            ("7", Some(S(7))),
            (" 0 ", Some(S(0))),
            ("Sat, 21 Nov 2026 11:00:30 GMT", Some(S(30))),
            ("Sat, 21 Nov 2026 10:00:00 GMT", Some(S(0))),
            ("99999999999999", Some(S(1_000_000))),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_retry_after(value, now), want, "{value}");
        }
    }
}
