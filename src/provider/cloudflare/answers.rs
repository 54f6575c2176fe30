//! The meaning of Cloudflare's answers to purges, from status and body, as a table.
//!
//! Success is a 2xx status *and* `"success":true`; the official SDKs overlook the second. Codes are facts where
//! Cloudflare's documents name them (1092, 1134) and reports of users elsewhere; an unknown one is judged by its status.

use super::envelope::{Envelope, FOREIGN, MALFORMED, Refused, describe, is_page};
use crate::provider::verdict::{ApiReply, Refusal, Verdict};

/// The meaning of a code for a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Throttled,
    Everywhere,
    Shape,
}

const TOKEN: &str = "check the token: it needs the permission Zone > Cache Purge for this zone (dash.cloudflare.com/profile/api-tokens)";
const BAD_TOKEN: &str = "the API does not take this token for one: copy it again, or make a new one (dash.cloudflare.com/profile/api-tokens); `diffpurge check` looks at it";
const ZONE: &str = "check the zone id: 32 hex digits, on the zone's Overview page under API";
const ENVIRONMENT: &str = "the environment is selected by address, country or the like, and takes no URLs: purge it with `by = \"prefix\"`, tags or hosts";
const BUG: &str = "the request's shape was refused; please report this with `diffpurge plan --format requests`";

/// Codes with a meaning beyond their status, each with its advice.
fn known(code: i64) -> Option<(Meaning, &'static str)> {
    Some(match code {
        // The purge API's own limit, and the general throttle of the API.
        1134 | 971 => (Meaning::Throttled, "wait a few minutes; the limits are shared by the whole account"),
        10000 | 9109 => (Meaning::Everywhere, TOKEN),
        6003 => (Meaning::Everywhere, MALFORMED),
        7000 | 7003 => (Meaning::Everywhere, ZONE),
        1136 => (Meaning::Everywhere, ENVIRONMENT),
        1012 | 1014 | 1092 => (Meaning::Shape, BUG),
        _ => return None,
    })
}

