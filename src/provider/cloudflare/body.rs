//! The bodies of purges: compact JSON, one selector each.
//!
//! Source: <https://developers.cloudflare.com/api/resources/cache/methods/purge/> (2026-10-08).

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::mapping::PublicUrl;
use crate::plan::Items;

/// Returns the body that asks for these items, byte for byte the same in a dry run and on the wire.
pub(super) fn body(items: &Items<'_>) -> Vec<u8> {
    let body = match items {
        Items::Urls(urls) => Body::Files(urls.iter().map(|url| File(url)).collect()),
        Items::Prefixes(prefixes) => Body::Prefixes(prefixes),
        Items::Tags(tags) => Body::Tags(tags),
        Items::Hosts(hosts) => Body::Hosts(hosts),
        Items::Everything => Body::PurgeEverything(true),
    };
    #[expect(clippy::expect_used, reason = "texts and numbers always serialise")]
    serde_json::to_vec(&body).expect("a body is texts and numbers")
}

/// One selector each, and nothing but [`Items::Everything`] can make `purge_everything`.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Body<'p> {
    Files(Vec<File<'p>>),
    Prefixes(&'p [&'p str]),
    Tags(&'p [&'p str]),
    Hosts(&'p [&'p str]),
    PurgeEverything(bool),
}

/// A URL as `files` takes it: a text, or an object where headers are part of the key.
struct File<'p>(&'p PublicUrl);

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(headers) = self.0.headers() else { return serializer.serialize_str(self.0.as_str()) };
        let mut file = serializer.serialize_map(Some(2))?;
        file.serialize_entry("url", self.0.as_str())?;
        file.serialize_entry("headers", headers)?;
        file.end()
    }
}
