//! The record of a mark beside its moment: whose it is, and how the files of that moment got their URLs.
//!
//! A mark belongs to what was purged: a site's name, its base URLs and its destination. Another destination is never taken for
//! it. `output` and the mapping are not whose it is, but what it was read with.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::config::Site;

/// Hex digits in the name of a mark that is not the first of its site's name.
pub(super) const IDENTITY_DIGITS: usize = 12;

/// The owner of a mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The site's name.
    pub site: String,
    /// Its base URLs, sorted.
    pub base_urls: Vec<String>,
    /// Its caches, from the origin outward.
    pub caches: Vec<Destination>,
}

/// One cache that was purged, as its provider names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The provider.
    pub kind: String,
    /// The id of what is purged at an API, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The part of that which is purged, where it is not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The nodes that get every request, sorted, where it is no API.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
}

/// The record of a mark beside its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its owner.
    #[serde(flatten)]
    pub identity: Identity,
    /// The web root inside the revision.
    pub output: String,
    /// The digest of what decides the URLs of its files.
    pub mapping: String,
    /// All that changed up to it was purged.
    pub purged: bool,
}

impl Identity {
    /// Returns whose the marks of a site are; `caches` are its caches, from the origin outward.
    #[must_use]
    pub fn of(site: &Site, caches: Vec<Destination>) -> Identity {
        let mut base_urls: Vec<String> = site.base_urls.iter().map(|url| url.as_str().to_owned()).collect();
        base_urls.sort_unstable();
        Identity { site: site.name.to_string(), base_urls, caches }
    }

    /// Returns true when both may be the same: where one does not know its zone, any zone may be it.
    #[must_use]
    pub fn fits(&self, other: &Identity) -> bool {
        self.site == other.site && self.base_urls == other.base_urls && self.has_caches_of(other)
    }

    fn has_caches_of(&self, other: &Identity) -> bool {
        let mut caches = self.caches.iter().zip(&other.caches);
        self.caches.len() == other.caches.len() && caches.all(|(one, other)| one.fits(other))
    }

    /// Says what tells two of one site's name apart, of each: `for https://www.example.com/ in zone 023e…`.
    #[must_use]
    pub fn apart(&self, other: &Identity) -> [String; 2] {
        let only = |one: &Identity, other: &Identity| -> Vec<String> {
            one.base_urls.iter().filter(|url| !other.base_urls.contains(url)).cloned().collect()
        };
        let mut urls = [only(self, other), only(other, self)];
        // One that has fewer is only told by all that it has.
        if urls[0].is_empty() != urls[1].is_empty() {
            urls = [self, other].map(|one| one.base_urls.clone());
        }
        let [first, second] = urls;
        let differ = !self.has_caches_of(other);
        let kinds = |one: &Identity| one.caches.iter().map(|cache| cache.kind.clone()).collect::<Vec<_>>();
        let with_kind = kinds(self) != kinds(other);
        [(self, first), (other, second)].map(|(one, urls)| {
            let urls = (!urls.is_empty()).then(|| format!("for {}", urls.join(", ")));
            let caches = one.caches.iter().map(|cache| cache.place(with_kind)).collect::<Vec<_>>().join(" and ");
            urls.into_iter().chain(differ.then_some(caches)).collect::<Vec<_>>().join(" ")
        })
    }

    /// Returns true when each destination is known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.caches.iter().all(Destination::is_known)
    }

    /// Returns a short digest, for names.
    #[must_use]
    pub fn digest(&self) -> String {
        let parts = serde_json::json!([self.site, self.base_urls, self.caches]).to_string();
        let digest = digest(&SHA256, parts.as_bytes());
        let hex: Vec<String> =
            digest.as_ref().iter().take(IDENTITY_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        hex.concat()
    }
}

impl Destination {
    /// `in zone 023e…`, `at http://10.0.0.7:6081`.
    fn place(&self, with_kind: bool) -> String {
        let word = if self.endpoints.is_empty() { "in" } else { "at" };
        if with_kind { format!("{word} {} {self}", self.kind) } else { format!("{word} {self}") }
    }

