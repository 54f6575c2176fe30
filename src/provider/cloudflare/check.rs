//! The part of `diffpurge check` that is Cloudflare's: credentials, token, zone, permission and clock.

use super::api_base::ApiBase;
use super::bearer::BEARER;
use super::clock::clock;
use super::token_status::{TokenStatus, token};
use super::zone::{ZoneAnswer, zone};
use crate::config::TokenSource;
use crate::provider::finding::Finding;
use crate::provider::keys::Opened;
use crate::provider::look_up::{Answer, Heard, LookUp, Question};
use crate::provider::target::{ProviderError, Target};

/// Returns what the API is asked: of a user's token, whether it is good; of the zone, what it is. A key has no status.
pub(super) fn questions(base: Option<&ApiBase>, zone: Option<LookUp>, opened: Opened) -> Vec<Question> {
    let (of_token, of_zone) = match opened {
        Opened::ByToken => (true, true),
        Opened::ByOlderKeys => (false, true),
        Opened::NotAtAll | Opened::Unlocked => (false, false),
    };
    // Account-owned tokens are verified elsewhere (<https://developers.cloudflare.com/fundamentals/api/troubleshooting/>).
    let verify = |base: &str| LookUp { url: format!("{base}/user/tokens/verify"), secret: BEARER };
    let token = base.filter(|_| of_token).map(|base| verify(base.as_str()));
    let zone = zone.filter(|_| of_zone);
    token.into_iter().chain(zone).map(Question::LookUp).collect()
}

/// Judges the answers to [`questions`].
pub(super) fn findings(
    (source, targets): (&TokenSource, Result<Vec<Target>, ProviderError>),
    opened: Opened,
    answers: &[Answer],
    hosts: &[&str],
) -> Vec<Finding> {
    const SUBJECT: &str = "credentials";
    let heard: Vec<(&Heard, u64)> = answers.iter().filter_map(Answer::looked_up).collect();
    let mut findings = Vec::new();
    let (of_token, of_zone) = match opened {
        Opened::ByToken => {
            findings.push(Finding::ok(SUBJECT, format!("a token from {source}")));
            (heard.first(), heard.get(1))
        }
        Opened::ByOlderKeys => {
            let advice = "a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer";
            let text = "CLOUDFLARE_API_KEY, which opens all that its user may do";
            findings.push(Finding::warn(SUBJECT, text, advice));
            (None, heard.first())
        }
        Opened::NotAtAll | Opened::Unlocked => (None, None),
    };
    let answer = of_zone.map(|(heard, _)| ZoneAnswer::judged(heard));
    findings.extend(of_token.map(|(heard, _)| token(&TokenStatus::judged(heard), answer.as_ref())));
    match (&answer, targets) {
        (Some(answer), _) => findings.extend(zone(answer, hosts)),
        (None, Err(error @ ProviderError::NoTarget { .. })) => {
            findings.push(Finding::fail("zone", error.to_string(), error.hint()));
        }
        (None, Ok(_) | Err(_)) => {}
    }
    let mut replies = [of_zone, of_token].into_iter().flatten();
    let dated = replies.find_map(|(heard, now)| Some((heard.as_ref().ok()?, *now)));
    findings.extend(dated.map(|(reply, now)| clock(reply.date, now)));
    findings
}
