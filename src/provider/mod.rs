//! Providers: the requests to a CDN's API, and the meaning of its answers; pure in both directions.
//!
//! `operations → ApiRequest` and `ApiReply → Verdict`, without clock, network or the value of any secret: a request
//! says which secret goes where, and the sender puts it in. So limits, bodies and answers are tables in tests, and a
//! dry run can show the exact requests. Retrying, pacing and splitting are left to [`crate::send`].
//!
//! Each provider is a folder, which holds everything that only this vendor knows, and one arm of each match in this file. Nobody
//! else names one: whatever has to be known stands in [`Vendor`].

mod api_address;
mod call;
mod cloudflare;
mod finding;
mod http_purge;
mod keys;
mod look_up;
mod target;
mod vendor;
mod verdict;

use std::ops::Deref;

use crate::config::{Cache, Environment, Mode, Site};
use crate::plan::Items;

pub use api_address::ApiAddress;
pub use call::{ApiRequest, Body, Call, Headers};
pub use cloudflare::Cloudflare;
pub use finding::{Finding, Level};
pub use http_purge::HttpPurge;
pub use keys::{Keys, OlderKey, OlderKeys, Opened, Secret};
pub use look_up::{Answer, Belonging, Heard, Knocked, LookUp, LookUpReply, Question};
pub use target::{Connection, Destination, ProviderError, Target};
pub use vendor::Vendor;
pub use verdict::{ApiReply, Refusal, Verdict};

/// One of the kinds of cache that we know. Everything that it can answer is in [`Vendor`], to which it leads.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Cloudflare's API.
    Cloudflare(Box<Cloudflare>),
    /// A cache of one's own.
    HttpPurge(Box<HttpPurge>),
}

impl Deref for Provider {
    type Target = dyn Vendor;

    fn deref(&self) -> &Self::Target {
        match self {
            Provider::Cloudflare(cloudflare) => &**cloudflare,
            Provider::HttpPurge(http_purge) => &**http_purge,
        }
    }
}

impl Provider {
    /// Makes the provider of a site's cache; of several, of the one next to the origin.
    ///
    /// # Errors
    /// When a variable that it needs cannot be what it has to be.
    pub fn for_site(site: &Site, environment: &Environment) -> Result<Provider, ProviderError> {
        Provider::for_cache(&site.cache, site, environment)
    }

    /// Makes the provider of one of a site's caches.
    ///
    /// # Errors
    /// As [`Provider::for_site`].
    pub fn for_cache(cache: &Cache, site: &Site, environment: &Environment) -> Result<Provider, ProviderError> {
        Ok(match cache {
            Cache::Cloudflare(config) => Provider::Cloudflare(Box::new(Cloudflare::new(config, environment)?)),
            Cache::HttpPurge(config) => {
                let host = site.hosts().first().copied().unwrap_or_default();
                Provider::HttpPurge(Box::new(HttpPurge::new(config, host)))
            }
        })
    }

    /// Makes the same provider for a destination with another id, or with none: that of a plan which was made before.
    ///
    /// # Errors
    /// When this is no id that it could have.
    pub fn with_id(&self, id: Option<&str>) -> Result<Provider, ProviderError> {
        Ok(match self {
            Provider::Cloudflare(cloudflare) => Provider::Cloudflare(Box::new(cloudflare.with_zone(id)?)),
            Provider::HttpPurge(http_purge) => Provider::HttpPurge(http_purge.clone()),
        })
    }

    /// Words some operations as the whole request to one of the provider's targets.
    #[must_use]
    pub fn request(&self, target: &Target, mode: Mode, items: &Items<'_>) -> ApiRequest {
        ApiRequest {
            base: target.base.clone(),
            call: self.call(mode, items),
            secret: self.keys().map(|keys| keys.secret),
            support_id: self.support_id(),
        }
    }
}
