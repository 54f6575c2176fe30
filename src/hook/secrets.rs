//! The secrets of a hook. A short one can be guessed, and an empty one opens the hook to everybody: neither can be made.

use std::fmt;

use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

/// Bytes that a secret has at least.
pub const SHORTEST: usize = 16;

/// The secrets of one hook; each of them opens it, so that one can be replaced without a gap.
#[derive(Clone)]
pub struct Secrets(Vec<SecretString>);

/// A secret has too few bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret has {0} bytes, and {SHORTEST} are the least")]
pub struct TooShort(pub usize);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Takes secrets of which each is long enough.
    ///
    /// # Errors
    /// When one is too short, or there is none.
    pub fn new(secrets: Vec<SecretString>) -> Result<Secrets, TooShort> {
        let shortest = secrets.iter().map(|secret| secret.expose_secret().len()).min().unwrap_or(0);
        if shortest < SHORTEST { Err(TooShort(shortest)) } else { Ok(Secrets(secrets)) }
    }

    /// Returns the bytes of each, for a check of a signature.
    pub(super) fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|secret| secret.expose_secret().as_bytes())
    }

    /// True for a text that is one of them. The time that this takes says nothing of how much of it is right.
    #[must_use]
    pub fn open_for(&self, presented: &[u8]) -> bool {
        // Both are hashed under one key first: the comparison is then of two hashes, whatever was presented.
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"a comparison in constant time");
        let opens = |secret: &&[u8]| hmac::verify(&key, presented, hmac::sign(&key, secret).as_ref()).is_ok();
        self.bytes().filter(opens).count() > 0
    }
}
