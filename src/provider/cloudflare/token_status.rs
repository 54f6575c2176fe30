//! The API's word on a token. A user's is verified in one place, and an account's in another, of which the account has to be known.
//!
//! Facts: the three words of `status`, and the two addresses. Reported by users: an account's token gets 401 or 403 at the users'
//! address. So a token is refused where nobody takes it: neither address, or not the users' and not the zone.

use super::envelope::{FOREIGN, MALFORMED, Refused, result};
use super::zone::ZoneAnswer;
use crate::display::shown;
use crate::provider::finding::Finding;
use crate::provider::look_up::Heard;

/// The status of a token, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenStatus {
    /// It is good until then, where an end is set.
    Active {
        /// As the API writes it: `2027-01-01T00:00:00Z`.
        until: Option<String>,
    },
    /// It is not: `disabled` or `expired`.
    Ended(String),
    /// It is none of this address; in words, and whether by the code 9109.
    Refused(String, bool),
    /// The API cannot read it; in words.
    Malformed(String),
    /// Something else than the API answered; in words.
    Foreign(String),
    /// The API does not tell; in words.
    Unknown(String),
    /// There was no answer; in words.
    Silence(String),
}

const SUBJECT: &str = "token";

impl TokenStatus {
    /// Judges an answer, or the words on why there was none.
    pub(super) fn judged(heard: &Heard) -> TokenStatus {
        let result = match heard.as_ref().map(result) {
            Ok(Ok(result)) => result,
            Ok(Err(no)) if no.is_foreign => return TokenStatus::Foreign(no.why),
            Ok(Err(no)) if no.codes.contains(&6003) => return TokenStatus::Malformed(no.why),
            // Nothing is asked for here that a permission could be missing for.
            Ok(Err(no)) if no.refusal != Refused::No => return TokenStatus::Refused(no.why, no.codes.contains(&9109)),
            Ok(Err(no)) => return TokenStatus::Unknown(no.why),
            Err(why) => return TokenStatus::Silence(why.clone()),
        };
        match result["status"].as_str() {
            Some("active") => TokenStatus::Active { until: result["expires_on"].as_str().map(str::to_owned) },
            Some(word @ ("disabled" | "expired")) => TokenStatus::Ended(word.to_owned()),
            Some(other) => TokenStatus::Unknown(format!("its status is {}", shown(other.as_bytes()))),
            None => TokenStatus::Unknown("the answer has no status".to_owned()),
        }
    }
}

/// Whether the token is good, by the word of the users' address, and of the account's where that was asked. One that read its zone is,
/// whatever is said elsewhere.
pub(super) fn token(user: &TokenStatus, account: Option<&TokenStatus>, zone: Option<&ZoneAnswer>) -> Finding {
    use TokenStatus::{Active, Ended, Foreign, Malformed, Refused, Silence, Unknown};
    let known = [(Some(user), ""), (account, ", and its account's own")];
    for (status, whose) in known {
        match status {
            Some(Active { until: None }) => return Finding::ok(SUBJECT, format!("active{whose}")),
            Some(Active { until: Some(until) }) => {
                return Finding::ok(SUBJECT, format!("active until {}{whose}", shown(until.as_bytes())));
            }
            Some(Ended(word)) => return Finding::fail(SUBJECT, word.clone(), MAKE_ONE),
            Some(Malformed(_) | Foreign(_) | Refused(..) | Unknown(_) | Silence(_)) | None => {}
        }
    }
    if matches!(zone, Some(ZoneAnswer::Known(_))) {
        return Finding::ok(SUBJECT, "it reads its zone (and is not a user's, or cannot be verified)");
    }
    match user {
        Refused(why, by_code) if is_refused_elsewhere(*by_code, account, zone) => {
            let advice = format!("copy it again, without quotes or a line break; or {MAKE_ONE}");
            Finding::fail(SUBJECT, format!("the API refuses it: {why}"), advice)
        }
        Refused(why, _) | Unknown(why) => {
            let advice = if account.is_some() {
                "the account's tokens could not be asked about: check again"
            } else {
                "an account's token is verified elsewhere: CLOUDFLARE_ACCOUNT_ID, or `account_id` in [site.cloudflare], says where; if it is a user's, copy it again"
            };
            Finding::warn(SUBJECT, format!("cannot tell: {why}"), advice)
        }
        Malformed(why) => Finding::fail(SUBJECT, why.clone(), MALFORMED),
        Foreign(why) => Finding::warn(SUBJECT, format!("cannot tell: {why}"), FOREIGN),
        Active { .. } | Ended(_) | Silence(_) => {
            let why = if let Silence(why) = user { why.as_str() } else { "" };
            Finding::warn(SUBJECT, format!("cannot tell: {why}"), "check again when the API can be reached")
        }
    }
}

/// The way to a new token.
const MAKE_ONE: &str = "make a new one at dash.cloudflare.com/profile/api-tokens";

/// Whether a token that is none of a user's is none of an account's either.
fn is_refused_elsewhere(by_code: bool, account: Option<&TokenStatus>, zone: Option<&ZoneAnswer>) -> bool {
    let by_account = matches!(account, Some(TokenStatus::Refused(..)));
    let by_zone = match zone {
        Some(ZoneAnswer::Refused(_, Refused::Surely)) => true,
        Some(ZoneAnswer::Refused(_, Refused::Perhaps)) => by_code,
        _ => false,
    };
    by_account || by_zone
}

impl TokenStatus {
    /// True where another address may know more.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, TokenStatus::Refused(..) | TokenStatus::Unknown(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::zone::Zone;
    use super::*;
    use crate::provider::finding::Level;
    use crate::provider::look_up::LookUpReply;

