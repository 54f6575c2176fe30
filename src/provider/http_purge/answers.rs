//! The meaning of the answers of a cache of one's own, by their status alone: bodies are the cache's own words.

use crate::display::shown;
use crate::mapping::Kind;
use crate::provider::finding::Finding;
use crate::provider::look_up::Knocked;
use crate::provider::verdict::{ApiReply, Refusal, Verdict};

/// Statuses that say that there was nothing to remove: 404, and 412 of `ngx_cache_purge` from 2.5 on
/// (<https://github.com/nginx-modules/ngx_cache_purge/releases/tag/2.5>).
pub(super) fn was_not_cached(status: u16) -> bool {
    matches!(status, 404 | 412)
}

const DENIED: &str =
    "the cache does not take it from us: check the token and its header, and the addresses that may purge";
const UNKNOWN_METHOD: &str = "the cache does not know the method, or not from this address: see what each cache needs in the documentation, own-caches";

/// Judges an answer to an operation of a kind, by its status alone: bodies are the cache's own words. A ban finds nothing missing:
/// where one is answered like that, the cache does not know it, and may have passed it on to the origin.
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

/// Judges an endpoint that was asked something harmless, for `diffpurge check`.
pub(super) fn endpoint_answers(endpoint: &str, answer: &Knocked) -> Finding {
    const SUBJECT: &str = "endpoint";
    match answer {
        Knocked::Answered(status) => Finding::ok(
            SUBJECT,
            format!("{endpoint} answers (HTTP {status}); whether it takes a purge, only a purge tells"),
        ),
        Knocked::NotFound(why) => {
            let advice =
                "correct `endpoints`, which takes addresses too; `getent hosts NAME` shows what this machine finds";
            Finding::fail(SUBJECT, format!("the name of {endpoint} cannot be found: {why}"), advice)
        }
        Knocked::NoRoute => {
            let advice = "a purge leaves it out, and warns; where all addresses of the name are one cache, `addresses = \"one\"` says so";
            Finding::warn(SUBJECT, format!("{endpoint} cannot be asked: this machine has no route to it"), advice)
        }
        Knocked::Silent(why) => {
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
