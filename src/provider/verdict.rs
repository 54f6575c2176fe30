//! An answer to a purge, and its meaning: what all providers share of it.

use std::time::Duration;

/// An answer, as far as it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiReply {
    /// The HTTP status.
    pub status: u16,
    /// How long `Retry-After` asks to wait from the moment of the answer.
    pub retry_after: Option<Duration>,
    /// The id of the answer, to be quoted to the provider's support; [`super::Vendor::support_id`] says in which header it comes.
    pub support_id: Option<String>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

/// The consequence of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Received; the provider's own id for it, where given. It proves receipt, not eviction.
    Accepted {
        /// As the provider writes it.
        id: Option<String>,
    },
    /// The same request may succeed later.
    Retry {
        /// How long the provider asks to wait.
        after: Option<Duration>,
        /// It is about the rate, so that every request has to wait.
        throttled: bool,
        /// In words.
        why: String,
    },
    /// Something in the request is not accepted; without it the rest may be.
    Split(Refusal),
    /// No, and asking again would not change it.
    Refused(Refusal),
}

/// Why the provider said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// In words, with status and code.
    pub why: String,
    /// The next thing to do.
    pub advice: Option<&'static str>,
    /// It is about the credentials or the whole destination, so that every other request would get the same answer.
    pub everywhere: bool,
}
