//! The keys that open a provider: where its secrets come from, and into which headers they go. Never a value.
//!
//! The values live in [`crate::send`] alone, which finds them and puts them in.

use std::borrow::Cow;

use crate::config::TokenSource;

/// The keys that open a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Where the token comes from.
    pub source: TokenSource,
    /// The header that it goes into.
    pub secret: Secret,
    /// The permission that the token needs, for the hint where it is missing.
    pub needs: Option<&'static str>,
    /// The keys that open it where the usual variable of the token is not set.
    pub older: Option<&'static OlderKeys>,
}

/// The header of a token. Older keys have headers of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Secret {
    /// The header's name.
    pub header: Cow<'static, str>,
    /// The text before the token there: `Bearer `, or nothing.
    pub prefix: Cow<'static, str>,
}

/// Variables that open a provider together, in an older way than a token.
#[derive(Debug, PartialEq, Eq)]
pub struct OlderKeys {
    /// The secret one, whose presence decides.
    pub key: OlderKey,
    /// Those that belong to it.
    pub beside: &'static [OlderKey],
    /// A warning, for each run that uses them.
    pub warning: &'static str,
    /// The next thing to type where one is missing.
    pub hint: &'static str,
}

/// A variable, and the header that its value goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OlderKey {
    /// The variable.
    pub variable: &'static str,
    /// The header, in lower case.
    pub header: &'static str,
}

/// How a provider was opened, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It takes no secret.
    Unlocked,
    /// By a token.
    ByToken,
    /// By older keys.
    ByOlderKeys,
    /// Not at all: there are no credentials.
    NotAtAll,
}
