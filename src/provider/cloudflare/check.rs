//! The part of `diffpurge check` that is Cloudflare's: credentials, token, zone, permission and clock.

use super::api_base::ApiBase;
use super::bearer::BEARER;
use super::clock::clock;
use super::envelope::Refused;
use super::token_status::{TokenStatus, token};
use super::zone::{ZoneAnswer, zone};
use crate::config::{AccountId, TokenSource};
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
    let verify = |base: &str| LookUp { url: format!("{base}/user/tokens/verify"), secret: BEARER };
    let token = base.filter(|_| of_token).map(|base| verify(base.as_str()));
    let zone = zone.filter(|_| of_zone);
    token.into_iter().chain(zone).map(Question::LookUp).collect()
}

/// Returns what is asked where the users' address does not know the token: whether it is an account's, where that is known, be it from the
/// zone (<https://developers.cloudflare.com/api/resources/accounts/subresources/tokens/methods/verify/>).
pub(super) fn further_questions(
    base: Option<&ApiBase>,
    account: Option<&AccountId>,
    opened: Opened,
    answers: &[Answer],
) -> Vec<Question> {
    let mut heard = answers.iter().filter_map(Answer::looked_up);
    let Some(base) = base.filter(|_| opened == Opened::ByToken) else { return Vec::new() };
    if !heard.next().is_some_and(|(user, _)| TokenStatus::judged(user).is_open()) {
        return Vec::new();
    }
    let of_zone = match heard.next().map(|(zone, _)| ZoneAnswer::judged(zone)) {
        Some(ZoneAnswer::Known(zone)) => zone.account,
        _ => None,
    };
    let verify = |account: &AccountId| LookUp {
        url: format!("{}/accounts/{}/tokens/verify", base.as_str(), account.as_str()),
        secret: BEARER,
    };
    account.or(of_zone.as_ref()).map(verify).map(Question::LookUp).into_iter().collect()
}

/// Judges the answers to [`questions`] and to [`further_questions`].
pub(super) fn findings(
    (source, targets): (&TokenSource, Result<Vec<Target>, ProviderError>),
    opened: Opened,
    answers: &[Answer],
    hosts: &[&str],
) -> Vec<Finding> {
    const SUBJECT: &str = "credentials";
    let heard: Vec<(&Heard, u64)> = answers.iter().filter_map(Answer::looked_up).collect();
    let mut findings = Vec::new();
    let has_zone = usize::from(targets.is_ok());
    let of_account = heard.get(1 + has_zone).filter(|_| opened == Opened::ByToken);
    let (of_token, of_zone) = match opened {
        Opened::ByToken => {
            findings.push(Finding::ok(SUBJECT, format!("a token from {source}")));
            (heard.first(), heard.get(1).filter(|_| targets.is_ok()))
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
    let account = of_account.map(|(heard, _)| TokenStatus::judged(heard));
    findings.extend(of_token.map(|(heard, _)| token(&TokenStatus::judged(heard), account.as_ref(), answer.as_ref())));
    if let (Opened::ByOlderKeys, Some(ZoneAnswer::Refused(why, Refused::Surely))) = (opened, &answer) {
        let advice = "copy CLOUDFLARE_API_KEY again, and set CLOUDFLARE_EMAIL to the address of its user";
        findings.push(Finding::fail("key", format!("the API refuses it: {why}"), advice));
    }
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
