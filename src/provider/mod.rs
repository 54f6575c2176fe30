//! What a CDN's API is asked, and what its answers mean: pure in both directions.
//!
//! `operations → ApiRequest` and `ApiReply → Verdict`, without clock, network or the value of any secret: a request
//! says which secret goes where, and the sender puts it in. So limits, bodies and answers are tables in tests, and a
//! dry run can show the exact requests. Retrying, pacing and splitting are left to [`crate::send`].

mod api_base;
mod clock;
mod cloudflare;
mod finding;
mod look_up;
mod token_status;
mod verdict;
mod zone;

use std::time::Duration;

pub use api_base::{ApiBase, ApiBaseError};
pub use clock::clock;
pub use cloudflare::{Cloudflare, Target};
pub use finding::{Finding, Level};
pub use look_up::{LookUp, LookUpReply};
pub use token_status::{TokenStatus, token};
pub use verdict::{Refusal, Verdict};
pub use zone::{Zone, ZoneAnswer, zone};

/// One HTTP request to a provider's API; a POST with a JSON body. The `Authorization` header is the sender's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// Absolute.
    pub url: String,
    /// JSON, byte for byte as a dry run prints it.
    pub body: Vec<u8>,
}

/// An answer, as far as it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiReply {
    /// The HTTP status.
    pub status: u16,
    /// How long `Retry-After` asks to wait from the moment of the answer.
    pub retry_after: Option<Duration>,
    /// `CF-Ray`: names the answer and the data centre, for support.
    pub ray: Option<String>,
    /// The body, decoded.
    pub body: Vec<u8>,
}