    #[test]
    fn alone_the_users_address_faults_only_what_has_ended() {
        let ok = |result: &str| format!(r#"{{"success":true,"errors":[],"messages":[],"result":{result}}}"#);
        let no = r#"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}],"result":null}"#.to_owned();
        let zone =
            ZoneAnswer::Known(Zone { name: "example.com".to_owned(), permissions: None, asleep: None, account: None });
        for (status, body, level, text, with_a_zone) in [
            (200, ok(r#"{"id":"x","status":"active"}"#), Level::Ok, "active", Level::Ok),
            (
                200,
                ok(r#"{"status":"active","expires_on":"2027-01-01T00:00:00Z"}"#),
                Level::Ok,
                "active until 2027-01-01T00:00:00Z",
                Level::Ok,
            ),
            (200, ok(r#"{"status":"disabled"}"#), Level::Fail, "disabled", Level::Fail),
            (200, ok(r#"{"status":"expired"}"#), Level::Fail, "expired", Level::Fail),
            (200, ok(r#"{"status":"a\nb"}"#), Level::Warn, r#"its status is "a\nb""#, Level::Ok),
            (200, ok("null"), Level::Warn, "the answer has no status", Level::Ok),
            (200, no.clone(), Level::Warn, "HTTP 200, Invalid API Token (code 1000)", Level::Ok),
            (401, no.clone(), Level::Warn, "HTTP 401, Invalid API Token (code 1000)", Level::Ok),
            (403, String::new(), Level::Warn, "HTTP 403", Level::Ok),
            (404, String::new(), Level::Warn, "HTTP 404", Level::Ok),
            (500, "<html>".to_owned(), Level::Warn, "HTTP 500, an HTML page", Level::Ok),
            (
                403,
                "<!doctype html><title> Blocked </title>".to_owned(),
                Level::Warn,
                "HTTP 403, an HTML page titled Blocked",
                Level::Ok,
            ),
            (400, no.replace("1000", "6003"), Level::Fail, "HTTP 400, Invalid API Token (code 6003)", Level::Ok),
            (401, "<html>".to_owned(), Level::Warn, "HTTP 401, an HTML page", Level::Ok),
        ] {
            let reply = LookUpReply { status, date: None, body: body.clone().into_bytes() };
            let status = TokenStatus::judged(&Ok(reply));
            let finding = token(&status, None, None);
            assert_eq!(finding.level, level, "{body}");
            assert!(finding.text.ends_with(text) && !finding.text.contains('\n'), "{body}: {}", finding.text);
            assert_eq!(token(&status, None, Some(&zone)).level, with_a_zone, "{body}");
            assert_eq!(token(&status, None, Some(&ZoneAnswer::Hidden(String::new()))).level, level, "{body}");
        }
        let silence = token(&TokenStatus::judged(&Err("no answer in time".to_owned())), None, None);
        assert_eq!((silence.level, silence.text.as_str()), (Level::Warn, "cannot tell: no answer in time"));
    }

    /// The words of 9109 for a permission that is missing.
    const LACKS: &str = "Unauthorized to access requested resource";

    #[test]
    fn a_token_that_nobody_takes_is_a_fault_and_one_that_lacks_a_permission_is_none() {
        let heard = |status: u16, code: i64, message: &str| {
            let body =
                format!(r#"{{"success":false,"errors":[{{"code":{code},"message":"{message}"}}],"result":null}}"#);
            Ok(LookUpReply { status, date: None, body: body.into_bytes() })
        };
        let active = Ok(LookUpReply {
            status: 200,
            date: None,
            body: br#"{"success":true,"result":{"status":"active"}}"#.to_vec(),
        });
        let (no_user, by_code) = (heard(401, 1000, "Invalid API Token"), heard(403, 9109, LACKS));
        let (no_zone, lacks, bad) =
            (heard(401, 10000, "x"), heard(403, 9109, LACKS), heard(403, 9109, "Invalid access token"));
        let (wrong_id, broken) = (heard(404, 7003, "x"), heard(500, 0, "x"));
        let silence: Heard = Err("no answer in time".to_owned());
        for (user, account, zone, level) in [
            (&no_user, None, Some(&no_zone), Level::Fail),
            (&no_user, None, Some(&bad), Level::Fail),
            (&by_code, None, Some(&lacks), Level::Fail),
            (&by_code, None, Some(&no_zone), Level::Fail),
            (&no_user, Some(&no_user), Some(&lacks), Level::Fail),
            (&no_user, Some(&no_user), None, Level::Fail),
            (&no_user, Some(&by_code), Some(&wrong_id), Level::Fail),
            // An account's token for purges alone, whose account is not known.
            (&no_user, None, Some(&lacks), Level::Warn),
            (&no_user, None, Some(&heard(403, 10000, "Authentication error")), Level::Warn),
            (&no_user, None, None, Level::Warn),
            (&no_user, None, Some(&wrong_id), Level::Warn),
            (&no_user, Some(&silence), Some(&lacks), Level::Warn),
            (&no_user, Some(&broken), Some(&lacks), Level::Warn),
            (&broken, None, Some(&no_zone), Level::Warn),
            (&silence, None, Some(&silence), Level::Warn),
            (&no_user, Some(&active), Some(&lacks), Level::Ok),
            (&active, None, Some(&lacks), Level::Ok),
            (&active, None, Some(&bad), Level::Ok),
        ] {
            let (of_user, of_account) = (TokenStatus::judged(user), account.map(TokenStatus::judged));
            let zone = zone.map(ZoneAnswer::judged);
            let finding = token(&of_user, of_account.as_ref(), zone.as_ref());
            assert_eq!(finding.level, level, "{user:?} {account:?} {zone:?}: {finding:?}");
            assert!(finding.advice.is_some() || level == Level::Ok);
        }
    }
}
