//! The age of an answer, by its headers: whether it lay in a cache before TO was there, and when its content was made.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::send::Page;

/// A clock's tick: `Age` counts whole seconds, and each side rounds.
const TICK: Duration = Duration::from_secs(1);

/// The clocks of two machines differ: whoever commits is not who asks.
const SKEW: Duration = Duration::from_secs(60);

/// The moments that an answer is held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Since the purge began, where there was one.
    pub purged: Option<Duration>,
    /// Since TO was committed.
    pub deployed: Option<Duration>,
    /// A content that was made before this is not TO's.
    pub made_after: Option<SystemTime>,
}

/// The place that an answer comes from, as its cache says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The origin was asked, or asked whether the answer still holds.
    Origin,
    /// It lay in a cache.
    Cache,
    /// It lay in a cache for longer than it may.
    Expired,
}

/// Says why an answer is older than the purge, or than TO, if it is.
pub(super) fn older(page: &Page, times: Times) -> Option<String> {
    let age = age(page)?;
    let (since, slack, what) = match (times.purged, times.deployed) {
        (Some(purged), _) => (purged, TICK, "the purge"),
        (None, Some(deployed)) => (deployed, SKEW, "TO"),
        (None, None) => return None,
    };
    (age > since.saturating_add(slack).as_secs())
        .then(|| format!("it is {age} s old, and {what} {} s", since.as_secs()))
}

/// Returns true where an answer is known to be younger than the purge, or than TO.
pub(super) fn is_younger(page: &Page, times: Times) -> bool {
    age(page).is_some() && (times.purged.is_some() || times.deployed.is_some()) && older(page, times).is_none()
}

/// Returns true where the content was made before it can have been TO's; `None` where nothing says when.
pub(super) fn is_made_before(page: &Page, times: Times) -> Option<bool> {
    let made = page.header("last-modified").and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    let made = made.or_else(|| page.header("etag").and_then(of_etag))?;
    times.made_after.map(|after| made < after)
}

/// Returns the answer's age in seconds; of several the first, which is that of the nearest cache.
pub(super) fn age(page: &Page) -> Option<u64> {
    page.header("age").and_then(|age| age.split(',').next()?.trim().parse().ok())
}

/// Returns what the cache says of itself.
pub(super) fn said(page: &Page) -> Option<&str> {
    ["cf-cache-status", "x-cache", "x-cache-status", "x-proxy-cache", "via"]
        .into_iter()
        .find_map(|name| page.header(name))
}

/// Returns what the answer tells of its cache: `HIT, Age 300`. A server's text is shown as far as it is made of letters and the
/// like, since it may stand in a log or a comment.
pub(super) fn cache_status(page: &Page) -> Option<String> {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || " ,-_./:()".contains(*c);
    let said = said(page).map(|said| said.chars().filter(is_plain).take(40).collect::<String>());
    let age = age(page).map(|age| format!("Age {age}"));
    let parts: Vec<String> = said.filter(|said| !said.trim().is_empty()).into_iter().chain(age).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Returns where an answer comes from, where its cache says so.
pub(super) fn from(page: &Page) -> Option<Place> {
    let said = said(page)?.to_ascii_lowercase();
    let has = |words: &[&str]| said.split(|c: char| !c.is_ascii_alphabetic()).any(|word| words.contains(&word));
    if has(&["stale", "updating"]) {
        Some(Place::Expired)
    } else if has(&["hit"]) {
        Some(Place::Cache)
    } else if has(&["miss", "expired", "revalidated", "dynamic", "bypass", "pass", "refreshhit"]) {
        Some(Place::Origin)
    } else {
        None
    }
}

/// Returns the time in an entity tag of nginx: the seconds and the size, in hex
/// (<https://nginx.org/en/docs/http/ngx_http_core_module.html#etag>).
fn of_etag(tag: &str) -> Option<SystemTime> {
    let tag = tag.trim().strip_prefix("W/").unwrap_or(tag.trim());
    let (seconds, size) = tag.strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
    let is_hex =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    // Eight digits are the years from 1978 to 2106.
    (seconds.len() == 8 && is_hex(seconds) && is_hex(size))
        .then(|| Some(UNIX_EPOCH + Duration::from_secs(u64::from_str_radix(seconds, 16).ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(headers: &[(&str, &str)]) -> Page {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Page { status: 200, headers, body: Vec::new(), long: None }
    }

    #[test]
    fn a_cache_says_where_an_answer_comes_from() {
        for (name, value, want) in [
            ("cf-cache-status", "HIT", Some(Place::Cache)),
            ("cf-cache-status", "MISS", Some(Place::Origin)),
            ("cf-cache-status", "REVALIDATED", Some(Place::Origin)),
            ("cf-cache-status", "UPDATING", Some(Place::Expired)),
            ("x-cache", "TCP_HIT from cache-7", Some(Place::Cache)),
            ("x-cache", "Miss from cloudfront", Some(Place::Origin)),
            ("via", "1.1 varnish", None),
            ("server", "x", None),
        ] {
            assert_eq!(from(&page(&[(name, value)])), want, "{name}: {value}");
        }
    }

    #[test]
    fn validators_say_when_a_content_was_made() {
        let times = Times { made_after: Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000)), ..Times::default() };
        for (name, value, want) in [
            ("last-modified", "Tue, 14 Nov 2023 22:13:19 GMT", Some(true)),
            ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT", Some(false)),
            ("last-modified", "yesterday", None),
            ("etag", "\"6553f0ff-2a\"", Some(true)),
            ("etag", "W/\"6553f101-2a\"", Some(false)),
            ("etag", "\"abc\"", None),
            ("etag", "\"0123456789abcdef\"", None),
        ] {
            assert_eq!(is_made_before(&page(&[(name, value)]), times), want, "{name}: {value}");
        }
        assert_eq!(is_made_before(&page(&[("etag", "\"6553f0ff-2a\"")]), Times::default()), None);
    }
}
