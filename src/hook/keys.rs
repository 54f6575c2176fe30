//! Public keys as they are published: a JSON Web Key Set (RFC 7517).
//!
//! Only keys of RSA that sign are taken; the rest of a set is for others. Where a set comes from is left to the receiver.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::config::RsaKey;
use crate::events::Strict;

/// Public keys, of which each may have signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicKeys(Vec<RsaKey>);

/// Keys of a set that are taken. Google publishes two or three, and each is tried.
const MOST: usize = 16;

/// The fewest bytes of a modulus: 2,048 bits, as RFC 7518 asks for.
const MODULUS: usize = 256;

/// A text is no set of public keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    /// It is something else.
    #[error("it is no JSON Web Key Set")]
    NoSet,
    /// None of its keys is of use.
    #[error("it holds no key of RSA that signs")]
    NoneOfUse,
    /// It is longer than any set.
    #[error("it holds more than {MOST} keys")]
    TooMany,
}

impl PublicKeys {
    /// Reads a JSON Web Key Set.
    ///
    /// # Errors
    /// When it is none, or holds no key of use.
    pub fn read(text: &[u8]) -> Result<PublicKeys, NoKeys> {
        let set: Strict = serde_json::from_slice(text).map_err(|_| NoKeys::NoSet)?;
        let keys = set.value.get("keys").and_then(Value::as_array).filter(|_| set.twice.is_none());
        let keys = keys.ok_or(NoKeys::NoSet)?;
        if keys.len() > MOST {
            return Err(NoKeys::TooMany);
        }
        let keys: Vec<RsaKey> = keys.iter().filter_map(key).collect();
        if keys.is_empty() { Err(NoKeys::NoneOfUse) } else { Ok(PublicKeys(keys)) }
    }

    /// Returns each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &RsaKey> {
        self.0.iter()
    }
}

/// Reads one key of a set.
fn key(key: &Value) -> Option<RsaKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let is = |name: &str, wanted: &str| key.get(name).is_none_or(|value| value == wanted);
    let signs = text("kty") == Some("RSA") && is("use", "sig") && is("alg", "RS256");
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let key = RsaKey::of(&number("n")?, &number("e")?)?;
    (signs && key.numbers().0.len() >= MODULUS).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_set_gives_the_keys_of_rsa_that_sign() {
        let n = URL_SAFE_NO_PAD.encode([0xab; 256]);
        let good = json!({ "kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": n, "e": "AQAB" });
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            key
        };
        let read = |keys: Value| PublicKeys::read(json!({ "keys": keys }).to_string().as_bytes());
        assert_eq!(read(json!([good, good])).unwrap().iter().count(), 2);
        for other in [
            with("kty", json!("EC")),
            with("kty", json!("rsa")),
            with("use", json!("enc")),
            with("use", json!(null)),
            with("alg", json!("RS1")),
            with("n", json!(URL_SAFE_NO_PAD.encode([0xab; 128]))),
            with("n", json!(format!("{n}="))),
            with("n", json!(7)),
            with("e", json!("")),
            json!("RSA"),
        ] {
            assert_eq!(read(json!([other])).unwrap_err(), NoKeys::NoneOfUse, "{other}");
            assert_eq!(read(json!([other, good])).unwrap().iter().count(), 1, "{other}");
        }
        assert_eq!(read(json!(vec![good.clone(); 17])).unwrap_err(), NoKeys::TooMany);
        let twice = format!("{{\"keys\":[{good}],\"keys\":[]}}");
        for text in ["", "{}", "[]", "{\"keys\":{}}", "\u{feff}{\"keys\":[]}", &twice, "<html>"] {
            assert_eq!(PublicKeys::read(text.as_bytes()).unwrap_err(), NoKeys::NoSet, "{text}");
        }
    }
}
