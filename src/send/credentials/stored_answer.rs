//! The answer of a store of AWS: the value, which becomes a secret at once, or why there is none.
//!
//! Of an answer with a value nothing is ever shown, not even why it cannot be read: a parser's words may hold a part of it. The words of
//! a refusal are shown without the keys that asked.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::aws_keys::AwsKeys;
use super::stored_error::StoredError;
use crate::config::{StoredToken, TokenStore};
use crate::display::line;

/// Bytes of a value that are taken, as of a file's or a program's. Secrets Manager keeps no more, Parameter Store 8 KB.
const MOST: usize = 64 << 10;

/// Characters of AWS's words that are shown.
const SHOWN: usize = 400;

/// An answer, as it came. Its body is shown to nobody.
pub(in crate::send) struct StoredAnswer {
    status: u16,
    retry_after: Option<Duration>,
    body: SecretSlice<u8>,
}

/// A text that a store gave, shown to nobody.
#[derive(Debug)]
pub struct StoredText(pub(super) SecretString);

/// Why an answer gives no value.
pub(in crate::send) enum NoValue {
    /// Another try may.
    Busy { throttled: bool, retry_after: Option<Duration>, why: String },
    /// None will.
    Never(StoredError),
}

/// A refusal as both stores word it. The message begins with a capital in some, and stands there twice in others.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    kind: String,
    message: Option<String>,
    #[serde(rename = "Message")]
    other: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    secret_string: Option<Text>,
    secret_binary: Option<serde::de::IgnoredAny>,
}

struct Text(SecretString);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        String::deserialize(deserializer).map(|text| Text(text.into()))
    }
}

impl StoredAnswer {
    pub(in crate::send) fn new(status: u16, retry_after: Option<Duration>, body: Vec<u8>) -> StoredAnswer {
        StoredAnswer { status, retry_after, body: body.into() }
    }

    /// Reads it as the answer to a question for `token` in `region`, that was signed with `keys`.
    pub(in crate::send) fn value(
        &self,
        token: &StoredToken,
        region: &str,
        keys: &AwsKeys,
    ) -> Result<StoredText, NoValue> {
        if self.status == 200 {
            return value(token, self.body.expose_secret()).map_err(NoValue::Never);
        }
        let (status, retry_after) = (self.status, self.retry_after);
        // Before it is parsed: escapes would come undone.
        let text = keys.redact(&String::from_utf8_lossy(self.body.expose_secret()));
        let busy = |throttled, why| Err(NoValue::Busy { throttled, retry_after, why });
        let Some((code, message)) = refusal(&text) else {
            let what = format!("HTTP {status}");
            return match status {
                429 | 503 => busy(true, what),
                500..=599 => busy(false, what),
                _ => Err(NoValue::Never(StoredError::Foreign { token: token.to_string(), what })),
            };
        };
        let (code, said) = (code.as_str(), said(&code, message.as_deref()));
        let is_throttled =
            code.contains("Throttl") || code == "TooManyRequestsException" || matches!(status, 429 | 503);
        match status {
            _ if is_throttled => busy(true, said),
            500..=599 => busy(false, said),
            _ => Err(NoValue::Never(StoredError::of_code(code, token, region, format!(": {said}")))),
        }
    }
}

/// Takes the code and the message of a refusal out of an answer: in JSON, or in XML, as who judges signatures may word it.
fn refusal(text: &str) -> Option<(String, Option<String>)> {
    let between = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>")).map(|(inner, _)| inner.to_owned())
    };
    let (kind, message) = match serde_json::from_str::<Refusal>(text) {
        Ok(refusal) => (refusal.kind, refusal.message.or(refusal.other)),
        Err(_) => (between("Code")?, between("Message")),
    };
    // `com.amazonaws.ssm#ParameterNotFound`, and sometimes a URL behind a colon.
    let code = kind.rsplit('#').next().and_then(|code| code.split(':').next()).unwrap_or_default();
    Some((code.to_owned(), message))
}

/// AWS's words on one line, with the code behind them.
fn said(code: &str, message: Option<&str>) -> String {
    let short = |text: &str| line(&text.chars().take(SHOWN).collect::<String>());
    match message.map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => format!("{} ({})", short(message), short(code)),
        None => short(code),
    }
}

