//! The values that open a provider: a token, or older keys. They are shown to nobody.
//!
//! Values leave this folder in one function, into headers that are marked sensitive. Texts of servers pass through
//! [`Credentials::redact`], in case one repeats them. Where they come from is the configuration's choice; reading a file
//! and running a program are left to the files beside this one.

mod aws_keys;
mod command;
mod error;
mod file;
mod plain;
mod redaction;
mod secret_header;
mod stored_answer;
mod stored_error;

use std::fmt::Write as _;

use reqwest::header::{HeaderName, HeaderValue};
use ring::digest;
use secrecy::{ExposeSecret as _, SecretString};

pub(in crate::send) use aws_keys::{AwsKeys, Headers, Unsigned};
pub use error::CredentialsError;
pub use secret_header::SecretHeader;
pub use stored_answer::StoredText;
pub(in crate::send) use stored_answer::{NoValue, StoredAnswer};
pub(in crate::send) use stored_error::StoredError;

use self::plain::is_plain;

use crate::config::{EnvName, Environment, StoredToken, TokenSource};
use crate::provider::{Keys, OlderKey, OlderKeys, Secret};

/// Bytes of a digest that are enough to tell accounts apart.
const NAME: usize = 16;

/// Gets the secret that a door checks others by, from where the configuration says; `None` where the variable is not set. White space
/// around it is let go.
///
/// # Errors
/// When the file cannot be read, or may be read by others, or the variable is no text.
pub fn secret(environment: &Environment, source: &TokenSource) -> Result<Option<SecretString>, CredentialsError> {
    let text = match source {
        TokenSource::Variable(name) => match environment.get(name.as_str())? {
            Some(value) => value.to_owned(),
            None => return Ok(None),
        },
        TokenSource::Command(command) => command::output(command, command::TIME)?,
        TokenSource::File(file) => file::content(file)?,
        TokenSource::Stored(_) => return Err(CredentialsError::Elsewhere(source.to_string())),
    };
    Ok(Some(SecretString::from(text.trim())))
}

/// Opens the API for one account or user.
#[derive(Debug, Clone)]
pub struct Credentials(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Sent in the header that a request names.
    Token(SecretString),
    /// Sent in headers of their own, which stand beside the values.
    Older { keys: &'static OlderKeys, values: Vec<(&'static str, SecretString)> },
    /// None is needed.
    Nothing,
}

impl Credentials {
    /// Gets what a source holds: looks at the environment, reads the file, runs the program, or has a store asked. White space
    /// around it is let go.
    ///
    /// # Errors
    /// When it is missing, cannot be got, or cannot be a token.
    pub fn find(
        environment: &Environment,
        keys: &Keys,
        ask: impl FnOnce(&StoredToken) -> Result<StoredText, CredentialsError>,
    ) -> Result<Credentials, CredentialsError> {
        let missing = |name: &EnvName| {
            let (variable, needs) = (name.as_str().to_owned(), keys.needs);
            if environment.is_blank(name.as_str()) {
                CredentialsError::Blank { variable, needs }
            } else {
                CredentialsError::Missing { variable, needs }
            }
        };
        let text = match &keys.source {
            TokenSource::Variable(name) => match environment.get(name.as_str())?.filter(|v| !v.trim().is_empty()) {
                Some(value) => value.to_owned(),
                None => match keys.older.filter(|_| keys.source.is_default()) {
                    Some(older) => return older_keys(environment, older, missing(name)),
                    None => return Err(missing(name)),
                },
            },
            TokenSource::Command(command) => command::output(command, command::TIME)?,
            TokenSource::File(file) => file::content(file)?,
            TokenSource::Stored(stored) => {
                return token(ask(stored)?.0.expose_secret(), &keys.source)
                    .map(|token| Credentials(Kind::Token(token)));
            }
        };
        token(&text, &keys.source).map(|token| Credentials(Kind::Token(token)))
    }

