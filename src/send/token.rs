//! The token: read from the environment, shown to nobody.
//!
//! Its value leaves this file in one function, into a header that is marked sensitive. Texts of servers pass through
//! [`Token::redact`], in case one repeats it.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{EnvName, Environment, EnvironmentError};

/// An API token.
#[derive(Debug, Clone)]
pub struct Token {
    secret: SecretString,
}

/// Why there is no usable token. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The variable is unset or empty.
    #[error("no API token: the environment variable {0} is not set")]
    Missing(String),
    /// The variable's value is no text.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The value cannot be a header.
    #[error("the API token in {0} holds white space or characters that no token has")]
    Malformed(String),
}

impl TokenError {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            TokenError::Missing(name) => format!(
                "`export {name}=…`, with a token that has the permission Zone > Cache Purge; in CI, pass the secret to this step. `diffpurge plan` needs none"
            ),
            TokenError::Environment(_) | TokenError::Malformed(_) => {
                "copy the token again, without quotes or line breaks".to_owned()
            }
        }
    }
}

impl Token {
    /// Reads the token from the variable that the configuration names. White space around it is let go.
    ///
    /// # Errors
    /// When it is missing or cannot be a token.
    pub fn from_environment(environment: &Environment, name: &EnvName) -> Result<Token, TokenError> {
        let value = environment.get(name.as_str())?.map(str::trim).filter(|v| !v.is_empty());
        let value = value.ok_or_else(|| TokenError::Missing(name.as_str().to_owned()))?;
        if !value.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TokenError::Malformed(name.as_str().to_owned()));
        }
        Ok(Token { secret: SecretString::from(value) })
    }

    /// `Bearer …`, marked so that no log of the client shows it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The text without the token, should it hold it.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(self.secret.expose_secret(), "[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str) -> Result<Token, TokenError> {
        let config = crate::config::Cloudflare::default();
        Token::from_environment(&[("CLOUDFLARE_API_TOKEN", value)].into_iter().collect(), &config.token_env)
    }

    #[test]
    fn the_token_is_trimmed_checked_and_never_shown() {
        let good = token(" s3cret-token\n").unwrap();
        assert_eq!(good.header().unwrap().to_str().unwrap(), "Bearer s3cret-token");
        assert!(!format!("{good:?} {:?}", good.header()).contains("s3cret"));
        assert_eq!(good.redact("bad token s3cret-token!"), "bad token [token]!");
        for bad in ["s3cret token", "s3cret\ttoken", "s3cr\u{e9}t"] {
            let error = token(bad).unwrap_err();
            assert!(matches!(error, TokenError::Malformed(_)) && !error.to_string().contains("s3c"));
        }
        assert!(matches!(token(" "), Err(TokenError::Missing(_))));
    }
}