    fn is_known(&self) -> bool {
        self.zone.is_some() || !self.endpoints.is_empty()
    }

    fn fits(&self, other: &Destination) -> bool {
        let same_part =
            (&self.kind, &self.environment, &self.endpoints) == (&other.kind, &other.environment, &other.endpoints);
        same_part && (self.zone.is_none() || other.zone.is_none() || self.zone == other.zone)
    }
}

/// `zone 023e…`, `environment 5d41… of zone 023e…`, `http://10.0.0.7:6081`.
impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.endpoints.is_empty() {
            return f.write_str(&self.endpoints.join(", "));
        }
        if let Some(environment) = &self.environment {
            write!(f, "environment {environment} of ")?;
        }
        match &self.zone {
            Some(zone) => write!(f, "zone {zone}"),
            None => f.write_str("a zone that is not named"),
        }
    }
}

impl Record {
    /// Returns what a mark of a site says when all of it is purged.
    #[must_use]
    pub fn of(site: &Site, caches: Vec<Destination>) -> Record {
        let output = site.output.as_str().to_owned();
        let mapping = site.mapping.as_str().to_owned();
        Record { identity: Identity::of(site, caches), output, mapping, purged: true }
    }

    /// Returns it as one line of text.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Reads such a line.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(text: &str) -> serde_json::Result<Record> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const A: &str = "023e105f4ecef8ad9ca31a8372d0c353";
    const B: &str = "023e105f4ecef8ad9ca31a8372d0c354";

    /// A cache of an API, whole or a part of it, or of nodes.
    fn cache(zone: Option<&str>, environment: Option<&str>, nodes: &[&str]) -> Destination {
        let kind = if nodes.is_empty() { "api" } else { "nodes" };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let endpoints = nodes.iter().copied().map(str::to_owned).collect();
        Destination { kind: kind.to_owned(), zone: owned(zone), environment: owned(environment), endpoints }
    }

    fn identity(base_urls: &str, more: &str, cache: Destination) -> Identity {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [{base_urls}]\n{more}");
        let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
        Identity::of(&site, vec![cache])
    }

    #[test]
    fn a_mark_is_of_one_site_with_its_base_urls_and_destination() {
        let one = "\"https://a.example/\"";
        let zone = |id| cache(id, None, &[]);
        let mine = identity(one, "", zone(Some(A)));
        let node = |node: &str| cache(None, None, &[node]);
        for other in [
            identity(one, "", zone(Some(B))),
            identity("\"https://a.example/docs/\"", "", zone(Some(A))),
            identity("\"https://a.example/\", \"https://b.example/\"", "", zone(Some(A))),
            identity(one, "", cache(Some(A), Some("e"), &[])),
            identity(one, "", node("http://127.0.0.1:1")),
        ] {
            assert!(!mine.fits(&other) && !other.fits(&mine) && mine.digest() != other.digest(), "{other:?}");
        }
        let same = identity(one, "output = \"public\"\nhost = \"nginx\"\n", zone(Some(A)));
        assert!(mine.fits(&same) && mine.digest() == same.digest(), "{same:?}");
        let both = "\"https://b.example/\", \"https://a.example/\"";
        let turned = identity("\"https://a.example/\", \"https://b.example/\"", "", zone(None));
        assert!(identity(both, "", zone(None)).fits(&turned));
        // Without a zone it may be any, and says so.
        let unknown = identity(one, "", zone(None));
        assert!(unknown.fits(&mine) && mine.fits(&unknown) && mine.is_whole() && !unknown.is_whole());
        let nodes = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map(|at| identity(one, "", node(at)));
        assert!(!nodes[0].fits(&nodes[1]) && nodes[0].is_whole());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let record = Record {
            identity: identity("\"https://a.example/\"", "", cache(None, None, &[])),
            output: "ü".into(),
            mapping: "0".into(),
            purged: false,
        };
        assert_eq!(Record::read(&record.text().unwrap()).unwrap(), record);
        assert!(Record::read("{}").is_err());
    }
}
