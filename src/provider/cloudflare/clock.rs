//! Whether this machine's clock is right, by the `Date` of the API's answers. TLS and `Retry-After` dates depend on it.

use crate::display::{counted, grouped};
use crate::provider::finding::Finding;

/// Seconds that the two clocks may differ: certificates and tokens are hardly ever that new.
const ALLOWED: u64 = 5 * 60;

const SUBJECT: &str = "clock";

/// Compares the API's clock with the local one; both in seconds since 1970, `now` being when the answer came.
pub(super) fn clock(date: Option<u64>, now: u64) -> Finding {
    let Some(date) = date else {
        let text = "cannot tell: the API's answers bear no date";
        return Finding::warn(SUBJECT, text, "look at it yourself: is there a proxy in between?");
    };
    let apart = usize::try_from(now.abs_diff(date)).unwrap_or(usize::MAX);
    if now.abs_diff(date) <= ALLOWED {
        return Finding::ok(SUBJECT, format!("within {} of the API's", counted(apart.max(1), "second")));
    }
    let which = if now > date { "ahead of" } else { "behind" };
    Finding::warn(SUBJECT, format!("{} s {which} the API's", grouped(apart)), "set it, for example with NTP")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::finding::Level;

    #[test]
    fn five_minutes_are_allowed_in_either_direction() {
        for (date, now, level, text) in [
            (Some(1000), 1000, Level::Ok, "within 1 second of the API's"),
            (Some(1000), 1300, Level::Ok, "within 300 seconds of the API's"),
            (Some(1300), 1000, Level::Ok, "within 300 seconds of the API's"),
            (Some(1000), 1301, Level::Warn, "301 s ahead of the API's"),
            (Some(5000), 1000, Level::Warn, "4,000 s behind the API's"),
            (Some(0), u64::MAX, Level::Warn, "18,446,744,073,709,551,615 s ahead of the API's"),
            (None, 1000, Level::Warn, "cannot tell: the API's answers bear no date"),
        ] {
            let finding = clock(date, now);
            assert_eq!((finding.level, finding.text.as_str()), (level, text));
            assert_eq!(finding.advice.is_some(), level != Level::Ok);
        }
    }
}
