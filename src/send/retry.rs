//! When to ask again, and when to stop asking: a pure schedule, with clock and dice as arguments.
//!
//! Purging is idempotent, so asking twice is safe. Which answers are worth it is the provider's judgement.

use std::time::{Duration, SystemTime};

use crate::display::grouped;

/// How often and how long a request is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// The wait after the first failure; it doubles from there.
    pub base: Duration,
    /// The same when the provider throttles without saying for how long.
    pub throttled_base: Duration,
    /// No own wait is longer.
    pub cap: Duration,
    /// No attempt starts later than this after the first.
    pub deadline: Duration,
}

/// The provider blocks an account that asked too much for five minutes
/// (<https://developers.cloudflare.com/fundamentals/api/reference/limits/>): with half a minute more, that can be waited out.
pub const DEADLINE: Duration = Duration::from_secs(330);

impl Default for RetryPolicy {
    /// Five waits without `Retry-After` are 0.5 + 1 + 2 + 4 + 8 seconds: a restart behind the API is ridden out.
    /// Throttled ones start at 5 seconds: on the Free plan a token comes back every 12.
    fn default() -> Self {
        RetryPolicy {
            attempts: 6,
            base: Duration::from_millis(500),
            throttled_base: Duration::from_secs(5),
            cap: Duration::from_secs(30),
            deadline: DEADLINE,
        }
    }
}

/// What has happened to a request so far.
#[derive(Debug, Clone, Copy)]
pub struct Tried {
    /// Attempts made, at least 1.
    pub attempts: u32,
    /// Since the first of them started.
    pub elapsed: Duration,
    /// The last answer was about the rate.
    pub throttled: bool,
    /// What `Retry-After` asked for.
    pub retry_after: Option<Duration>,
}

impl RetryPolicy {
    /// How long to wait before the next attempt; the error says in words why there is none. `dice` is in 0..1 and
    /// shortens own waits by up to a quarter; what the provider asks for is never shortened.
    ///
    /// # Errors
    /// When the attempts are used up, or the wait would end after the deadline.
    pub fn next_delay(&self, tried: Tried, dice: f64) -> Result<Duration, String> {
        if tried.attempts >= self.attempts {
            return Err(format!("{} attempts were made", tried.attempts));
        }
        let base = if tried.throttled { self.throttled_base } else { self.base };
        let doubled = base.saturating_mul(1 << (tried.attempts.clamp(1, 20) - 1)).min(self.cap);
        let delay = tried.retry_after.unwrap_or_else(|| doubled.mul_f64(1.0 - dice / 4.0));
        if tried.elapsed + delay > self.deadline {
            let seconds = |d: Duration| grouped(usize::try_from(d.as_secs()).unwrap_or(usize::MAX));
            let asked = if tried.retry_after.is_some() { "it asks to wait" } else { "the next attempt is due in" };
            return Err(format!(
                "{asked} {} s, and `--retry-for` ends {} s after the first attempt",
                seconds(delay),
                seconds(self.deadline)
            ));
        }
        Ok(delay)
    }
}

/// `Retry-After`: whole seconds, or a date (RFC 9110 §10.2.3). What is neither counts as absent.
#[must_use]
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds.min(1_000_000)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn tried(attempts: u32) -> Tried {
        Tried { attempts, elapsed: S(0), throttled: false, retry_after: None }
    }

    #[test]
    fn six_attempts_have_five_waits() {
        let policy = RetryPolicy::default();
        let waits: Vec<_> = (1..=6).map(|n| policy.next_delay(tried(n), 0.0).ok().map(|d| d.as_millis())).collect();
        assert_eq!(waits, [Some(500), Some(1000), Some(2000), Some(4000), Some(8000), None]);
        let waits: Vec<_> = (1..=6)
            .map(|n| policy.next_delay(Tried { throttled: true, ..tried(n) }, 0.0).ok().map(|d| d.as_secs()))
            .collect();
        assert_eq!(waits, [Some(5), Some(10), Some(20), Some(30), Some(30), None]);
    }

    #[test]
    fn dice_shorten_own_waits_only() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.next_delay(tried(2), 1.0), Ok(Duration::from_millis(750)));
        assert_eq!(policy.next_delay(Tried { retry_after: Some(S(9)), ..tried(2) }, 1.0), Ok(S(9)));
        assert_eq!(policy.next_delay(Tried { retry_after: Some(S(0)), ..tried(2) }, 1.0), Ok(S(0)));
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_none_and_says_so() {
        let policy = RetryPolicy { deadline: S(120), ..RetryPolicy::default() };
        let late = Tried { elapsed: S(100), retry_after: Some(S(21)), ..tried(1) };
        assert_eq!(
            policy.next_delay(late, 0.0).unwrap_err(),
            "it asks to wait 21 s, and `--retry-for` ends 120 s after the first attempt"
        );
        assert_eq!(policy.next_delay(Tried { retry_after: Some(S(20)), ..late }, 0.0), Ok(S(20)));
        assert_eq!(policy.next_delay(tried(6), 0.0).unwrap_err(), "6 attempts were made");
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
