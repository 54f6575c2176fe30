//! `kind = "hmac"`: an HMAC of the raw body in a header, and JSON pointers to what the body says.

use ring::hmac;

use super::delivery::Delivery;
use super::pointed::told;
use super::secrets::Secrets;
use super::signature::{from_base64, from_hex, header, verify};
use super::verdict::Verdict;
use crate::config::{HmacAlgorithm, HmacEncoding, HmacHook};

/// Judges a delivery.
pub(super) fn judge(hook: &HmacHook, secrets: &Secrets, delivery: &Delivery<'_>) -> Result<Verdict, Verdict> {
    let signature = header(delivery.headers, hook.header.as_str()).ok_or(Verdict::Refused("it has no signature"))?;
    let signature =
        signature.strip_prefix(hook.prefix.as_str()).ok_or(Verdict::Refused("its signature lacks the prefix"))?;
    let signature = match hook.encoding {
        HmacEncoding::Hex => from_hex(signature),
        HmacEncoding::Base64 => from_base64(signature),
    };
    let signature = signature.ok_or(Verdict::Refused("its signature is not written as it should be"))?;
    verify(algorithm(hook.algorithm), secrets, delivery.body, &signature)?;
    told(&hook.told, delivery.body).map(|deploy| Verdict::Deploy(Box::new(deploy)))
}

fn algorithm(algorithm: HmacAlgorithm) -> hmac::Algorithm {
    match algorithm {
        HmacAlgorithm::Sha256 => hmac::HMAC_SHA256,
        HmacAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        HmacAlgorithm::Sha512 => hmac::HMAC_SHA512,
    }
}
