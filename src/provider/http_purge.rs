//! Caches that take purges as HTTP requests: Varnish, nginx, Apache Traffic Server, Squid, Fastly's URL purge.
//!
//! One operation is one request. A URL is asked for as its visitors ask for it, host and path byte for byte, with another
//! method; what else a cache understands is in the site's configuration.

use std::borrow::Cow;

use super::{ApiReply, ApiRequest, Call, Finding, Refusal, Secret, Verdict};
use crate::config::{self, Endpoint, Mode};
use crate::display::shown;
use crate::mapping::{Kind, PublicUrl};
use crate::plan::{Ability, Bucket, Capabilities, Items, Kinds, Limits, Pace};

const ONE: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// A cache of one's own has no limit of requests: what holds a run back is how many are under way.
const PACE: Pace = Pace { urls: Bucket::UNLIMITED, others: Bucket::UNLIMITED, requests: Bucket::UNLIMITED };

/// Directories of a ladder's step, each a request of its own: as many as APIs take in one.
const DIRECTORIES: std::num::NonZeroUsize = std::num::NonZeroUsize::new(100).unwrap();

/// Requests under way at once at each endpoint, over as many connections. A purge takes a cache well below a millisecond, so a
/// few hide the way there and back; more would take worker threads from visitors (Varnish keeps 200 by default).
const IN_FLIGHT: usize = 8;

/// A cache of one's own, in front of one site.
#[derive(Debug, Clone)]
pub struct HttpPurge {
    config: config::HttpPurge,
    /// The `Host` of requests that are about no host.
    host: String,
}

impl HttpPurge {
    /// The cache as the site's configuration describes it.
    #[must_use]
    pub fn new(config: &config::HttpPurge, host: &str) -> HttpPurge {
        HttpPurge { config: config.clone(), host: host.to_owned() }
    }

    /// One operation a request and no pace; the kinds that the configuration words.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        let with = |is_there: bool, key| if is_there { Ability::Has } else { Ability::Lacks(key) };
        let ban = with(self.config.ban.is_some(), "ban");
        Capabilities {
            limits: Limits { urls: ONE, others: ONE },
            pace: PACE,
            kinds: Kinds {
                prefix: ban,
                tag: with(self.config.tags.is_some(), "tags"),
                host: ban,
                everything: with(self.config.everything.is_some(), "everything"),
            },
            table: "[site.http_purge]",
            // A URL is removed at once, and a ban is held against every later request.
            covers_pay: false,
            most_directories: DIRECTORIES,
            whole: "cache",
            keeps_ports_apart: true,
            broad_removes: true,
            mode: self.config.mode,
        }
    }

    /// Requests under way at once at each endpoint.
    #[must_use]
    pub fn in_flight() -> usize {
        IN_FLIGHT
    }

    /// Where each request goes.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.config.endpoints
    }

    /// The request for one operation; the kinds that the cache does not know never reach it.
    #[must_use]
    pub fn call(&self, mode: Mode, items: &Items<'_>) -> Call {
        let soft = self.config.soft.as_ref().filter(|_| mode == Mode::Invalidate);
        let mut call = match items {
            Items::Urls(urls) => self.url(urls.first().copied()),
            Items::Prefixes(prefixes) => {
                let (host, path) = prefixes.first().map_or(("", ""), |prefix| split(prefix));
                return self.finished(self.ban(host, path));
            }
            Items::Hosts(hosts) => {
                return self.finished(self.ban(hosts.first().copied().unwrap_or_default(), "/"));
            }
            Items::Tags(tags) => self.tag(tags.first().copied().unwrap_or_default()),
            Items::Everything => return self.finished(self.everything()),
        };
        call.headers.extend(soft.map(|soft| (soft.name.clone(), soft.value.clone())));
        self.finished(call)
    }

    /// The whole request.
    #[must_use]
    pub fn request(&self, endpoint: &Endpoint, mode: Mode, items: &Items<'_>) -> ApiRequest {
        let secret = self
            .config
            .token
            .as_ref()
            .map(|token| Secret::Header { name: token.header.clone(), prefix: token.prefix.clone() });
        ApiRequest { base: endpoint.as_str().to_owned(), call: self.call(mode, items), secret }
    }

    fn finished(&self, mut call: Call) -> Call {
        call.headers.extend(self.config.headers.iter().map(|header| (header.name.clone(), header.value.clone())));
        call
    }

    fn url(&self, url: Option<&PublicUrl>) -> Call {
        let rest = url.map_or("", |url| url.as_str().split_once("://").map_or("", |(_, rest)| rest));
        let (host, path) = split(rest);
        let own = url.and_then(PublicUrl::headers);
        let headers = own.map_or(Vec::new(), |headers| {
            headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        });
        Call { headers, ..call(self.config.method.as_str(), host, path) }
    }

    fn ban(&self, host: &str, prefix: &str) -> Call {
        let Some(ban) = &self.config.ban else { return call("BAN", host, prefix) };
        let headers = vec![(ban.header.clone(), prefix.to_owned())];
        Call { headers, ..call(ban.method.as_str(), host, prefix) }
    }

    fn tag(&self, tag: &str) -> Call {
        let Some(tags) = &self.config.tags else { return call("PURGE", &self.host, "/") };
        let headers = vec![(tags.header.clone(), tag.to_owned())];
        Call { headers, ..call(tags.method.as_str(), &self.host, &tags.path) }
    }

    fn everything(&self) -> Call {
        let Some(everything) = &self.config.everything else { return call("PURGE", &self.host, "/") };
        let headers = everything.header.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        Call { headers, ..call(everything.method.as_str(), &self.host, &everything.path) }
    }
}

