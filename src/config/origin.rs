//! `[site.origin]`: where the site's files are served before any cache, and how long a purge waits for them.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::checked::{checked, number};
use super::fault::{Fault, value};
use super::raw::RawOrigin;
use super::spanned::Spanned;
use super::word::one_of;
use super::{BaseUrl, EnvName};

/// The things that are awaited before a site is purged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginCheck {
    /// The origin that is asked; `None` where none can be.
    pub origin: Option<Origin>,
    /// Waited when all is there, and in place of asking.
    pub settle: Duration,
}

/// An origin that can be asked past the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it is.
    pub at: OriginAt,
    /// A header that lets requests in, and the variable that its value is in.
    pub secret: Option<(HeaderName, EnvName)>,
    /// Modified files whose bodies are compared.
    pub sample: usize,
    /// How long it is waited for.
    pub wait: Duration,
    /// The part of its answers that is compared.
    pub compare: Compare,
    /// Deleted files are awaited to be gone.
    pub awaits_deleted: bool,
}

/// Where an origin is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginAt {
    /// Its own URL, which takes the place of each base URL.
    Url(BaseUrl),
    /// The base URLs themselves, but at this address; port 0 is the URL's own.
    Address(SocketAddr),
}

/// The part of an origin's answers that is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compare {
    /// Status and content.
    #[default]
    Body,
    /// The status alone, where the origin rewrites what it serves.
    Status,
}

/// A header's name, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(String);

/// How long an origin is waited for by default: most deploys are through in a minute.
const WAIT: Duration = Duration::from_secs(120);

/// Modified files whose bodies are compared by default.
const SAMPLE: usize = 20;

/// The longest that can be waited: a day is a slip.
const LONGEST: u64 = 24 * 3600;

impl OriginCheck {
    pub(super) fn from_raw(raw: &RawOrigin) -> Result<OriginCheck, Fault> {
        let settle = raw.settle.as_ref().map_or(Ok(Duration::ZERO), |settle| checked(settle, duration))?;
        let wait = raw.wait.as_ref().map(|wait| checked(wait, duration)).transpose()?;
        let sample = number("sample", "a number of files", raw.sample.as_ref(), usize::MAX, SAMPLE)?;
        let compare = raw.compare.as_ref().map(|compare| checked(compare, Compare::parse)).transpose()?;
        let deleted = raw.deleted.as_ref().map(|deleted| checked(deleted, awaits_deleted)).transpose()?;
        let secret = secret(raw)?;
        let at = match (&raw.url, &raw.resolve) {
            (Some(url), None) => OriginAt::Url(checked(url, BaseUrl::parse)?),
            (None, Some(address)) => OriginAt::Address(checked(address, address_of)?),
            (Some(_), Some(address)) => {
                return Err(Fault::new("`url` and `resolve` both say where the origin is", "leave one of them out")
                    .at(address.span()));
            }
            (None, None) => {
                // How to ask says nothing without an origin to ask.
                let first =
                    [&raw.wait, &raw.compare, &raw.deleted, &raw.header, &raw.token_env].into_iter().flatten().next();
                if let Some(span) = first.map(Spanned::span).or(raw.sample.as_ref().map(Spanned::span)) {
                    let hint = "write `url = \"https://origin.example.com/\"` or `resolve = \"203.0.113.7\"`";
                    return Err(Fault::new("nothing says where the origin is", hint).at(span));
                }
                return Ok(OriginCheck { origin: None, settle });
            }
        };
        let (wait, sample) = (wait.unwrap_or(WAIT), sample.unwrap_or(SAMPLE));
        let (compare, awaits_deleted) = (compare.unwrap_or_default(), deleted.unwrap_or(true));
        let origin = Origin { at, secret, sample, wait, compare, awaits_deleted };
        Ok(OriginCheck { origin: Some(origin), settle })
    }
}

fn secret(raw: &RawOrigin) -> Result<Option<(HeaderName, EnvName)>, Fault> {
    match (&raw.header, &raw.token_env) {
        (None, None) => Ok(None),
        (header, Some(name)) => {
            let header = header.as_ref().map(|header| checked(header, HeaderName::parse)).transpose()?;
            let header = header.unwrap_or_else(|| HeaderName("authorization".to_owned()));
            Ok(Some((header, checked(name, EnvName::parse)?)))
        }
        (Some(header), None) => {
            let hint = "name the variable that holds it: `token_env = \"ORIGIN_TOKEN\"`";
            Err(Fault::new("nothing says what the header's value is", hint).at(header.span()))
        }
    }
}

/// Reads `await` or `leave`.
fn awaits_deleted(text: &str) -> Result<bool, Fault> {
    one_of("deleted", &[("await", true), ("leave", false)], text)
}

/// Reads a time: `15s`, `2m`.
pub(super) fn duration(text: &str) -> Result<Duration, Fault> {
    let (digits, unit) = text.split_at(text.len() - text.bytes().rev().take_while(u8::is_ascii_alphabetic).count());
    let unit = match unit {
        "s" => Some(1),
        "m" => Some(60),
        _ => None,
    };
    let seconds = digits.parse::<u64>().ok().zip(unit).map(|(n, unit)| n.saturating_mul(unit));
    let seconds = seconds.filter(|seconds| *seconds <= LONGEST);
    let fault = || Fault::new(format!("{} is no time to wait", value(text)), "write seconds or minutes: `120s`, `2m`");
    seconds.map(Duration::from_secs).ok_or_else(fault)
}

/// Reads an address: `203.0.113.7`, `203.0.113.7:8443`, `[2001:db8::7]:8443`.
fn address_of(text: &str) -> Result<SocketAddr, Fault> {
    let alone = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0));
    alone.or_else(|_| text.parse::<SocketAddr>()).map_err(|_| {
        let hint = "write an IP address, with a port where it is not the usual one: `203.0.113.7`, `203.0.113.7:8443`";
        Fault::new(format!("{} is no address", value(text)), hint)
    })
}

impl Compare {
    fn parse(text: &str) -> Result<Compare, Fault> {
        one_of("compare", &[("body", Compare::Body), ("status", Compare::Status)], text)
    }
}

impl HeaderName {
    pub(super) fn parse(text: &str) -> Result<HeaderName, Fault> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            return Ok(HeaderName(text.to_ascii_lowercase()));
        }
        Err(Fault::new(format!("{} is no header's name", value(text)), "write one like `X-Origin-Key`"))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_minutes() {
        for (text, want) in [("15s", Some(15)), ("2m", Some(120)), ("0s", Some(0)), ("86400s", Some(86400))] {
            assert_eq!(duration(text).ok().map(|d| d.as_secs()), want, "{text}");
        }
        for text in ["", "s", "15", "15 s", "-1s", "1.5s", "1h", "86401s", "99999999999999999999s", "15S"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_may_have_a_port() {
        for (text, want) in [
            ("203.0.113.7", Some("203.0.113.7:0")),
            ("203.0.113.7:8443", Some("203.0.113.7:8443")),
            ("2001:db8::7", Some("[2001:db8::7]:0")),
            ("[2001:db8::7]:80", Some("[2001:db8::7]:80")),
            ("origin.example.com", None),
            ("", None),
        ] {
            assert_eq!(address_of(text).ok().map(|a| a.to_string()).as_deref(), want, "{text}");
        }
    }
}
