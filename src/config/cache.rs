//! Which caches stand in front of a site: one, or several behind each other.
//!
//! Each table is checked in its own file; here is only which of them a site has, and in which order.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::fault::Fault;
use super::raw::{RawCloudflare, RawHttpPurge, RawLayer, RawSite};
use super::spanned::Spanned;
use super::{Cloudflare, HttpPurge, TokenSource};

/// The names of the tables.
const CLOUDFLARE: &str = "cloudflare";
const HTTP_PURGE: &str = "http_purge";

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

    /// Returns where its token comes from, where it takes one.
    #[must_use]
    pub fn token_source(&self) -> Option<&TokenSource> {
        match self {
            Cache::Cloudflare(cloudflare) => Some(&cloudflare.token),
            Cache::HttpPurge(http_purge) => http_purge.token.as_ref().map(|token| &token.source),
        }
    }

    /// Its table's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Cache::Cloudflare(_) => CLOUDFLARE,
            Cache::HttpPurge(_) => HTTP_PURGE,
        }
    }

    /// True where a fallback can only remove, so that `mode = "invalidate"` for it is a slip.
    pub(super) fn broad_removes(&self) -> bool {
        match self {
            Cache::Cloudflare(_) => false,
            Cache::HttpPurge(_) => true,
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

/// The tables that a site, or a layer of one, may have: at most one of them.
struct Tables<'r> {
    cloudflare: Option<&'r Spanned<RawCloudflare>>,
    http_purge: Option<&'r Spanned<RawHttpPurge>>,
}

impl<'r> Tables<'r> {
    fn of_site(raw: &'r RawSite) -> Tables<'r> {
        Tables { cloudflare: raw.cloudflare.as_ref(), http_purge: raw.http_purge.as_ref() }
    }

    fn of_layer(RawLayer { cloudflare, http_purge }: &'r RawLayer) -> Tables<'r> {
        Tables { cloudflare: cloudflare.as_ref(), http_purge: http_purge.as_ref() }
    }

    /// The names and places of those that are there, in the order of the file.
    fn present(&self) -> Vec<(&'static str, Range<usize>)> {
        let Tables { cloudflare, http_purge } = self;
        let all = [(CLOUDFLARE, cloudflare.map(Spanned::span)), (HTTP_PURGE, http_purge.map(Spanned::span))];
        let mut present: Vec<_> = all.into_iter().filter_map(|(name, span)| Some((name, span?))).collect();
        present.sort_by_key(|(_, span)| span.start);
        present
    }

    /// Checks the one cache of them, where there is one.
    fn cache(&self) -> Result<Option<Cache>, Fault> {
        if let [(first, _), .., (second, place)] = &self.present()[..] {
            let (one, other) = (first.min(second), first.max(second));
            let hint = "keep one; where the one stands behind the other, write `[[site.layer]]` for each, from the origin outward";
            return Err(Fault::new(format!("`{one}` and `{other}` exclude each other"), hint).at(place.clone()));
        }
        let Tables { cloudflare, http_purge } = self;
        if let Some(table) = cloudflare {
            return Cloudflare::checked(table.get_ref()).map(|c| Some(Cache::Cloudflare(c)));
        }
        if let Some(table) = http_purge {
            return HttpPurge::checked(table).map(|c| Some(Cache::HttpPurge(Box::new(c))));
        }
        Ok(None)
    }
}

/// Checks a site's caches, from the origin outward; at least one.
pub(super) fn caches(raw: &RawSite) -> Result<(Cache, Vec<Cache>), Fault> {
    let beside = Tables::of_site(raw);
    let alone = beside.cache()?;
    let mut layers = Vec::with_capacity(raw.layer.len());
    for layer in &raw.layer {
        let one = Tables::of_layer(layer.get_ref()).cache()?;
        let hint = "below each `[[site.layer]]` write `[site.layer.http_purge]` or `[site.layer.cloudflare]`";
        layers.push(one.ok_or_else(|| Fault::new("this layer names no cache", hint).at(layer.span()))?);
    }
    if layers.is_empty() {
        return Ok((alone.unwrap_or_default(), Vec::new()));
    }
    if let Some((_, place)) = beside.present().into_iter().next() {
        let hint = "make it a layer too: `[[site.layer]]`, and below it `[site.layer.cloudflare]` or `[site.layer.http_purge]`";
        return Err(Fault::new("the site has layers, and a cache beside them", hint).at(place));
    }
    let outer = layers.split_off(1);
    Ok((layers.pop().unwrap_or_default(), outer))
}
