//! Deliveries as tests make them: a hook as its file has it, what came, and what was made of it.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Delivery, Deploy, Secrets, Verdict, judge};
use crate::config::{Config, Hook};

pub(super) const SECRET: &str = "It's a Secret to Everybody";

pub(super) const ID: &str = "0123456789abcdef0123456789abcdef01234567";

/// When a delivery comes, in seconds.
pub(super) const NOW: u64 = 1_800_000_000;

/// A file with one hook, or why it is refused.
pub(super) fn read(lines: &str) -> Result<Hook, String> {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.origin]\nsettle = \"1s\"\n";
    let head = "[serve]\n[[serve.hook]]\npath = \"/h\"\nsite = \"www\"\nsecret_env = \"S\"\n";
    let reaction = if lines.contains("changes") { "" } else { "reaction = \"site\"\n" };
    let config = Config::parse(&format!("{site}{head}{reaction}{lines}"), "purge.toml");
    config.map(|config| config.serve.unwrap().hooks.remove(0)).map_err(|error| format!("{error}\n{}", error.hint()))
}

pub(super) fn hook(lines: &str) -> Hook {
    read(lines).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn secrets(all: &[&str]) -> Secrets {
    Secrets::new(all.iter().map(|one| (*one).to_owned().into()).collect()).unwrap()
}

pub(super) fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in list {
        map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

/// Judges what came at [`NOW`] to a hook with [`SECRET`].
pub(super) fn judged(hook: &Hook, list: &[(&'static str, &str)], body: &[u8]) -> Verdict {
    judged_with(hook, &secrets(&[SECRET]), list, None, body)
}

pub(super) fn judged_with(
    hook: &Hook,
    secrets: &Secrets,
    list: &[(&'static str, &str)],
    query: Option<&str>,
    body: &[u8],
) -> Verdict {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    judge(&hook.kind, secrets, &Delivery { headers: &headers(list), query, body, now })
}

pub(super) fn hmac(algorithm: ring::hmac::Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    ring::hmac::sign(&ring::hmac::Key::new(algorithm, key), message).as_ref().to_vec()
}

#[track_caller]
pub(super) fn deploy(verdict: Verdict) -> Deploy {
    match verdict {
        Verdict::Deploy(deploy) => *deploy,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(super) fn ignored(verdict: Verdict) -> String {
    match verdict {
        Verdict::Ignored(why) | Verdict::Strange(why) => why,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(super) fn refused(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}
