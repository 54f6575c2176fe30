//! Signatures as they stand in headers, checked against the raw bytes in constant time.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use http::HeaderMap;
use ring::hmac;
use ring::signature::{RsaParameters, RsaPublicKeyComponents};

use super::secrets::Secrets;
use super::verdict::Verdict;
use crate::config::RsaKey;
use crate::display::hex;

/// Returns the one value of a header as text. A header that stands there twice counts as none: readers differ in which one holds.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    value.to_str().ok()
}

/// Checks an HMAC of some bytes by each of the secrets.
pub(super) fn verify(
    algorithm: hmac::Algorithm,
    secrets: &Secrets,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Verdict> {
    // All are tried, so that the time does not tell which one holds.
    let holds = |secret: &&[u8]| hmac::verify(&hmac::Key::new(algorithm, secret), message, signature).is_ok();
    if secrets.bytes().filter(holds).count() > 0 {
        Ok(())
    } else {
        Err(Verdict::Refused("the signature does not hold"))
    }
}

/// True when a signature of RSA (PKCS #1 v1.5) is of this key and these bytes. All of it is public, so time may tell.
pub(super) fn is_signed(key: &RsaKey, parameters: &RsaParameters, message: &[u8], signature: &[u8]) -> bool {
    let (n, e) = key.numbers();
    RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
}

/// Reads hex digits, in small letters or capitals.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// Reads base64 in its usual alphabet.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads base64 in its usual alphabet, with padding or without: for a secret, which people copy.
pub(super) fn from_copied_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&base64::alphabet::STANDARD, config).decode(text).ok()
}

/// Returns the SHA-256 of a body in hex: the id of a delivery whose body is signed and never the same twice.
pub(super) fn digest(body: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, body).as_ref())
}