/// Judges an answer to a purge.
pub(super) fn verdict(reply: &ApiReply) -> Verdict {
    let envelope = Envelope::read(&reply.body);
    let errors = envelope.as_ref().map_or(&[][..], |e| &e.errors);
    let meaning = errors.iter().find_map(|e| known(e.code));
    let why = describe(reply.status, errors, envelope.is_none().then_some(&reply.body));
    let refusal = |advice, everywhere| Refusal { why: why.clone(), advice, everywhere };
    if (200..300).contains(&reply.status) && envelope.as_ref().is_some_and(|e| e.success) {
        return Verdict::Accepted { id: envelope.and_then(|e| e.id) };
    }
    let is_foreign = envelope.is_none() && is_page(&reply.body);
    match (reply.status, meaning) {
        (_, Some((Meaning::Throttled, _))) | (429, _) => {
            Verdict::Retry { after: reply.retry_after, throttled: true, why }
        }
        (400..500, None) if is_foreign && reply.status != 413 => Verdict::Refused(refusal(Some(FOREIGN), true)),
        _ if Refused::of(reply.status, errors) == Refused::Surely => Verdict::Refused(refusal(Some(BAD_TOKEN), true)),
        (500.., _) => Verdict::Retry { after: reply.retry_after, throttled: false, why },
        (_, Some((meaning, advice))) => Verdict::Refused(refusal(Some(advice), meaning == Meaning::Everywhere)),
        // Which URL it was is documented nowhere; halving finds it.
        (400 | 413, None) => Verdict::Split(refusal(None, false)),
        (401 | 403, None) => Verdict::Refused(refusal(Some(TOKEN), true)),
        (404, None) => Verdict::Refused(refusal(Some(ZONE), true)),
        (300..400, None) => Verdict::Refused(refusal(
            Some("redirects are never followed with a token: check CLOUDFLARE_BASE_URL"),
            true,
        )),
        (200..300, None) if envelope.is_none() => Verdict::Refused(refusal(
            Some("the answer is not Cloudflare's: check CLOUDFLARE_BASE_URL and any proxy between"),
            false,
        )),
        _ => Verdict::Refused(refusal(None, false)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn reply(status: u16, body: &str) -> ApiReply {
        ApiReply { status, body: body.as_bytes().to_vec(), retry_after: Some(Duration::from_secs(7)), support_id: None }
    }

    fn error(code: i64, message: &str) -> String {
        format!(
            r#"{{"success":false,"errors":[{{"code":{code},"message":"{message}","error_chain":[]}}],"messages":[],"result":null}}"#
        )
    }

    /// The verdict in one word, for the table.
    fn word(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Accepted { .. } => "accepted",
            Verdict::Retry { throttled: true, .. } => "throttled",
            Verdict::Retry { .. } => "retry",
            Verdict::Split(_) => "split",
            Verdict::Refused(Refusal { everywhere: true, .. }) => "refused everywhere",
            Verdict::Refused(_) => "refused",
        }
    }

    #[test]
    fn every_answer_has_its_verdict() {
        let ok = r#"{"success":true,"errors":[],"messages":[],"result":{"id":"023e"}}"#;
        for (status, body, want) in [
            (200, ok.to_owned(), "accepted"),
            (200, r#"{"success":true}"#.to_owned(), "accepted"),
            (200, r#"{"success":true,"errors":null,"messages":7,"result":"ok"}"#.to_owned(), "accepted"),
            (200, r#"{"success":true,"result":{"id":7}}"#.to_owned(), "accepted"),
            (200, r#"{"success":"true"}"#.to_owned(), "refused"),
            (200, "[]".to_owned(), "refused"),
            (400, r#"{"success":false,"errors":[{"code":"6003","message":null}]}"#.to_owned(), "refused everywhere"),
            (200, r#"{"success":false,"errors":[],"messages":[],"result":null}"#.to_owned(), "refused"),
            (200, "<html>captive portal</html>".to_owned(), "refused"),
            (200, String::new(), "refused"),
            (204, String::new(), "refused"),
            (302, String::new(), "refused everywhere"),
            (400, error(0, "Unable to purge https://x/, which is an invalid URL."), "split"),
            (400, "not json".to_owned(), "split"),
            (400, error(1092, "Request cannot contain ..."), "refused"),
            (400, error(1012, "Request must contain one of ..."), "refused"),
            (400, error(6003, "Invalid request headers"), "refused everywhere"),
            (400, error(7003, "Could not route to /zones/x"), "refused everywhere"),
            (400, error(1134, "Unable to purge, rate limit reached."), "throttled"),
            (401, error(10000, "Authentication error"), "refused everywhere"),
            (403, error(10000, "Authentication error"), "refused everywhere"),
            (403, "blocked".to_owned(), "refused everywhere"),
            (403, "<!DOCTYPE html><title>Attention Required!</title>".to_owned(), "refused everywhere"),
            (400, " <html><body>Bad Request</body></html>".to_owned(), "refused everywhere"),
            (407, "<HTML>".to_owned(), "refused everywhere"),
            (413, "<html>".to_owned(), "split"),
            (429, "<html>".to_owned(), "throttled"),
            (404, error(7000, "No route for that URI"), "refused everywhere"),
            (405, String::new(), "refused"),
            (413, String::new(), "split"),
            (429, error(971, "Please wait"), "throttled"),
            (429, String::new(), "throttled"),
            (500, String::new(), "retry"),
            (502, "<html>".to_owned(), "retry"),
            (503, ok.to_owned(), "retry"),
            (520, String::new(), "retry"),
        ] {
            assert_eq!(word(&verdict(&reply(status, &body))), want, "{status} {body}");
        }
    }

    #[test]
    fn the_id_the_wait_and_the_advice_come_along() {
        assert_eq!(
            verdict(&reply(200, r#"{"success":true,"result":{"id":"023e"}}"#)),
            Verdict::Accepted { id: Some("023e".to_owned()) }
        );
        let Verdict::Retry { after, why, .. } =
            verdict(&reply(429, &error(1134, "Unable to purge, rate limit reached.")))
        else {
            panic!()
        };
        assert_eq!(
            (after, why.as_str()),
            (Some(Duration::from_secs(7)), "HTTP 429, Unable to purge, rate limit reached. (code 1134)")
        );
        let Verdict::Refused(refusal) = verdict(&reply(403, &error(10000, "Authentication error"))) else { panic!() };
        assert_eq!(refusal.why, "HTTP 403, Authentication error (code 10000)");
        assert!(refusal.advice.unwrap().contains("Cache Purge"));
    }

    #[test]
    fn a_foreign_answer_is_shown_short_and_on_one_line() {
        let Verdict::Retry { why, .. } = verdict(&reply(502, &format!("<html>\n::error::{}", "x".repeat(5000)))) else {
            panic!()
        };
        assert!(why.len() < 400 && !why.contains('\n'), "{why}");
    }
}
