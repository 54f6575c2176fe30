//! A moment as people and programs read it, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of a day; leap seconds have no number.
const DAY: i64 = 86_400;

/// A moment in its parts, in UTC.
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// Says when it was: `2026-11-20 12:00 UTC`.
pub(super) fn dated(moment: SystemTime) -> String {
    let Parts { year, month, day, hour, minute, .. } = parts(since_1970(moment));
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// Says at what time of the day it is: `12:00:07 UTC`.
pub(super) fn time_of_day(moment: SystemTime) -> String {
    let Parts { hour, minute, second, .. } = parts(since_1970(moment));
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

/// The same as RFC 3339 has it: `2026-11-20T12:00:00Z`.
pub(super) fn rfc3339(moment: SystemTime) -> String {
    let Parts { year, month, day, hour, minute, second } = parts(since_1970(moment));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn since_1970(moment: SystemTime) -> i64 {
    let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    moment.duration_since(UNIX_EPOCH).map_or_else(|before| -seconds(before.duration()), seconds)
}

/// Counts days from 1970 in eras of 400 years that begin in March, so that a leap day ends its year.
fn parts(seconds: i64) -> Parts {
    /// Days of 400 years.
    const ERA: i64 = 146_097;
    /// Days from March of the year 0 to 1970.
    const EPOCH: i64 = 719_468;
    let (days, second) = (seconds.div_euclid(DAY) + EPOCH, seconds.rem_euclid(DAY));
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    Parts {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: of_year - (153 * from_march + 2) / 5 + 1,
        hour: second / 3600,
        minute: second / 60 % 60,
        second: second % 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, want) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            let moment = UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            assert_eq!(rfc3339(moment), want);
            // A library of another author judges the day and the time.
            let other = httpdate::fmt_http_date(moment);
            assert!(
                other.contains(&want[11..19]) && other.contains(&want[..4]) && other.contains(&want[8..10]),
                "{other}"
            );
        }
        assert_eq!(rfc3339(UNIX_EPOCH - std::time::Duration::from_secs(1)), "1969-12-31T23:59:59Z");
        assert_eq!(dated(UNIX_EPOCH + std::time::Duration::from_secs(1_795_176_000)), "2026-11-20 12:00 UTC");
    }
}