/// Takes the value out of an answer that has one.
fn value(token: &StoredToken, body: &[u8]) -> Result<StoredText, StoredError> {
    let foreign = |_: serde_json::Error| StoredError::Foreign {
        token: token.to_string(),
        what: "it is no JSON with a value".to_owned(),
    };
    let text = match token.store() {
        TokenStore::Parameters => serde_json::from_slice::<Parameters>(body).map_err(foreign)?.parameter.value.0,
        TokenStore::Secrets => match serde_json::from_slice::<Secret>(body).map_err(foreign)? {
            Secret { secret_string: Some(text), .. } => picked(token, text.0)?,
            Secret { secret_binary: Some(_), .. } => return Err(StoredError::Binary(token.to_string())),
            Secret { .. } => {
                return Err(StoredError::Foreign {
                    token: token.to_string(),
                    what: "it is no JSON with a value".to_owned(),
                });
            }
        },
    };
    if text.expose_secret().len() > MOST {
        return Err(StoredError::TooLong(token.to_string()));
    }
    Ok(StoredText(text))
}

/// Takes the one value out of a secret that holds several. AWS's console writes each secret as JSON, even one with a single value, and a
/// second may join it: so which is meant is said, and never guessed.
fn picked(token: &StoredToken, text: SecretString) -> Result<SecretString, StoredError> {
    let values = serde_json::from_str::<BTreeMap<String, Value>>(text.expose_secret());
    match (token.key(), values) {
        (None, Err(_)) => Ok(text),
        (None, Ok(_)) => Err(StoredError::NoKey { token: token.to_string(), name: token.name().to_owned() }),
        (Some(key), Ok(mut values)) => match values.remove(key) {
            Some(Value::String(value)) => Ok(value.into()),
            _ => Err(StoredError::NotUnderKey(token.to_string())),
        },
        (Some(_), Err(_)) => Err(StoredError::NotUnderKey(token.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::{Config, Environment, TokenSource};

    /// The outcome of an answer, in words; the value is in brackets.
    fn read(line: &str, status: u16, body: &str) -> String {
        let site = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.cloudflare]\n";
        let site = Config::parse(&format!("{site}{line}\n"), "").unwrap().sites.remove(0);
        let Some(TokenSource::Stored(token)) = site.cache.token_source() else { panic!("{line}") };
        let keys =
            [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s3cret"), ("AWS_SESSION_TOKEN", "s3ssion")];
        let keys = AwsKeys::find(&keys.into_iter().collect::<Environment>(), token).unwrap_or_else(|e| panic!("{e}"));
        let answer = StoredAnswer::new(status, None, body.as_bytes().to_vec());
        match answer.value(token, "eu-central-1", &keys) {
            Ok(text) => format!("[{}]", text.0.expose_secret()),
            Err(NoValue::Busy { throttled, why, .. }) => format!("busy {throttled}: {why}"),
            Err(NoValue::Never(error)) => {
                assert!(!format!("{error:?} {}", error.hint()).contains("s3"), "{error:?}");
                error.to_string()
            }
        }
    }

    const SSM: &str = "token_ssm = \"/t\"";
    const SECRET: &str = "token_secret = \"t\"";
    const KEYED: &str = "token_secret = \"t#key\"";

    #[test]
    fn a_value_is_taken_out_of_either_store() {
        for (line, body, want) in [
            (SSM, r#"{"Parameter":{"Name":"/t","Type":"SecureString","Value":"v","Version":1}}"#, "[v]"),
            (SECRET, r#"{"ARN":"arn","Name":"t","SecretString":"v","VersionId":"1"}"#, "[v]"),
            (KEYED, r#"{"SecretString":"{\"key\":\"v\",\"user\":\"u\"}"}"#, "[v]"),
            (SECRET, r#"{"SecretString":"[1]"}"#, "[[1]]"),
        ] {
            assert_eq!(read(line, 200, body), want);
        }
        assert!(!format!("{:?}", StoredText("a-s3cret".into())).contains("s3"));
    }

    #[test]
    fn a_secret_that_is_no_token_is_told_without_its_content() {
        let long = format!(r#"{{"SecretString":"{}"}}"#, "s3".repeat(40_000));
        for (line, body, want) in [
            (
                SECRET,
                r#"{"SecretString":"{\"key\":\"s3\"}"}"#,
                "`token_secret` (t) holds JSON, and nothing says which of its keys is the token",
            ),
            (
                SECRET,
                r#"{"SecretString":"{}"}"#,
                "`token_secret` (t) holds JSON, and nothing says which of its keys is the token",
            ),
            (KEYED, r#"{"SecretString":"{\"Key\":\"s3\"}"}"#, "`token_secret` (t#key) holds no text under that key"),
            (KEYED, r#"{"SecretString":"{\"key\":[\"s3\"]}"}"#, "`token_secret` (t#key) holds no text under that key"),
            (KEYED, r#"{"SecretString":"s3"}"#, "`token_secret` (t#key) holds no text under that key"),
            (SECRET, r#"{"SecretBinary":"czM="}"#, "`token_secret` (t) is binary, and a token is text"),
            (SECRET, &long, "`token_secret` (t) holds more than 65536 bytes, which no token has"),
            (
                SECRET,
                r#"{"SecretString":["s3"]}"#,
                "the answer for `token_secret` (t) is none of AWS's: it is no JSON with a value",
            ),
            (SECRET, "{}", "the answer for `token_secret` (t) is none of AWS's: it is no JSON with a value"),
            (
                SSM,
                r#"{"Parameter":{"Value":{"s3":1}}}"#,
                "the answer for `token_ssm` (/t) is none of AWS's: it is no JSON with a value",
            ),
            (SSM, "<html>s3</html>", "the answer for `token_ssm` (/t) is none of AWS's: it is no JSON with a value"),
        ] {
            assert_eq!(read(line, 200, body), want, "{line}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_awss_words_and_without_the_keys() {
        for (status, body, want) in [
            (
                400,
                r#"{"__type":"ParameterNotFound"}"#,
                "AWS has no `token_ssm` (/t) in eu-central-1: ParameterNotFound",
            ),
            (
                400,
                r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn is not authorized"}"#,
                "AWS does not allow the reading of `token_ssm` (/t): User: arn is not authorized (AccessDeniedException)",
            ),
            (
                400,
                r#"{"__type":"ExpiredTokenException","message":"The security token s3ssion is expired"}"#,
                "the AWS credentials have expired: The security token [key] is expired (ExpiredTokenException)",
            ),
            (
                400,
                r#"{"__type":"InvalidSignatureException:http://x","message":"x-amz-security-token:\u00733ssion\nx s3cret","Message":"y"}"#,
                "AWS does not take the credentials: x-amz-security-token:[key]\\nx [key] (InvalidSignatureException)",
            ),
            (
                403,
                "<Error><Code>InvalidClientTokenId</Code><Message>It is invalid.</Message></Error>",
                "AWS does not take the credentials: It is invalid. (InvalidClientTokenId)",
            ),
            (
                400,
                r#"{"__type":"ValidationException","message":"m"}"#,
                "AWS refuses `token_ssm` (/t): m (ValidationException)",
            ),
            (
                400,
                r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#,
                "busy true: Rate exceeded (ThrottlingException)",
            ),
            (429, "slow", "busy true: HTTP 429"),
            (500, r#"{"__type":"InternalServerError"}"#, "busy false: InternalServerError"),
            (502, "<html>", "busy false: HTTP 502"),
            (403, "<html>s3</html>", "the answer for `token_ssm` (/t) is none of AWS's: HTTP 403"),
            (301, "", "the answer for `token_ssm` (/t) is none of AWS's: HTTP 301"),
        ] {
            assert_eq!(read(SSM, status, body), want);
        }
    }

    const ANSWERS: [&str; 5] = [
        r#"{"Parameter":{"Name":"/t","Type":"SecureString","Value":"v","Version":1}}"#,
        r#"{"ARN":"arn","Name":"t","SecretString":"{\"key\":\"v\"}","VersionStages":["AWSCURRENT"]}"#,
        r#"{"SecretString":"{\"key\":[[[[{}]]]]}","SecretBinary":"czM="}"#,
        r#"{"__type":"com.amazonaws.ssm#ParameterNotFound:http://x","message":"not found\u001b","Message":"not"}"#,
        "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error></ErrorResponse>",
    ];

    proptest! {
        /// Not from outside of this crate, where each answer would take a connection.
        #[test]
        fn an_answer_that_is_nearly_right_never_crashes_and_keeps_to_its_line(
            which in 0..ANSWERS.len(),
            status in prop::sample::select(vec![200_u16, 400, 403, 429, 500, 503]),
            places in prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0..3_u8), 0..6),
        ) {
            let mut text: Vec<char> = ANSWERS[which].chars().collect();
            for (place, c, how) in places {
                let at = place.index(text.len());
                match how {
                    0 => text[at] = c,
                    1 => text.insert(at, c),
                    _ => text.truncate(at.max(1)),
                }
            }
            let text: String = text.into_iter().collect();
            for line in [SSM, SECRET, KEYED] {
                let outcome = read(line, status, &text);
                prop_assert!(outcome.starts_with('[') || !outcome.contains(char::is_control), "{outcome:?}");
            }
        }
    }
}