    /// None, for a cache that takes purges from certain addresses.
    #[must_use]
    pub fn none() -> Credentials {
        Credentials(Kind::Nothing)
    }

    /// Returns the older keys, where these are such; `None` for a token.
    #[must_use]
    pub fn older_keys(&self) -> Option<&'static OlderKeys> {
        match &self.0 {
            Kind::Older { keys, .. } => Some(keys),
            Kind::Token(_) | Kind::Nothing => None,
        }
    }

    /// The headers, marked so that no log of the client shows them; `None` when a value cannot be one, or there is none.
    pub(in crate::send) fn headers(&self, secret: &Secret) -> Option<Vec<(HeaderName, HeaderValue)>> {
        let sensitive = |name: &str, value: String| {
            let name = HeaderName::try_from(name).ok()?;
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        };
        match &self.0 {
            Kind::Token(token) => {
                Some(vec![sensitive(&secret.header, format!("{}{}", secret.prefix, token.expose_secret()))?])
            }
            Kind::Older { values, .. } => {
                values.iter().map(|(header, value)| sensitive(header, value.expose_secret().to_owned())).collect()
            }
            Kind::Nothing => None,
        }
    }

    /// Returns a name for them at one server and for one budget, from which nobody learns them; `None` where there are none.
    pub(in crate::send) fn name_of(&self, base: &str, budget: &str) -> Option<String> {
        let values: Vec<&str> = match &self.0 {
            Kind::Token(token) => vec![token.expose_secret()],
            Kind::Older { values, .. } => values.iter().map(|(_, value)| value.expose_secret()).collect(),
            Kind::Nothing => return None,
        };
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [base, budget].into_iter().chain(values) {
            context.update(part.as_bytes());
            context.update(b"\0");
        }
        let mut name = String::new();
        for byte in &context.finish().as_ref()[..NAME] {
            let _infallible = write!(name, "{byte:02x}");
        }
        Some(name)
    }

    /// The text without the token or key, however it is spelled in it. Has to come before anything is cut: a part of a
    /// secret is not recognised.
    pub(in crate::send) fn redact(&self, text: &str) -> String {
        match &self.0 {
            Kind::Token(token) => redaction::redact(text, token.expose_secret(), "[token]"),
            // The first is the secret one.
            Kind::Older { values, .. } => values
                .first()
                .map_or_else(|| text.to_owned(), |(_, key)| redaction::redact(text, key.expose_secret(), "[key]")),
            Kind::Nothing => text.to_owned(),
        }
    }
}

/// The older keys, where the usual variable is not set.
fn older_keys(
    environment: &Environment,
    keys: &'static OlderKeys,
    none: CredentialsError,
) -> Result<Credentials, CredentialsError> {
    let value = |key: &OlderKey| {
        environment.get(key.variable).map(|value| value.map(str::trim).filter(|value| !value.is_empty()))
    };
    let checked = |key: &OlderKey, value: &str| {
        let malformed = || CredentialsError::Malformed(key.variable.to_owned());
        is_plain(value).then(|| (key.header, SecretString::from(value))).ok_or_else(malformed)
    };
    let Some(first) = value(&keys.key)? else { return Err(none) };
    let mut values = vec![checked(&keys.key, first)?];
    for key in keys.beside {
        let (set, unset) = (keys.key.variable, key.variable);
        let one = value(key)?.ok_or(CredentialsError::Half { set, unset, hint: keys.hint })?;
        values.push(checked(key, one)?);
    }
    Ok(Credentials(Kind::Older { keys, values }))
}

