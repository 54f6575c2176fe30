//! Deliveries of deploy webhooks, judged: whether one is genuine, whether it says that a deploy is done, and of what.
//!
//! The signature is checked over the raw bytes, in constant time, before anything is parsed. Each kind of sender has a file. No address
//! out of a delivery is ever contacted, and a revision out of one is only ever a full id. Time comes in as a value; the network,
//! replays and the queue are left to the receiver.

mod body;
mod delivery;
mod deploy;
mod deployhq;
mod events;
mod github;
mod gitlab;
mod hmac;
mod jws;
mod keys;
mod netlify;
mod pointed;
mod presented;
mod push_token;
mod secrets;
mod signature;
mod standard;
mod verdict;

pub use delivery::Delivery;
pub use deploy::{Deploy, RevisionId};
pub use keys::{NoKeys, PublicKeys};
pub use pointed::nul_separated;
pub use secrets::{SHORTEST, Secrets, TooShort};
pub use verdict::Verdict;

use http::HeaderValue;

use self::standard::Secret;
use crate::config::HookKind;

/// Judges a delivery to a hook of this kind.
#[must_use]
pub fn judge(kind: &HookKind, secrets: &Secrets, delivery: &Delivery<'_>) -> Verdict {
    let judged = match kind {
        HookKind::Hmac(hook) => hmac::judge(hook, secrets, delivery),
        HookKind::Github(hook) => github::judge(hook, secrets, delivery),
        HookKind::Gitlab(hook) => gitlab::judge(hook, secrets, delivery),
        HookKind::Netlify(hook) => netlify::judge(hook, secrets, delivery),
        HookKind::DeployHq(hook) => deployhq::judge(hook, secrets, delivery),
        HookKind::Standard(hook) => standard::judge(hook, secrets, delivery),
        HookKind::Events(hook) => events::judge(hook, secrets, delivery),
    };
    without_itself(judged.unwrap_or_else(|verdict| verdict))
}

/// Judges a request that asks, before a first delivery, whether its sender may deliver: the origin that may, to be named in the answer.
/// `None` for a kind whose senders do not ask so.
#[must_use]
pub fn consent(kind: &HookKind, secrets: &Secrets, asked: &Delivery<'_>) -> Option<Result<HeaderValue, Verdict>> {
    match kind {
        HookKind::Events(hook) => Some(events::consent(hook, secrets, asked)),
        _ => None,
    }
}

/// Takes out a revision before that is the one after: a deploy that was made again, and not one that changed nothing.
fn without_itself(mut verdict: Verdict) -> Verdict {
    if let Verdict::Deploy(deploy) = &mut verdict
        && deploy.from == deploy.to
    {
        deploy.from = None;
    }
    verdict
}

/// A secret is long enough, and none of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is no signing key: `whsec_`, and 24 bytes or more in base64")]
pub struct Unfit;

/// Checks that secrets fit the kind of their hook: where signing keys are asked for, each has to be one.
///
/// # Errors
/// When a delivery could never be genuine by one of them.
pub fn check(kind: &HookKind, secrets: &Secrets) -> Result<(), Unfit> {
    let fits = |secret: &[u8]| match kind {
        HookKind::Standard(_) => matches!(Secret::read(secret), Secret::Key(_)),
        // A plain token is one, too.
        HookKind::Gitlab(_) => Secret::read(secret) != Secret::Broken,
        _ => true,
    };
    if secrets.bytes().all(fits) { Ok(()) } else { Err(Unfit) }
}

#[cfg(test)]
mod given;
#[cfg(test)]
mod tests;
