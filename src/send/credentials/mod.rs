//! What opens the API: a token, or the older pair of e-mail address and Global API Key. Shown to nobody.
//!
//! Values leave this folder in one function, into headers that are marked sensitive. Texts of servers pass through
//! [`Credentials::redact`], in case one repeats them. Where they come from is the configuration's choice; reading a file
//! and running a program are left to the files beside this one.

mod command;
mod error;
mod file;
mod redaction;
mod secret_header;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

pub use error::CredentialsError;
pub use secret_header::SecretHeader;

use crate::config::{EnvName, Environment, TokenSource};
use crate::provider::Secret;

/// The variables of the older pair, as Cloudflare's SDKs name them. They count where no token is set and none is configured.
const EMAIL: &str = "CLOUDFLARE_EMAIL";
const KEY: &str = "CLOUDFLARE_API_KEY";

/// Opens the API for one account or user.
#[derive(Debug, Clone)]
pub struct Credentials(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Sent as `Authorization: Bearer …`.
    Token(SecretString),
    /// Sent as `X-Auth-Email` and `X-Auth-Key`.
    GlobalKey { email: SecretString, key: SecretString },
    /// What is asked takes none.
    Nothing,
}

impl Credentials {
    /// Gets what a source holds: looks at the environment, reads the file, or runs the program. White space around it is
    /// let go.
    ///
    /// # Errors
    /// When it is missing, cannot be got, or cannot be a token.
    pub fn find(environment: &Environment, source: &TokenSource) -> Result<Credentials, CredentialsError> {
        let text = match source {
            TokenSource::Variable(name) => match environment.get(name.as_str())?.filter(|v| !v.trim().is_empty()) {
                Some(value) => value.to_owned(),
                None if source.is_default() => return global_key(environment, name),
                None => return Err(CredentialsError::Missing(name.as_str().to_owned())),
            },
            TokenSource::Command(command) => command::output(command, command::TIME)?,
            TokenSource::File(file) => file::content(file)?,
        };
        token(&text, source).map(|token| Credentials(Kind::Token(token)))
    }

    /// None, for a cache that takes purges from certain addresses.
    #[must_use]
    pub fn none() -> Credentials {
        Credentials(Kind::Nothing)
    }

    /// True for the older pair, which opens all that its user may do.
    #[must_use]
    pub fn are_a_global_key(&self) -> bool {
        matches!(self.0, Kind::GlobalKey { .. })
    }

    /// The headers, marked so that no log of the client shows them; `None` when a value cannot be one, or is not what is wanted.
    pub(in crate::send) fn headers(&self, secret: &Secret) -> Option<Vec<(HeaderName, HeaderValue)>> {
        let sensitive = |name: HeaderName, value: String| {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        };
        match (&self.0, secret) {
            (Kind::Token(token), Secret::Cloudflare) => {
                Some(vec![sensitive(AUTHORIZATION, format!("Bearer {}", token.expose_secret()))?])
            }
            (Kind::Token(token), Secret::Header { name, prefix }) => {
                let name = HeaderName::try_from(name).ok()?;
                Some(vec![sensitive(name, format!("{prefix}{}", token.expose_secret()))?])
            }
            (Kind::GlobalKey { email, key }, Secret::Cloudflare) => Some(vec![
                sensitive(HeaderName::from_static("x-auth-email"), email.expose_secret().to_owned())?,
                sensitive(HeaderName::from_static("x-auth-key"), key.expose_secret().to_owned())?,
            ]),
            (Kind::GlobalKey { .. }, Secret::Header { .. }) | (Kind::Nothing, _) => None,
        }
    }

    /// The text without the token or key, however it is spelled in it. Has to come before anything is cut: a part of a
    /// secret is not recognised.
    pub(in crate::send) fn redact(&self, text: &str) -> String {
        match &self.0 {
            Kind::Token(token) => redaction::redact(text, token.expose_secret(), "[token]"),
            Kind::GlobalKey { key, .. } => redaction::redact(text, key.expose_secret(), "[key]"),
            Kind::Nothing => text.to_owned(),
        }
    }
}