fn call(method: &str, host: &str, path: &str) -> Call {
    Call {
        method: Cow::Owned(method.to_owned()),
        path: path.to_owned(),
        host: Some(host.to_owned()),
        headers: Vec::new(),
        body: None,
    }
}

/// Host, with a port where there is one, and path.
fn split(place: &str) -> (&str, &str) {
    place.find('/').map_or((place, "/"), |at| place.split_at(at))
}

/// Statuses that say that there was nothing to remove: 404, and 412 of `ngx_cache_purge` from 2.5 on
/// (<https://github.com/nginx-modules/ngx_cache_purge/releases/tag/2.5>).
#[must_use]
pub fn was_not_cached(status: u16) -> bool {
    matches!(status, 404 | 412)
}

const DENIED: &str =
    "the cache does not take it from us: check the token and its header, and the addresses that may purge";
const UNKNOWN_METHOD: &str =
    "the cache does not know the method, or not from this address: see the README on what each cache needs";

/// Judges an answer to an operation of a kind, by its status alone: bodies are the cache's own words. A ban finds nothing missing:
/// where one is answered like that, the cache does not know it, and may have passed it on to the origin.
#[must_use]
pub(super) fn verdict(reply: &ApiReply, kind: Kind) -> Verdict {
    let why = || describe(reply);
    let refused = |advice, everywhere| Verdict::Refused(Refusal { why: why(), advice, everywhere });
    match reply.status {
        200..300 => Verdict::Accepted { id: None },
        status if was_not_cached(status) && matches!(kind, Kind::Url | Kind::Tag) => Verdict::Accepted { id: None },
        status if was_not_cached(status) => refused(Some(UNKNOWN_METHOD), true),
        429 => Verdict::Retry { after: reply.retry_after, throttled: true, why: why() },
        405 | 501 => refused(Some(UNKNOWN_METHOD), true),
        500..=999 => Verdict::Retry { after: reply.retry_after, throttled: false, why: why() },
        401 | 403 | 407 => refused(Some(DENIED), true),
        300..=399 => refused(Some("redirects are never followed: does the endpoint lead past the cache?"), true),
        _ => refused(None, false),
    }
}

/// What `diffpurge check` says of an endpoint that was asked something harmless; the error is why there was no answer.
#[must_use]
pub fn endpoint_answers(endpoint: &str, answer: Result<u16, String>) -> Finding {
    const SUBJECT: &str = "endpoint";
    match answer {
        Ok(status) => Finding::ok(
            SUBJECT,
            format!("{endpoint} answers (HTTP {status}); whether it takes a purge, only a purge tells"),
        ),
        Err(why) => {
            let advice = "is the cache running, and can it be reached from here?";
            Finding::fail(SUBJECT, format!("{endpoint} does not answer: {why}"), advice)
        }
    }
}

/// Characters of an answer that are shown: a page of an error is long, and its status says enough.
const SHOWN: usize = 80;

