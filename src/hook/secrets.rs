//! What opens a hook: its secrets, and the public keys of a kind whose sender signs with a key of its own.
//!
//! A short secret can be guessed, and an empty one opens the hook to everybody: neither can be made.

use std::fmt;

use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use super::keys::PublicKeys;

/// Bytes that a secret has at least.
pub const SHORTEST: usize = 16;

/// The secrets of one hook; each of them opens it, so that one can be replaced without a gap.
#[derive(Clone)]
pub struct Secrets {
    secrets: Vec<SecretString>,
    keys: PublicKeys,
}

/// A secret has too few bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret has {0} bytes, and {SHORTEST} are the least")]
pub struct TooShort(pub usize);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.secrets.len())
    }
}

impl Secrets {
    /// Takes secrets of which each is long enough.
    ///
    /// # Errors
    /// When one is too short, or there is none.
    pub fn new(secrets: Vec<SecretString>) -> Result<Secrets, TooShort> {
        let shortest = secrets.iter().map(|secret| secret.expose_secret().len()).min().unwrap_or(0);
        if shortest < SHORTEST { Err(TooShort(shortest)) } else { Ok(Secrets { secrets, keys: PublicKeys::default() }) }
    }

    /// Takes a text in which each line is a secret, as a file or a variable has it.
    ///
    /// # Errors
    /// As [`Secrets::new`].
    pub fn of_lines(text: &SecretString) -> Result<Secrets, TooShort> {
        let lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
        Secrets::new(lines.map(|line| line.to_owned().into()).collect())
    }

    /// Returns the same secrets with these public keys beside them: they are fetched anew from time to time, and a secret is not.
    #[must_use]
    pub fn with_keys(self, keys: PublicKeys) -> Secrets {
        Secrets { keys, ..self }
    }

    /// True once there are public keys.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.keys.iter().next().is_some()
    }

    /// Returns the public keys.
    pub(super) fn keys(&self) -> &PublicKeys {
        &self.keys
    }

    /// Returns the bytes of each, for a check of a signature.
    pub(super) fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.secrets.iter().map(|secret| secret.expose_secret().as_bytes())
    }

    /// Returns a key for one purpose, made of the secret that is presented; `None` where that is none of them.
    #[must_use]
    pub fn key_of(&self, presented: &[u8], purpose: &[u8]) -> Option<hmac::Key> {
        self.open_for(presented).then(|| derived(presented, purpose))
    }

    /// Returns such a key of each of them.
    pub fn keys_for(&self, purpose: &[u8]) -> impl Iterator<Item = hmac::Key> {
        self.bytes().map(move |secret| derived(secret, purpose))
    }

    /// True where one secret opens both.
    #[must_use]
    pub fn meets(&self, other: &Secrets) -> bool {
        self.bytes().filter(|secret| other.open_for(secret)).count() > 0
    }

    /// True for a text that is one of them. The time that this takes says nothing of how much of it is right.
    #[must_use]
    pub fn open_for(&self, presented: &[u8]) -> bool {
        one_of(self.bytes(), presented)
    }
}

/// Makes a key of a secret that says nothing of it, nor of the key for another purpose.
fn derived(secret: &[u8], purpose: &[u8]) -> hmac::Key {
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), purpose);
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}

/// True for bytes that are one of several. All are compared, and each in constant time.
pub(super) fn one_of<'s>(secrets: impl Iterator<Item = &'s [u8]>, presented: &[u8]) -> bool {
    // Both are hashed under one key first: the comparison is then of two hashes, whatever was presented.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"a comparison in constant time");
    let opens = |secret: &&[u8]| hmac::verify(&key, presented, hmac::sign(&key, secret).as_ref()).is_ok();
    secrets.filter(opens).count() > 0
}
