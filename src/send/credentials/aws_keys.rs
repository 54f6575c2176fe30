//! The keys by which AWS knows who asks, and the signature that is made with them (Signature Version 4). They are shown to nobody.
//!
//! The time is an argument: a request is signed when it is sent, since a signature is good for a quarter of an hour
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use ring::{digest, hmac};
use secrecy::{ExposeSecret as _, SecretString};

use super::plain::is_plain;
use super::redaction::redact;
use super::stored_error::StoredError;
use crate::config::{Environment, EnvironmentError, StoredToken};
use crate::display::hex;

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION: &str = "AWS_SESSION_TOKEN";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last second that a date can be written for, at the end of the year 9999.
const END: Duration = Duration::from_secs(253_402_300_799);

/// Headers of a request, of which none is shown.
pub(in crate::send) type Headers = Vec<(HeaderName, HeaderValue)>;

/// The keys of a user, or of a role for a while.
pub(in crate::send) struct AwsKeys {
    id: String,
    secret: SecretString,
    /// Belongs to the keys of a role.
    session: Option<SecretString>,
}

/// A request that is to be signed.
pub(in crate::send) struct Unsigned<'r> {
    pub(in crate::send) method: &'r str,
    /// The value of the `Host` header.
    pub(in crate::send) host: &'r str,
    /// The URL's path; it has no query string.
    pub(in crate::send) path: &'r str,
    /// Further headers, by names in lower case.
    pub(in crate::send) headers: &'r [(&'static str, &'r str)],
    pub(in crate::send) body: &'r [u8],
    pub(in crate::send) region: &'r str,
    pub(in crate::send) service: &'r str,
}

impl AwsKeys {
    /// Takes the keys from the variables in which logins, CI systems and Lambda leave them.
    pub(in crate::send) fn find(environment: &Environment, token: &StoredToken) -> Result<AwsKeys, StoredError> {
        let value = |variable: &'static str| {
            let malformed = |_: EnvironmentError| StoredError::MalformedKeys(variable);
            let value = environment.get(variable).map_err(malformed)?.map(str::trim).filter(|value| !value.is_empty());
            match value {
                Some(value) if !is_plain(value) => Err(StoredError::MalformedKeys(variable)),
                value => Ok(value),
            }
        };
        let missing = |variable: &'static str| StoredError::NoKeys { token: token.to_string(), variable };
        Ok(AwsKeys {
            id: value(ID)?.ok_or_else(|| missing(ID))?.to_owned(),
            secret: value(SECRET)?.ok_or_else(|| missing(SECRET))?.into(),
            session: value(SESSION)?.map(SecretString::from),
        })
    }

    /// Returns the headers of a request with its signature; `None` where a value cannot be one.
    pub(in crate::send) fn signed(&self, request: &Unsigned<'_>, time: SystemTime) -> Option<Headers> {
        let date = date(time);
        let mut headers: Vec<(&str, &str)> = request.headers.to_vec();
        headers.extend([("host", request.host), ("x-amz-date", &date)]);
        headers.extend(self.session.as_ref().map(|session| ("x-amz-security-token", session.expose_secret())));
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let scope = format!("{}/{}/{}/aws4_request", date.get(..8)?, request.region, request.service);
        let canonical = canonical(request, &headers, &names);
        let text = format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let signature = self.signature(&scope, &text);
        let authorization =
            format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.id);
        let sensitive = |name: HeaderName, value: &str| {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        };
        let mut all = vec![sensitive(AUTHORIZATION, &authorization)?];
        for (name, value) in headers {
            all.push(sensitive(HeaderName::try_from(name).ok()?, value)?);
        }
        Some(all)
    }

    /// Signs a text with the key of its day, region and service.
    fn signature(&self, scope: &str, text: &str) -> String {
        let key = format!("AWS4{}", self.secret.expose_secret());
        let sign = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
        let mut parts = scope.split('/');
        let of_the_day = sign(key.as_bytes(), parts.next().unwrap_or_default());
        let key = parts.fold(of_the_day, |key, part| sign(key.as_ref(), part));
        hex(sign(key.as_ref(), text).as_ref())
    }

    /// A foreign text without the keys, in case a server repeats them: the text that was signed holds one.
    pub(in crate::send) fn redact(&self, text: &str) -> String {
        let secrets = [&self.secret].into_iter().chain(&self.session);
        secrets.fold(text.to_owned(), |text, secret| redact(&text, secret.expose_secret(), "[key]"))
    }
}