fn token(text: &str, source: &TokenSource) -> Result<SecretString, CredentialsError> {
    match text.trim() {
        "" => Err(CredentialsError::Empty(source.to_string())),
        text if is_plain(text) => Ok(text.into()),
        _ => Err(CredentialsError::Malformed(source.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    const EMAIL: &str = "CLOUDFLARE_EMAIL";
    const KEY: &str = "CLOUDFLARE_API_KEY";
    const BEARER: Secret = Secret { header: Cow::Borrowed("authorization"), prefix: Cow::Borrowed("Bearer ") };
    const OLDER: OlderKeys = OlderKeys {
        key: OlderKey { variable: KEY, header: "x-auth-key" },
        beside: &[OlderKey { variable: EMAIL, header: "x-auth-email" }],
        warning: "",
        hint: "",
    };

    fn found(variables: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        let keys = Keys { source: TokenSource::default(), secret: BEARER, needs: None, older: Some(&OLDER) };
        Credentials::find(&variables.iter().copied().collect(), &keys, |stored| panic!("{stored}"))
    }

    fn headers(credentials: &Credentials) -> Vec<(String, String)> {
        let headers = credentials.headers(&BEARER).unwrap();
        assert!(headers.iter().all(|(_, value)| value.is_sensitive()));
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn the_token_is_trimmed_checked_and_never_shown() {
        let good = found(&[("CLOUDFLARE_API_TOKEN", " s3cret-token\n")]).unwrap();
        assert_eq!(headers(&good), [("authorization".to_owned(), "Bearer s3cret-token".to_owned())]);
        assert!(!format!("{good:?} {:?}", good.headers(&BEARER)).contains("s3cret"));
        assert_eq!(good.redact("bad token s3cret-token!"), "bad token [token]!");
        for bad in ["s3cret token", "s3cret\ttoken", "s3cret\ntoken", "s3cr\u{e9}t", "\"s3cret\"", "'s3cret'"] {
            let error = found(&[("CLOUDFLARE_API_TOKEN", bad)]).unwrap_err();
            assert!(matches!(error, CredentialsError::Malformed(_)), "{bad}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3c"), "{bad}");
        }
        for blank in ["", " ", "\n"] {
            assert!(
                matches!(found(&[("CLOUDFLARE_API_TOKEN", blank)]), Err(CredentialsError::Blank { .. })),
                "{blank:?}"
            );
        }
        assert!(matches!(found(&[]), Err(CredentialsError::Missing { .. })));
    }

    #[test]
    fn the_older_pair_counts_where_there_is_no_token() {
        const PAIR: [(&str, &str); 2] = [(EMAIL, "a@example.com"), (KEY, "s3cret-key")];
        let pair = found(&PAIR).unwrap();
        let want = [("x-auth-key", "s3cret-key"), ("x-auth-email", "a@example.com")];
        assert_eq!(headers(&pair), want.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(pair.older_keys().is_some() && !format!("{pair:?} {:?}", pair.headers(&BEARER)).contains("s3cret"));
        assert_eq!(pair.redact("bad key s3cret-key!"), "bad key [key]!");
        let token = found(&[PAIR[0], PAIR[1], ("CLOUDFLARE_API_TOKEN", "t")]).unwrap();
        assert_eq!(headers(&token)[0].0, "authorization", "a token wins");
        let keys = Keys { source: TokenSource::default(), secret: BEARER, needs: None, older: None };
        let elsewhere = Credentials::find(&PAIR.into_iter().collect(), &keys, |stored| panic!("{stored}"));
        assert!(matches!(elsewhere, Err(CredentialsError::Missing { .. })), "they open nothing but what they are for");
        assert!(matches!(found(&PAIR[..1]), Err(CredentialsError::Missing { .. })), "an address alone says nothing");
        assert!(matches!(found(&PAIR[1..]), Err(CredentialsError::Half { .. })));
        for bad in [[(EMAIL, "a b@example.com"), PAIR[1]], [PAIR[0], (KEY, "s3cret key")]] {
            let error = found(&bad).unwrap_err();
            assert!(matches!(error, CredentialsError::Malformed(_)) && !format!("{error} {error:?}").contains("s3c"));
        }
    }
}
