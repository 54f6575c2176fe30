//! Which caches stand in front of a site: one, or several behind each other.
//!
//! Each table is checked in its own file; here is only which of them a site has, and in which order.

use std::fmt;
use std::path::Path;

use toml::Spanned;

use super::fault::Fault;
use super::raw::{RawCloudflare, RawHttpPurge, RawSite};
use super::{Cloudflare, HttpPurge, Mode};

/// One cache that purges are asked of.
#[derive(Debug, Clone)]
pub enum Cache {
    /// `[site.cloudflare]`.
    Cloudflare(Cloudflare),
    /// `[site.http_purge]`.
    HttpPurge(Box<HttpPurge>),
}

/// Which of several caches behind each other one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// From 1, counted from the origin outward.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its table: `cloudflare` or `http_purge`.
    pub cache: String,
}

/// `layer 1, http_purge`.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layer {}, {}", self.number, self.cache)
    }
}

impl Default for Cache {
    fn default() -> Self {
        Cache::Cloudflare(Cloudflare::default())
    }
}

impl Cache {
    /// Cloudflare's settings, where it is that.
    #[must_use]
    pub fn cloudflare(&self) -> Option<&Cloudflare> {
        if let Cache::Cloudflare(cloudflare) = self { Some(cloudflare) } else { None }
    }

    /// The settings of one's own cache, where it is that.
    #[must_use]
    pub fn http_purge(&self) -> Option<&HttpPurge> {
        if let Cache::HttpPurge(http_purge) = self { Some(http_purge) } else { None }
    }

    /// Its table's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Cache::Cloudflare(_) => "cloudflare",
            Cache::HttpPurge(_) => "http_purge",
        }
    }

    /// What is done to what is known to have changed.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self {
            Cache::Cloudflare(cloudflare) => cloudflare.mode,
            Cache::HttpPurge(http_purge) => http_purge.mode,
        }
    }

    /// Paths in it count from this directory.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        match self {
            Cache::Cloudflare(cloudflare) => cloudflare.token.relative_to(directory),
            Cache::HttpPurge(http_purge) => {
                if let Some(token) = &mut http_purge.token {
                    token.source.relative_to(directory);
                }
            }
        }
    }
}

/// A site's caches from the origin outward; at least one.
pub(super) fn caches(raw: &RawSite) -> Result<(Cache, Vec<Cache>), Fault> {
    let alone = cache(raw.cloudflare.as_ref(), raw.http_purge.as_ref())?;
    let mut layers = Vec::with_capacity(raw.layer.len());
    for layer in &raw.layer {
        let (inner, place) = (layer.get_ref(), layer.span());
        let one = cache(inner.cloudflare.as_ref(), inner.http_purge.as_ref())?;
        let hint = "below each `[[site.layer]]` write `[site.layer.http_purge]` or `[site.layer.cloudflare]`";
        layers.push(one.ok_or_else(|| Fault::new("this layer names no cache", hint).at(place))?);
    }
    if layers.is_empty() {
        return Ok((alone.unwrap_or_default(), Vec::new()));
    }
    let tables = raw.cloudflare.as_ref().map(Spanned::span).into_iter();
    if let Some(beside) = tables.chain(raw.http_purge.as_ref().map(Spanned::span)).next() {
        let hint = "make it a layer too: `[[site.layer]]`, and below it `[site.layer.cloudflare]` or `[site.layer.http_purge]`";
        return Err(Fault::new("the site has layers, and a cache beside them", hint).at(beside));
    }
    let outer = layers.split_off(1);
    Ok((layers.pop().unwrap_or_default(), outer))
}

/// The one cache of two tables that exclude each other.
fn cache(
    cloudflare: Option<&Spanned<RawCloudflare>>,
    http_purge: Option<&Spanned<RawHttpPurge>>,
) -> Result<Option<Cache>, Fault> {
    match (cloudflare, http_purge) {
        (None, None) => Ok(None),
        (Some(cloudflare), None) => Cloudflare::checked(cloudflare.get_ref()).map(|c| Some(Cache::Cloudflare(c))),
        (None, Some(http_purge)) => HttpPurge::checked(http_purge).map(|c| Some(Cache::HttpPurge(Box::new(c)))),
        (Some(one), Some(other)) => {
            let second = if one.span().start > other.span().start { one.span() } else { other.span() };
            let hint = "keep one; where the one stands behind the other, write `[[site.layer]]` for each, from the origin outward";
            Err(Fault::new("`cloudflare` and `http_purge` exclude each other", hint).at(second))
        }
    }
}
