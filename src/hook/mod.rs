//! Deliveries of deploy webhooks, judged: whether one is genuine, whether it says that a deploy is done, and of what.
//!
//! The signature is checked over the raw bytes, in constant time, before anything is parsed. Each kind of sender has a file. No address
//! out of a delivery is ever contacted, and a revision out of one is only ever a full id. Time comes in as a value; the network,
//! replays and the queue are left to the receiver.

mod delivery;
mod deploy;
mod github;
mod hmac;
mod secrets;
mod signature;
mod verdict;

pub use delivery::Delivery;
pub use deploy::{Deploy, RevisionId};
pub use secrets::{SHORTEST, Secrets, TooShort};
pub use verdict::Verdict;

use crate::config::HookKind;

/// Judges a delivery to a hook of this kind.
#[must_use]
pub fn judge(kind: &HookKind, secrets: &Secrets, delivery: &Delivery<'_>) -> Verdict {
    let judged = match kind {
        HookKind::Hmac(hook) => hmac::judge(hook, secrets, delivery),
        HookKind::Github(hook) => github::judge(hook, secrets, delivery),
    };
    judged.unwrap_or_else(|verdict| verdict)
}

#[cfg(test)]
mod tests;
