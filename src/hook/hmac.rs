//! `kind = "hmac"`: an HMAC of the raw body in a header, and JSON pointers to what the body says.

use ring::hmac;
use serde_json::Value;

use super::delivery::Delivery;
use super::deploy::{Deploy, RevisionId};
use super::secrets::Secrets;
use super::signature::{from_base64, from_hex, header, verify};
use super::verdict::Verdict;
use crate::config::{HmacAlgorithm, HmacEncoding, HmacHook, Pointer};
use crate::display::shown;

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
    told(hook, delivery.body)
}

fn algorithm(algorithm: HmacAlgorithm) -> hmac::Algorithm {
    match algorithm {
        HmacAlgorithm::Sha256 => hmac::HMAC_SHA256,
        HmacAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        HmacAlgorithm::Sha512 => hmac::HMAC_SHA512,
    }
}

/// Reads what a genuine body says. A body that nothing points into may be anything.
fn told(hook: &HmacHook, body: &[u8]) -> Result<Verdict, Verdict> {
    let pointers = [&hook.id, &hook.from, &hook.to, &hook.paths];
    if pointers.into_iter().all(Option::is_none) && hook.status.is_none() {
        return Ok(Verdict::Deploy(Box::default()));
    }
    let document: Value = serde_json::from_slice(body).map_err(|_| Verdict::strange("it is no JSON"))?;
    if let Some((pointer, words)) = &hook.status {
        let status = pointer.text(&document).ok_or_else(|| Verdict::strange("there is no status"))?;
        if !words.contains(&status) {
            return Err(Verdict::ignored(format!("the status is {}", shown(status.as_bytes()))));
        }
    }
    let id = |pointer: &Option<Pointer>| pointer.as_ref().and_then(|at| at.text(&document));
    let revision = |pointer: &Option<Pointer>| id(pointer).as_deref().and_then(RevisionId::parse);
    if hook.to.is_some() && revision(&hook.to).is_none() {
        return Err(Verdict::strange("the revision is no full id"));
    }
    let paths =
        hook.paths.as_ref().map(|at| at.texts(&document).ok_or_else(|| Verdict::strange("there is no list of paths")));
    Ok(Verdict::Deploy(Box::new(Deploy {
        id: id(&hook.id),
        from: revision(&hook.from),
        to: revision(&hook.to),
        paths: paths.transpose()?,
        ..Deploy::default()
    })))
}
