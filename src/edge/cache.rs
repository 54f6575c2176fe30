//! The entries that the edge keeps, and their keys.
//!
//! Cloudflare's default key: scheme, host, path with query string, and the `Origin` header
//! (<https://developers.cloudflare.com/cache/how-to/cache-keys/>); every GET is eligible, as with a "cache everything" rule.
//! Request URLs are normalised (type RFC-3986, Cloudflare's default). Assumption: URLs in a purge are not, which is the
//! stricter reading.

use std::collections::BTreeMap;
use std::time::Instant;

use hyper::body::Bytes;
use percent_encoding::percent_encode_byte;

/// One entry's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// `https://www.example.com/a/?x=1`: scheme, lower-case host, normalised path, query string as sent.
    pub url: String,
    /// The `Origin` header, empty when there was none.
    pub origin: String,
}

/// One kept answer.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The origin's status.
    pub status: u16,
    /// The origin's headers that are passed on, and its `Cache-Tag`; names in small letters.
    pub headers: Vec<(String, String)>,
    /// The origin's body.
    pub body: Bytes,
    /// When it was kept.
    pub stored: Instant,
    /// It was invalidated: the origin is asked before it is served again.
    pub stale: bool,
}

/// The treatment of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is removed.
    Purge,
    /// It is marked stale.
    Invalidate,
}

/// Everything the edge keeps.
#[derive(Debug, Default)]
pub struct Cache {
    entries: BTreeMap<Key, Entry>,
}

/// Statuses that Cloudflare caches by default
/// (<https://developers.cloudflare.com/cache/how-to/configure-cache-status-code/#edge-ttl>).
const CACHED: [u16; 8] = [200, 206, 301, 302, 303, 404, 410, 403];

impl Cache {
    /// The entry under a key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Keeps an answer, if its status is one that is kept.
    pub fn put(&mut self, key: Key, entry: Entry) {
        if CACHED.contains(&entry.status) {
            self.entries.insert(key, entry);
        }
    }

    /// All entries, sorted by key.
    #[must_use]
    pub fn entries(&self) -> Vec<(Key, Entry)> {
        self.entries.iter().map(|(k, e)| (k.clone(), e.clone())).collect()
    }

    /// One key.
    pub fn url(&mut self, action: Action, key: &Key) {
        match (action, self.entries.get_mut(key)) {
            (Action::Purge, _) => _ = self.entries.remove(key),
            (Action::Invalidate, Some(entry)) => entry.stale = true,
            (Action::Invalidate, None) => {}
        }
    }

    /// All that starts with `host/path`, under both schemes. "Starts with" is the documents' word for it.
    pub fn prefix(&mut self, action: Action, prefix: &str) {
        self.each(action, |key, _| without_scheme(&key.url).starts_with(prefix));
    }

    /// All that the origin's `Cache-Tag` gave a tag to; case does not count
    /// (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/>).
    pub fn tag(&mut self, action: Action, tag: &str) {
        let has = |(name, value): &(String, String)| {
            name == "cache-tag" && value.split(',').any(|one| one.trim().eq_ignore_ascii_case(tag))
        };
        self.each(action, |_, entry| entry.headers.iter().any(has));
    }

    /// All that lies under a host name, on any port.
    pub fn host(&mut self, action: Action, host: &str) {
        let host_of = |url: &str| {
            let authority = without_scheme(url).split('/').next().unwrap_or_default();
            authority.split(':').next().unwrap_or_default().to_owned()
        };
        self.each(action, |key, _| host_of(&key.url) == host.to_ascii_lowercase());
    }

    /// All.
    pub fn everything(&mut self, action: Action) {
        self.each(action, |_, _| true);
    }

    fn each(&mut self, action: Action, is_meant: impl Fn(&Key, &Entry) -> bool) {
        match action {
            Action::Purge => self.entries.retain(|key, entry| !is_meant(key, entry)),
            Action::Invalidate => {
                for (key, entry) in &mut self.entries {
                    entry.stale |= is_meant(key, entry);
                }
            }
        }
    }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// A request's path and query as Cloudflare normalises them (type RFC-3986): unreserved characters decoded, reserved
/// ones left as they came, other bytes encoded, hex in capitals.
#[must_use]
pub fn normalised(path_and_query: &str) -> String {
    let mut text = String::with_capacity(path_and_query.len());
    let bytes = path_and_query.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let escaped = (bytes[i] == b'%')
            .then(|| path_and_query.get(i + 1..i + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let (byte, stays) = match escaped {
            Some(byte) => (byte, unreserved(byte)),
            None => (bytes[i], unreserved(bytes[i]) || b":/?#[]@!$&'()*+,;=%".contains(&bytes[i])),
        };
        if stays {
            text.push(byte as char);
        } else {
            text.push_str(percent_encode_byte(byte));
        }
        i += if escaped.is_some() { 3 } else { 1 };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_paths_are_normalised_as_documented() {
        for (sent, want) in [
            ("/a%41/%7Ex", "/aA/~x"),
            ("/%c3%bc", "/%C3%BC"),
            ("/[x]@2x", "/[x]@2x"),
            ("/%5Bx%5D", "/%5Bx%5D"),
            ("/a|b^c", "/a%7Cb%5Ec"),
            ("/100%", "/100%"),
            ("/a?q=%20", "/a?q=%20"),
        ] {
            assert_eq!(normalised(sent), want);
        }
    }

    #[test]
    fn each_kind_of_purge_removes_its_own_keys_only() {
        let urls = [
            "https://a.example/x",
            "https://a.example/x?q=1",
            "https://a.example/x/y",
            "https://a.example/xy",
            "http://b.example:80/x",
        ];
        let left = |purge: &dyn Fn(&mut Cache)| {
            let mut cache = Cache::default();
            for url in urls {
                let entry = Entry {
                    status: 200,
                    headers: Vec::new(),
                    body: Bytes::new(),
                    stored: Instant::now(),
                    stale: false,
                };
                cache.put(Key { url: url.to_owned(), origin: String::new() }, entry);
            }
            purge(&mut cache);
            let left: Vec<String> = cache.entries().into_iter().map(|(k, _)| k.url).collect();
            urls.iter().map(|u| left.iter().any(|l| l == u)).collect::<Vec<bool>>()
        };
        let key = |url: &str, origin: &str| Key { url: url.to_owned(), origin: origin.to_owned() };
        assert_eq!(left(&|c| c.url(Action::Purge, &key(urls[0], ""))), [false, true, true, true, true]);
        assert_eq!(left(&|c| c.url(Action::Purge, &key(urls[0], "https://o.example"))), [true; 5]);
        assert_eq!(left(&|c| c.prefix(Action::Purge, "a.example/x/")), [true, true, false, true, true]);
        assert_eq!(left(&|c| c.host(Action::Purge, "B.example")), [true, true, true, true, false]);
        assert_eq!(left(&|c| c.everything(Action::Purge)), [false; 5]);
    }
}
