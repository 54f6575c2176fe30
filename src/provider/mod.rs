//! What a CDN's API is asked, and what its answers mean: pure in both directions.
//!
//! `operations → ApiRequest` and `ApiReply → Verdict`, without clock, network or the value of any secret: a request
//! says which secret goes where, and the sender puts it in. So limits, bodies and answers are tables in tests, and a
//! dry run can show the exact requests. Retrying, pacing and splitting are left to [`crate::send`].

mod api_base;
mod call;
mod clock;
mod cloudflare;
mod finding;
mod http_purge;
mod look_up;
mod token_status;
mod verdict;
mod zone;

use std::time::Duration;

use crate::config::{Cache, Endpoint, Mode, Site, ZoneId};
use crate::mapping::Kind;
use crate::plan::{Capabilities, Items};

pub use api_base::{ApiBase, ApiBaseError};
pub use call::{ApiRequest, Call, Headers, Secret};
pub use clock::clock;
pub use cloudflare::Cloudflare;
pub use finding::{Finding, Level};
pub use http_purge::{HttpPurge, endpoint_answers, was_not_cached};
pub use look_up::{LookUp, LookUpReply};
pub use token_status::{TokenStatus, token};
pub use verdict::{Refusal, Verdict};
pub use zone::{Zone, ZoneAnswer, zone};

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

/// Who is asked: one of the kinds of cache that we know.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Cloudflare's API.
    Cloudflare(Cloudflare),
    /// A cache of one's own.
    HttpPurge(Box<HttpPurge>),
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A zone at an API.
    Zone {
        /// The API.
        base: ApiBase,
        /// The zone.
        zone: ZoneId,
    },
    /// A cache.
    Endpoint(Endpoint),
}

impl Provider {
    /// The provider of a site's cache.
    #[must_use]
    pub fn of(site: &Site) -> Provider {
        match &site.cache {
            Cache::Cloudflare(config) => Provider::Cloudflare(Cloudflare::new(config)),
            Cache::HttpPurge(config) => {
                Provider::HttpPurge(Box::new(HttpPurge::new(config, site.hosts().first().copied().unwrap_or_default())))
            }
        }
    }

    /// The abilities of the cache.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        match self {
            Provider::Cloudflare(cloudflare) => cloudflare.capabilities(),
            Provider::HttpPurge(http_purge) => http_purge.capabilities(),
        }
    }

    /// Requests of a plan under way at once, at each target.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        match self {
            Provider::Cloudflare(_) => Cloudflare::IN_FLIGHT,
            Provider::HttpPurge(_) => HttpPurge::in_flight(),
        }
    }

    /// Cloudflare, where it is that.
    #[must_use]
    pub fn cloudflare(&self) -> Option<&Cloudflare> {
        if let Provider::Cloudflare(cloudflare) = self { Some(cloudflare) } else { None }
    }

    /// The nodes that each request goes to; none for an API.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        match self {
            Provider::Cloudflare(_) => &[],
            Provider::HttpPurge(http_purge) => http_purge.endpoints(),
        }
    }

    /// The request for some operations, but for where it goes; `zone` is the zone's id, or what stands in its place.
    #[must_use]
    pub fn call(&self, zone: &str, mode: Mode, items: &Items<'_>) -> Call {
        match self {
            Provider::Cloudflare(cloudflare) => cloudflare.call(zone, mode, items),
            Provider::HttpPurge(http_purge) => http_purge.call(mode, items),
        }
    }

    /// The whole request; `None` where the target is none of this provider's.
    #[must_use]
    pub fn request(&self, target: &Target, mode: Mode, items: &Items<'_>) -> Option<ApiRequest> {
        match (self, target) {
            (Provider::Cloudflare(cloudflare), Target::Zone { base, zone }) => {
                Some(cloudflare.request(base, zone, mode, items))
            }
            (Provider::HttpPurge(http_purge), Target::Endpoint(endpoint)) => {
                Some(http_purge.request(endpoint, mode, items))
            }
            _ => None,
        }
    }

    /// What an answer to operations of a kind means.
    #[must_use]
    pub fn verdict(&self, reply: &ApiReply, kind: Kind) -> Verdict {
        match self {
            Provider::Cloudflare(_) => Verdict::of(reply),
            Provider::HttpPurge(_) => http_purge::verdict(reply, kind),
        }
    }
}
