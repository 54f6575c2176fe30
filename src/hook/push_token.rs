//! The token that Google's Pub/Sub signs each push with: an `OpenID` token, `RS256`, for one audience and of one service account.
//!
//! Google signs such tokens for whoever asks, so all of issuer, audience, account and end are checked. Which of the keys signed it is
//! tried and not read: nothing of a token is parsed before its signature holds.
//! (<https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions>)

use std::time::SystemTime;

use ring::signature::RSA_PKCS1_2048_8192_SHA256;
use serde_json::Value;

use super::jws::{Jws, is_current};
use super::keys::PublicKeys;
use super::signature::is_signed;
use super::verdict::Verdict;
use crate::config::PushToken;

/// The issuer, in both forms that Google uses.
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// Checks a token.
pub(super) fn is_of(
    wanted: &PushToken,
    keys: &PublicKeys,
    token: Option<&str>,
    now: SystemTime,
) -> Result<(), Verdict> {
    let jws = Jws::split(token.ok_or(Verdict::Refused("it has no token"))?)?;
    let is_by = |key| is_signed(key, &RSA_PKCS1_2048_8192_SHA256, jws.signed.as_bytes(), &jws.signature);
    if !keys.iter().any(is_by) {
        return Err(Verdict::Refused("none of the known keys signed its token"));
    }
    let claims = jws.claims("RS256")?;
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    if !claim("iss").is_some_and(|issuer| ISSUERS.contains(&issuer)) {
        return Err(Verdict::Refused("its token is of another issuer"));
    }
    if claim("aud") != Some(wanted.audience.as_str()) {
        return Err(Verdict::Refused("its token is for another audience"));
    }
    if claim("email") != Some(wanted.email.as_str()) || claims.get("email_verified") != Some(&Value::Bool(true)) {
        return Err(Verdict::Refused("its token is of another account"));
    }
    if claims.get("exp").is_none() {
        return Err(Verdict::Refused("its token has no end"));
    }
    is_current(&claims, now).map(|_| ())
}
