//! The API's word on a token: a hint and no more, since account-owned tokens are verified elsewhere.
//!
//! Facts: the three words of `status`, and the other address for account-owned tokens. Reported by users: those get 401 or 403
//! here. So only the words `disabled` and `expired` are a fault.

use super::envelope::result;
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

/// Whether the token is good. One that read its zone is, whatever is said elsewhere.
pub(super) fn token(status: &TokenStatus, zone: Option<&ZoneAnswer>) -> Finding {
    match status {
        TokenStatus::Active { until: None } => Finding::ok(SUBJECT, "active"),
        TokenStatus::Active { until: Some(until) } => {
            Finding::ok(SUBJECT, format!("active until {}", shown(until.as_bytes())))
        }
        TokenStatus::Ended(word) => {
            Finding::fail(SUBJECT, word.clone(), "make a new one at dash.cloudflare.com/profile/api-tokens")
        }
        TokenStatus::Unknown(_) | TokenStatus::Silence(_) if matches!(zone, Some(ZoneAnswer::Known(_))) => {
            Finding::ok(SUBJECT, "it reads its zone (and is not a user's, or cannot be verified)")
        }
        TokenStatus::Unknown(why) => {
            let advice = "the API does not verify account-owned tokens here; if it is a user's, copy it again";
            Finding::warn(SUBJECT, format!("cannot tell: {why}"), advice)
        }
        TokenStatus::Silence(why) => {
            Finding::warn(SUBJECT, format!("cannot tell: {why}"), "check again when the API can be reached")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::zone::Zone;
    use super::*;
    use crate::provider::finding::Level;
    use crate::provider::look_up::LookUpReply;

    #[test]
    fn only_disabled_and_expired_are_faults() {
        let ok = |result: &str| format!(r#"{{"success":true,"errors":[],"messages":[],"result":{result}}}"#);
        let no = r#"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}],"result":null}"#.to_owned();
        let zone = ZoneAnswer::Known(Zone { name: "example.com".to_owned(), permissions: None, asleep: None });
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
            (500, "<html>".to_owned(), Level::Warn, "HTTP 500, <html>", Level::Ok),
        ] {
            let reply = LookUpReply { status, date: None, body: body.clone().into_bytes() };
            let status = TokenStatus::judged(&Ok(reply));
            let finding = token(&status, None);
            assert_eq!(finding.level, level, "{body}");
            assert!(finding.text.ends_with(text) && !finding.text.contains('\n'), "{body}: {}", finding.text);
            assert_eq!(token(&status, Some(&zone)).level, with_a_zone, "{body}");
            assert_eq!(token(&status, Some(&ZoneAnswer::Hidden(String::new()))).level, level, "{body}");
        }
        let silence = token(&TokenStatus::judged(&Err("no answer in time".to_owned())), None);
        assert_eq!((silence.level, silence.text.as_str()), (Level::Warn, "cannot tell: no answer in time"));
    }
}
