//! A public key of RSA, as it is handed around: base64 of DER, with or without PEM's lines around it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::fault::Fault;

/// A public key of RSA.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    /// The modulus, without zeros before it.
    modulus: Vec<u8>,
    /// The exponent, likewise.
    exponent: Vec<u8>,
}

/// The fewest and the most bytes of a modulus: 1,024 bits, which is little and what is in use, and as many as are checked in time.
const MODULUS: std::ops::RangeInclusive<usize> = 128..=1024;

/// The most bytes of an exponent.
const EXPONENT: usize = 4;

/// `rsaEncryption` with its parameters, as DER (RFC 8017, appendix A.1).
const RSA_ENCRYPTION: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// DER's tags of what a key is made of.
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

impl fmt::Debug for RsaKey {
    /// Says how long it is: its digits help nobody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({} bits)", self.modulus.len() * 8)
    }
}

impl RsaKey {
    /// Reads a key in PEM or base64.
    pub(super) fn parse(text: &str) -> Result<RsaKey, Fault> {
        let hint = "write what `openssl rsa -pubin -in key.pem -pubout` prints between three quotes";
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("-----"));
        let base64: String = lines.flat_map(str::chars).filter(|c| !c.is_ascii_whitespace()).collect();
        let key = STANDARD.decode(base64).ok().and_then(|der| RsaKey::of_der(&der));
        key.ok_or_else(|| Fault::new("this is no public key of RSA with 1024 bits or more", hint))
    }

    /// Makes a key of its two numbers, the highest byte first; `None` for one that nobody can check a signature by.
    #[must_use]
    pub fn of(modulus: &[u8], exponent: &[u8]) -> Option<RsaKey> {
        let [modulus, exponent] = [modulus, exponent].map(|number| {
            let zeros = number.iter().take_while(|byte| **byte == 0).count();
            number[zeros..].to_vec()
        });
        let fits = MODULUS.contains(&modulus.len()) && (1..=EXPONENT).contains(&exponent.len());
        fits.then_some(RsaKey { modulus, exponent })
    }

    /// Reads a `SubjectPublicKeyInfo`, or an `RSAPublicKey` alone.
    fn of_der(der: &[u8]) -> Option<RsaKey> {
        let all = &mut &*der;
        let inner = &mut part(all, SEQUENCE).filter(|_| all.is_empty())?;
        if inner.first() == Some(&SEQUENCE) {
            let algorithm = part(inner, SEQUENCE)?;
            let bits = part(inner, BITS)?;
            let (unused, key) = bits.split_first()?;
            let is_rsa = algorithm == RSA_ENCRYPTION && *unused == 0 && inner.is_empty();
            return is_rsa.then(|| RsaKey::of_pair(key)).flatten();
        }
        RsaKey::of_pair(der)
    }

    /// Reads an `RSAPublicKey`: two numbers.
    fn of_pair(der: &[u8]) -> Option<RsaKey> {
        let all = &mut &*der;
        let inner = &mut part(all, SEQUENCE).filter(|_| all.is_empty())?;
        let (modulus, exponent) = (part(inner, INTEGER)?, part(inner, INTEGER)?);
        inner.is_empty().then(|| RsaKey::of(modulus, exponent)).flatten()
    }

    /// Returns the modulus and the exponent.
    #[must_use]
    pub fn numbers(&self) -> (&[u8], &[u8]) {
        (&self.modulus, &self.exponent)
    }
}

/// Takes the next value with this tag off some DER, and returns its content.
fn part<'d>(der: &mut &'d [u8], tag: u8) -> Option<&'d [u8]> {
    let (_, rest) = der.split_first().filter(|(first, _)| **first == tag)?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), &rest[2..]),
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *der = rest;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPKI: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXJcP2N6NtcN26Q8nVaidXOA0wRxWK2HQTblIaQdGRDjqTvhrSlFuV5N4jz7w/w8uskP20G7ZQ+CkHwIXrWk76KZJnpdoOHPO6AqRmEFgV5Q6Y1CR77mvnT9O21hTnfzfyyiAdQC2oO8M9/jeLRPTAqmkGxdQa8iepUz4BwrrHmwIDAQAB";

    #[test]
    fn a_key_is_read_in_every_form_in_which_it_is_handed_around() {
        let key = RsaKey::parse(SPKI).unwrap();
        assert_eq!((key.numbers().0.len(), key.numbers().1), (128, &[1, 0, 1][..]));
        assert_eq!(format!("{key:?}"), "RsaKey(1024 bits)");
        let inner = STANDARD.encode(&STANDARD.decode(SPKI).unwrap()[22..]);
        let (half, rest) = SPKI.split_at(64);
        for text in [
            inner.clone(),
            format!("-----BEGIN PUBLIC KEY-----\n{half}\n{rest}\n-----END PUBLIC KEY-----\n"),
            format!("-----BEGIN RSA PUBLIC KEY-----\r\n{inner}\r\n-----END RSA PUBLIC KEY-----"),
            format!("  {half}\n  {rest}\n"),
        ] {
            assert_eq!(RsaKey::parse(&text).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_cut_or_lengthened_or_of_another_algorithm_is_none() {
        let der = STANDARD.decode(SPKI).unwrap();
        for length in 0..der.len() {
            assert_eq!(RsaKey::of_der(&der[..length]), None, "{length}");
        }
        assert_eq!(RsaKey::of_der(&[&der[..], &[0]].concat()), None);
        let wrapped = [&[SEQUENCE, 0x81, 0xa2][..], &der].concat();
        assert_eq!(RsaKey::of_der(&wrapped), None);
        // `id-ecPublicKey`, as an EC key has it, and a length that promises more than there is.
        let mut other = der.clone();
        other[5..14].copy_from_slice(&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
        assert_eq!(RsaKey::of_der(&other), None);
        for length in [0x80, 0x83, 0x84, 0xff] {
            assert_eq!(RsaKey::of_der(&[SEQUENCE, length, 0xff, 0xff, 0xff, 0xff]), None);
        }
        assert!(RsaKey::of(&[0xff; 127], &[1, 0, 1]).is_none() && RsaKey::of(&[0xff; 1025], &[3]).is_none());
        assert!(RsaKey::of(&[0xff; 256], &[]).is_none() && RsaKey::of(&[0xff; 256], &[0, 0]).is_none());
        let fault = RsaKey::parse("ssh-rsa AAAA").unwrap_err();
        assert!(fault.hint.contains("openssl"), "{fault:?}");
    }
}
