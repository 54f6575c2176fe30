//! What a mark says beside its moment: whose it is, and how the files of that moment got their URLs.
//!
//! A mark belongs to what was purged: a site's name, its base URLs and its destination. Another destination is never taken for
//! it. `output` and the mapping are not whose it is, but what it was read with.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::config::{Cache, Endpoint, Site, ZoneId};

/// Hex digits in the name of a mark that is not the first of its site's name.
pub(super) const IDENTITY_DIGITS: usize = 12;

/// Whose a mark is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The site's name.
    pub site: String,
    /// Its base URLs, sorted.
    pub base_urls: Vec<String>,
    /// Its caches, from the origin outward.
    pub caches: Vec<Destination>,
}

/// One cache that was purged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// A zone of Cloudflare's.
    Cloudflare {
        /// Its id; `None` where none was known.
        zone: Option<String>,
        /// The environment of its Version Management.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        environment: Option<String>,
    },
    /// A cache of one's own.
    HttpPurge {
        /// Its nodes, sorted.
        endpoints: Vec<String>,
    },
}

/// What a mark says beside its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Whose it is.
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
    /// Returns whose the marks of a site are. `zone` stands in for a zone that the configuration does not name.
    #[must_use]
    pub fn of(site: &Site, zone: Option<&ZoneId>) -> Identity {
        let mut base_urls: Vec<String> = site.base_urls.iter().map(|url| url.as_str().to_owned()).collect();
        base_urls.sort_unstable();
        let caches = site.caches().map(|cache| Destination::of(cache, zone)).collect();
        Identity { site: site.name.to_string(), base_urls, caches }
    }

    /// Returns true when both may be the same: where one does not know its zone, any zone may be it.
    #[must_use]
    pub fn fits(&self, other: &Identity) -> bool {
        let caches = self.caches.iter().zip(&other.caches);
        self.site == other.site
            && self.base_urls == other.base_urls
            && self.caches.len() == other.caches.len()
            && caches.into_iter().all(|(one, other)| one.fits(other))
    }

    /// Returns true when each destination is known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.caches.iter().any(|cache| matches!(cache, Destination::Cloudflare { zone: None, .. }))
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
    fn of(cache: &Cache, zone: Option<&ZoneId>) -> Destination {
        match cache {
            Cache::Cloudflare(cloudflare) => Destination::Cloudflare {
                zone: cloudflare.zone_id.as_ref().or(zone).map(|zone| zone.as_str().to_owned()),
                environment: cloudflare.environment.as_ref().map(|environment| environment.as_str().to_owned()),
            },
            Cache::HttpPurge(cache) => {
                let mut endpoints: Vec<String> =
                    cache.endpoints.iter().map(Endpoint::as_str).map(str::to_owned).collect();
                endpoints.sort_unstable();
                endpoints.dedup();
                Destination::HttpPurge { endpoints }
            }
        }
    }

    fn fits(&self, other: &Destination) -> bool {
        match (self, other) {
            (
                Destination::Cloudflare { zone: one, environment: in_one },
                Destination::Cloudflare { zone: other, environment: in_other },
            ) => in_one == in_other && (one.is_none() || other.is_none() || one == other),
            (one, other) => one == other,
        }
    }
}

/// `zone 023e…`, `environment 5d41… of zone 023e…`, `http://10.0.0.7:6081`.
impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Cloudflare { zone, environment } => {
                if let Some(environment) = environment {
                    write!(f, "environment {environment} of ")?;
                }
                match zone {
                    Some(zone) => write!(f, "zone {zone}"),
                    None => f.write_str("a zone that is not named"),
                }
            }
            Destination::HttpPurge { endpoints } => f.write_str(&endpoints.join(", ")),
        }
    }
}

impl Record {
    /// Returns what a mark of a site says when all of it is purged.
    #[must_use]
    pub fn of(site: &Site, zone: Option<&ZoneId>) -> Record {
        let output = site.output.as_str().to_owned();
        let mapping = site.mapping.as_str().to_owned();
        Record { identity: Identity::of(site, zone), output, mapping, purged: true }
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

    fn identity(base_urls: &str, more: &str, zone: Option<&str>) -> Identity {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [{base_urls}]\n{more}");
        let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
        Identity::of(&site, zone.map(|zone| ZoneId::from_variable("Z", zone).unwrap()).as_ref())
    }

    #[test]
    fn a_mark_is_of_one_site_with_its_base_urls_and_destination() {
        let one = "\"https://a.example/\"";
        let mine = identity(one, "", Some(A));
        let node = |port: u16| format!("[site.http_purge]\nendpoints = [\"http://127.0.0.1:{port}\"]\n");
        for other in [
            identity(one, "", Some(B)),
            identity("\"https://a.example/docs/\"", "", Some(A)),
            identity("\"https://a.example/\", \"https://b.example/\"", "", Some(A)),
            identity(one, "[site.cloudflare]\nenvironment_id = \"e\"\n", Some(A)),
            identity(one, &node(1), Some(A)),
        ] {
            assert!(!mine.fits(&other) && !other.fits(&mine) && mine.digest() != other.digest(), "{other:?}");
        }
        for same in [
            identity(one, &format!("[site.cloudflare]\nzone_id = \"{A}\"\n"), Some(B)),
            identity(one, "output = \"public\"\nhost = \"nginx\"\n", Some(A)),
        ] {
            assert!(mine.fits(&same) && mine.digest() == same.digest(), "{same:?}");
        }
        let both = "\"https://b.example/\", \"https://a.example/\"";
        assert!(identity(both, "", None).fits(&identity("\"https://a.example/\", \"https://b.example/\"", "", None)));
        // Without a zone it may be any, and says so.
        let unknown = identity(one, "", None);
        assert!(unknown.fits(&mine) && mine.fits(&unknown) && mine.is_whole() && !unknown.is_whole());
        assert!(!identity(one, &node(1), None).fits(&identity(one, &node(2), None)));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let record = Record {
            identity: identity("\"https://a.example/\"", "", None),
            output: "ü".into(),
            mapping: "0".into(),
            purged: false,
        };
        assert_eq!(Record::read(&record.text().unwrap()).unwrap(), record);
        assert!(Record::read("{}").is_err());
    }
}