/// The request in the one form that both sides sign.
fn canonical(request: &Unsigned<'_>, headers: &[(&str, &str)], names: &str) -> String {
    let mut text = format!("{}\n{}\n\n", request.method, request.path);
    for (name, value) in headers {
        // Writing to a String cannot fail.
        let _infallible = writeln!(text, "{name}:{value}");
    }
    let _infallible = write!(text, "\n{names}\n{}", sha256(request.body));
    text
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The time like `20261125T120000Z`. It is made of a header's date, so that the calendar is known in one place.
fn date(time: SystemTime) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let text = httpdate::fmt_http_date(time.clamp(UNIX_EPOCH, UNIX_EPOCH + END));
    // `Wed, 25 Nov 2026 12:00:00 GMT`
    let part = |from: usize, length: usize| text.get(from..from + length).unwrap_or_default();
    let month = MONTHS.find(part(8, 3)).unwrap_or_default() / 3 + 1;
    format!("{}{month:02}{}T{}{}{}Z", part(12, 4), part(5, 2), part(17, 2), part(20, 2), part(23, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, TokenSource};

    /// The headers that are signed for a request of another service, at noon of a day.
    fn signed(variables: &[(&str, &str)]) -> Headers {
        let keys = found(variables).unwrap_or_else(|error| panic!("{error}"));
        let request = Unsigned {
            method: "POST",
            host: "cloudfront.amazonaws.com",
            path: "/2020-05-31/distribution/EDFDVBD632BHDS5/invalidation",
            headers: &[],
            body: b"<InvalidationBatch/>",
            region: "us-east-1",
            service: "cloudfront",
        };
        keys.signed(&request, httpdate::parse_http_date("Wed, 25 Nov 2026 12:00:00 GMT").unwrap()).unwrap()
    }

    fn found(variables: &[(&str, &str)]) -> Result<AwsKeys, StoredError> {
        let site =
            "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.cloudflare]\ntoken_ssm = \"/t\"\n";
        let site = Config::parse(site, "").unwrap().sites.remove(0);
        match site.cache.token_source() {
            Some(TokenSource::Stored(token)) => AwsKeys::find(&variables.iter().copied().collect(), token),
            other => panic!("{other:?}"),
        }
    }

    fn value<'h>(headers: &'h Headers, name: &str) -> &'h str {
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_str().unwrap()).unwrap()
    }

    const USER: [(&str, &str); 2] = [(ID, "AKIDEXAMPLE"), (SECRET, "secret")];

    #[test]
    fn a_signature_is_the_one_that_amazons_own_signer_makes() {
        const SCOPE: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/us-east-1/cloudfront/aws4_request";
        let of_user = signed(&USER);
        assert_eq!(
            value(&of_user, "authorization"),
            format!(
                "{SCOPE}, SignedHeaders=host;x-amz-date, Signature=e77bd8327c382523232eb623547c53b4fd38367a69331c6dcfc85ac8d4b99b73"
            )
        );
        assert_eq!(value(&of_user, "x-amz-date"), "20261125T120000Z");
        let of_role = signed(&[USER[0], USER[1], (SESSION, "TOKEN/+=")]);
        assert_eq!(
            value(&of_role, "authorization"),
            format!(
                "{SCOPE}, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=a48ee7082bc3ac7e860346ee018c1fc013533eaeb4fa454ccc73350ac70399b4"
            )
        );
        assert_eq!(value(&of_role, "x-amz-security-token"), "TOKEN/+=");
        assert!(of_role.iter().all(|(_, value)| value.is_sensitive()));
    }

    #[test]
    fn a_date_is_written_for_any_time() {
        for (time, want) in [
            ("Tue, 29 Feb 2028 23:59:58 GMT", "20280229T235958Z"),
            ("Fri, 01 Jan 2027 00:00:00 GMT", "20270101T000000Z"),
            ("Thu, 31 Dec 2026 09:08:07 GMT", "20261231T090807Z"),
        ] {
            assert_eq!(date(httpdate::parse_http_date(time).unwrap()), want);
        }
        assert_eq!(date(UNIX_EPOCH - Duration::from_secs(9)), "19700101T000000Z");
        assert_eq!(date(UNIX_EPOCH + END + Duration::from_secs(9)), "99991231T235959Z");
    }

    #[test]
    fn keys_that_are_missing_or_spoiled_are_named_and_not_shown() {
        for (variables, want) in [
            (vec![], "no AWS credentials for `token_ssm` (/t): the environment variable AWS_ACCESS_KEY_ID is not set"),
            (vec![(ID, "AKID"), (SECRET, " ")], "the environment variable AWS_SECRET_ACCESS_KEY is not set"),
            (vec![(ID, "AKID"), (SECRET, "s3cret s3cret")], "what AWS_SECRET_ACCESS_KEY holds is no credential"),
            (vec![(ID, "AK\u{e9}"), (SECRET, "s3cret")], "what AWS_ACCESS_KEY_ID holds is no credential"),
            (vec![USER[0], USER[1], (SESSION, "s3cret\ns3cret")], "what AWS_SESSION_TOKEN holds is no credential"),
        ] {
            let error = found(&variables).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(want), "{error}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"), "{error:?}");
        }
        // An empty token is what some logins leave of an earlier one; a line break is what a copy brings along.
        let keys = found(&[(ID, "AKID\n"), (SECRET, "s3cret"), (SESSION, "")]).unwrap_or_else(|e| panic!("{e}"));
        assert!(keys.id == "AKID" && keys.session.is_none());
        let role = found(&[(ID, "AKID"), (SECRET, "s3cret"), (SESSION, "to/k+=")]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(role.redact("a s3cret \\u0074o\\/k+= b"), "a [key] [key] b");
    }
}
