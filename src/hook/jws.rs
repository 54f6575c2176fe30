//! A compact JWS (RFC 7515): three parts in base64, of which the third signs the other two.
//!
//! It is taken apart here and not by a library, since so little of it is wanted: one algorithm for each sender, known beforehand. The
//! algorithm that a token names chooses nothing; it has only to be the right one.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::verdict::Verdict;
use crate::events::Strict;

/// A token, taken apart and not believed yet.
pub(super) struct Jws<'t> {
    /// The text that is signed: header and claims.
    pub(super) signed: &'t str,
    /// The signature.
    pub(super) signature: Vec<u8>,
    header: &'t str,
    claims: &'t str,
}

/// The time by which two clocks may differ.
const SKEW: Duration = Duration::from_mins(1);

impl<'t> Jws<'t> {
    /// Takes a token apart.
    pub(super) fn split(token: &'t str) -> Result<Jws<'t>, Verdict> {
        let fault = Verdict::Refused("its token is not written as it should be");
        let Some((signed, signature)) = token.rsplit_once('.') else { return Err(fault) };
        let Some((header, claims)) = signed.split_once('.').filter(|(_, claims)| !claims.contains('.')) else {
            return Err(fault);
        };
        match URL_SAFE_NO_PAD.decode(signature) {
            Ok(signature) if !signature.is_empty() => Ok(Jws { signed, signature, header, claims }),
            _ => Err(fault),
        }
    }

    /// Returns the claims of a token whose signature holds, if its header says what it was checked by.
    pub(super) fn claims(&self, algorithm: &str) -> Result<Value, Verdict> {
        let header = object(self.header).ok_or(Verdict::Refused("its token has a header that cannot be read"))?;
        if header.get("alg").and_then(Value::as_str) != Some(algorithm) {
            return Err(Verdict::Refused("its token names another algorithm"));
        }
        // An extension that has to be understood, and none is.
        if header.get("crit").is_some() {
            return Err(Verdict::Refused("its token asks for an extension"));
        }
        object(self.claims).ok_or(Verdict::Refused("its token has claims that cannot be read"))
    }
}

/// Reads an object of JSON in which no key stands twice.
fn object(part: &str) -> Option<Value> {
    let strict: Strict = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    (strict.twice.is_none() && strict.value.is_object()).then_some(strict.value)
}

/// Refuses claims that do not hold yet, or no longer. Returns when the token was made, where it says so.
pub(super) fn is_current(claims: &Value, now: SystemTime) -> Result<Option<SystemTime>, Verdict> {
    let [until, from, made] = ["exp", "nbf", "iat"].map(|name| time(claims, name));
    let (until, from, made) = (until?, from?, made?);
    if until.is_some_and(|until| now > until + SKEW) {
        return Err(Verdict::Refused("its token is over"));
    }
    if [from, made].into_iter().flatten().any(|from| from > now + SKEW) {
        return Err(Verdict::Refused("its token is of the future"));
    }
    Ok(made)
}

/// Reads a time in seconds, which may have a fraction.
fn time(claims: &Value, name: &str) -> Result<Option<SystemTime>, Verdict> {
    let Some(claim) = claims.get(name) else { return Ok(None) };
    let since = claim.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    // Far enough from the end of time for the skew: Windows' ends before 2^40.
    let since = since.filter(|since| since.as_secs() < 1 << 38);
    let time = since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    time.map(Some).ok_or(Verdict::Refused("its token has a time that is none"))
}