fn describe(reply: &ApiReply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.starts_with('<') || text.chars().count() > SHOWN {
        return format!("HTTP {}", reply.status);
    }
    format!("HTTP {}, {}", reply.status, shown(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::mapping;

    const ALL: &str = "endpoints = [\"http://127.0.0.1:6081\", \"https://b.internal\"]\nheaders = { \"X-From\" = \"deploy\" }\n\
        token_env = \"T\"\nsoft = { header = \"Fastly-Soft-Purge\", value = \"1\" }\nmode = \"invalidate\"\n\
        ban = { method = \"BAN\", header = \"X-Ban-Prefix\" }\ntags = { method = \"POST\", header = \"xkey\", path = \"/tags\" }\n\
        everything = { method = \"POST\", path = \"/purge_all\", header = \"X-All\", value = \"yes\" }\n";

    fn cache(lines: &str) -> (HttpPurge, config::Site) {
        let site = "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com:8443/\"]\nspellings = \"canonical\"\n\
            [[site.rule]]\nmatch = [\"**\"]\nforms = [\"exact\"]\nlanguages = [\"de\"]\nqueries = [\"a='b'\"]\n[site.http_purge]\n";
        let site = config::Config::parse(&format!("{site}{lines}"), "purge.toml").unwrap().sites.remove(0);
        (HttpPurge::new(site.cache.http_purge().unwrap(), "www.example.com"), site)
    }

    fn said(call: &Call) -> String {
        let headers: Vec<String> = call.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(call.body, None);
        format!("{} {} {} [{}]", call.method, call.host.as_deref().unwrap(), call.path, headers.join("; "))
    }

    #[test]
    fn a_url_is_asked_for_as_visitors_do() {
        let (cache, site) = cache(ALL);
        let change =
            Change { path: "d/\u{fc}|~'.css".as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
        let changes = Changes { paths: vec![change], ..Changes::default() };
        let mapping = mapping::map(&mapping::judge(&changes, &site), &[], &site);
        let calls: Vec<String> =
            mapping.urls().map(|(url, _)| said(&cache.call(Mode::Purge, &Items::Urls(vec![url])))).collect();
        assert_eq!(
            calls,
            [
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css [X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css [Accept-Language: de; X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css?a='b' [X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css?a='b' [Accept-Language: de; X-From: deploy]",
            ]
        );
        let url = mapping.urls().next().unwrap().0;
        let soft = said(&cache.call(Mode::Invalidate, &Items::Urls(vec![url])));
        assert!(soft.ends_with("[Fastly-Soft-Purge: 1; X-From: deploy]"), "{soft}");
        let request = cache.request(&cache.endpoints()[1], Mode::Purge, &Items::Urls(vec![url]));
        assert_eq!(request.url(), "https://b.internal/d/%C3%BC%7C~'.css");
        let secret = Secret::Header { name: "Authorization".to_owned(), prefix: "Bearer ".to_owned() };
        assert_eq!(request.secret, Some(secret));
    }

    #[test]
    fn what_is_no_url_is_asked_as_the_configuration_says() {
        let (cache, _) = cache(ALL);
        for (items, want) in [
            (Items::Prefixes(vec!["a.example/d/"]), "BAN a.example /d/ [X-Ban-Prefix: /d/; X-From: deploy]"),
            (Items::Hosts(vec!["a.example"]), "BAN a.example / [X-Ban-Prefix: /; X-From: deploy]"),
            (
                Items::Tags(vec!["blog"]),
                "POST www.example.com /tags [xkey: blog; Fastly-Soft-Purge: 1; X-From: deploy]",
            ),
            (Items::Everything, "POST www.example.com /purge_all [X-All: yes; X-From: deploy]"),
        ] {
            assert_eq!(said(&cache.call(Mode::Invalidate, &items)), want, "a ban cannot be soft");
        }
    }

    #[test]
    fn every_answer_has_its_verdict() {
        let word = |kind, status, body: &str| {
            let reply = ApiReply { status, body: body.as_bytes().to_vec(), ..ApiReply::default() };
            match verdict(&reply, kind) {
                Verdict::Accepted { .. } => "accepted".to_owned(),
                Verdict::Retry { throttled, why, .. } => format!("retry {throttled} {why}"),
                Verdict::Split(r) => panic!("a single operation has no halves: {r:?}"),
                Verdict::Refused(r) => format!("refused {} {} {}", r.everywhere, r.advice.is_some(), r.why),
            }
        };
        for (status, body, want) in [
            (200, "", "accepted"),
            (204, "", "accepted"),
            (404, "not in cache", "accepted"),
            (412, "", "accepted"),
            (400, "bad prefix", "refused false false HTTP 400, bad prefix"),
            (401, "{\"status\":\"bad token\"}", r#"refused true true HTTP 401, "{\"status\":\"bad token\"}""#),
            (403, "<html><h1>no</h1>", "refused true true HTTP 403"),
            (405, "", "refused true true HTTP 405"),
            (501, "", "refused true true HTTP 501"),
            (301, "", "refused true true HTTP 301"),
            (414, "", "refused false false HTTP 414"),
            (429, "", "retry true HTTP 429"),
            (500, "", "retry false HTTP 500"),
            (503, &"x".repeat(500), "retry false HTTP 503"),
        ] {
            assert_eq!(word(Kind::Url, status, body), want, "{status}");
        }
        assert_eq!(word(Kind::Tag, 404, ""), "accepted");
        for kind in [Kind::Prefix, Kind::Host, Kind::Everything] {
            assert_eq!(word(kind, 200, ""), "accepted");
            assert_eq!(word(kind, 404, ""), "refused true true HTTP 404", "a ban that is not known is none");
        }
    }
}
