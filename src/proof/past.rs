//! Asks a site's origin, past the cache, for what the edge answered with: the same bytes there are no fault of the edge.

use std::time::Duration;

use super::asker::Asker;
use super::wait::url_at;
use crate::config::{Origin, Site};
use crate::mapping::PublicUrl;
use crate::send::{HttpError, SecretHeader};
use crate::snapshot::Hash;

/// The time that an origin has for one page.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The way past a site's cache.
pub struct Past<'p> {
    site: &'p Site,
    origin: &'p Origin,
    asker: Asker<'p>,
}

impl<'p> Past<'p> {
    /// Makes one to a site's origin.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn to(
        site: &'p Site,
        origin: &'p Origin,
        (hash, secret): (Hash, Option<&'p SecretHeader>),
    ) -> Result<Past<'p>, HttpError> {
        Ok(Past { site, origin, asker: Asker::new(site, origin, hash, secret)? })
    }

    /// Returns true when the origin answers a URL with a page of this blob id. No answer is none.
    pub(super) async fn gives(&self, url: &PublicUrl, id: &str) -> bool {
        let below = |base: &str| url.as_str().strip_prefix(base).map(str::to_owned);
        let Some(path) = self.site.base_urls.iter().find_map(|base| below(base.as_str())) else { return false };
        self.asker.answers(&url_at(self.site, self.origin, &path), id, TIMEOUT).await
    }
}