/// The older pair, where the usual variable is not set.
fn global_key(environment: &Environment, unset: &EnvName) -> Result<Credentials, CredentialsError> {
    let value = |name| environment.get(name).map(|value| value.map(str::trim).filter(|v| !v.is_empty()));
    let key = value(KEY)?.ok_or_else(|| CredentialsError::Missing(unset.as_str().to_owned()))?;
    let email = value(EMAIL)?.ok_or(CredentialsError::KeyAlone)?;
    if !is_plain(key) {
        return Err(CredentialsError::Malformed(KEY.to_owned()));
    }
    if !is_plain(email) {
        return Err(CredentialsError::Malformed(EMAIL.to_owned()));
    }
    Ok(Credentials(Kind::GlobalKey { email: email.into(), key: key.into() }))
}

fn token(text: &str, source: &TokenSource) -> Result<SecretString, CredentialsError> {
    match text.trim() {
        "" => Err(CredentialsError::Empty(source.to_string())),
        text if is_plain(text) => Ok(text.into()),
        _ => Err(CredentialsError::Malformed(source.to_string())),
    }
}

/// One word without quotes and the characters that escapes begin with; tokens have letters, digits, `-` and `_`.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\' | b'%' | b'&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        Credentials::find(&variables.iter().copied().collect(), &TokenSource::default())
    }

    fn headers(credentials: &Credentials) -> Vec<(String, String)> {
        let headers = credentials.headers(&Secret::Cloudflare).unwrap();
        assert!(headers.iter().all(|(_, value)| value.is_sensitive()));
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn the_token_is_trimmed_checked_and_never_shown() {
        let good = found(&[("CLOUDFLARE_API_TOKEN", " s3cret-token\n")]).unwrap();
        assert_eq!(headers(&good), [("authorization".to_owned(), "Bearer s3cret-token".to_owned())]);
        assert!(!format!("{good:?} {:?}", good.headers(&Secret::Cloudflare)).contains("s3cret"));
        assert_eq!(good.redact("bad token s3cret-token!"), "bad token [token]!");
        for bad in ["s3cret token", "s3cret\ttoken", "s3cret\ntoken", "s3cr\u{e9}t", "\"s3cret\"", "'s3cret'"] {
            let error = found(&[("CLOUDFLARE_API_TOKEN", bad)]).unwrap_err();
            assert!(matches!(error, CredentialsError::Malformed(_)), "{bad}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3c"), "{bad}");
        }
        assert!(matches!(found(&[("CLOUDFLARE_API_TOKEN", " ")]), Err(CredentialsError::Missing(_))));
    }

    #[test]
    fn the_older_pair_counts_where_there_is_no_token() {
        const PAIR: [(&str, &str); 2] = [(EMAIL, "a@example.com"), (KEY, "s3cret-key")];
        let pair = found(&PAIR).unwrap();
        let want = [("x-auth-email", "a@example.com"), ("x-auth-key", "s3cret-key")];
        assert_eq!(headers(&pair), want.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(
            pair.are_a_global_key() && !format!("{pair:?} {:?}", pair.headers(&Secret::Cloudflare)).contains("s3cret")
        );
        assert_eq!(pair.redact("bad key s3cret-key!"), "bad key [key]!");
        let token = found(&[PAIR[0], PAIR[1], ("CLOUDFLARE_API_TOKEN", "t")]).unwrap();
        assert_eq!(headers(&token)[0].0, "authorization", "a token wins");
        assert!(matches!(found(&PAIR[..1]), Err(CredentialsError::Missing(_))), "an address alone says nothing");
        assert!(matches!(found(&PAIR[1..]), Err(CredentialsError::KeyAlone)));
        for bad in [[(EMAIL, "a b@example.com"), PAIR[1]], [PAIR[0], (KEY, "s3cret key")]] {
            let error = found(&bad).unwrap_err();
            assert!(matches!(error, CredentialsError::Malformed(_)) && !format!("{error} {error:?}").contains("s3c"));
        }
    }
}
