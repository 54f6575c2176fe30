//! Cloudflare's cache purge: bodies, limits and pace by plan.
//!
//! Sources: <https://developers.cloudflare.com/cache/how-to/purge-cache/> (limits, 2026-09-29) and
//! <https://developers.cloudflare.com/api/resources/cache/methods/purge/> (bodies, 2026-10-08). The widely copied
//! numbers 30 URLs a request and 1,000 URLs a minute are obsolete.

use std::borrow::Cow;
use std::num::NonZeroUsize;

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::{ApiBase, ApiRequest, Call, Secret};
use crate::config::{self, CloudflarePlan, EnvironmentId, Mode, ZoneId};
use crate::mapping::PublicUrl;
use crate::plan::{Bucket, Capabilities, Items, Kinds, Limits, Pace};

/// URLs in one request: 100, on Enterprise 500.
const URLS: NonZeroUsize = NonZeroUsize::new(100).unwrap();
const URLS_ENTERPRISE: NonZeroUsize = NonZeroUsize::new(500).unwrap();

/// Prefixes, hosts or tags in one request, on every plan.
const OTHERS: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// Requests of any kind, against the API's general limit of 1,200 in 5 minutes
/// (<https://developers.cloudflare.com/fundamentals/api/reference/limits/>). Whether purges count towards it is not
/// documented: this assumes that they do, since exceeding it blocks every API call for 5 minutes.
/// 150 at once and 3 a second are 1,050 in any 5 minutes, which leaves some for the dashboard.
const REQUESTS: Bucket = Bucket { burst: 150.0, per_second: 3.0, in_any_second: None };

const _: () = assert!(REQUESTS.burst + 300.0 * REQUESTS.per_second <= 1200.0);

/// The part of the URL rate that is used. Requests leave evenly and arrive a little unevenly: without a reserve, nine of
/// them can fall into a second that eight are meant for.
const USED: f64 = 0.95;

/// Cloudflare, for the plan of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloudflare {
    plan: CloudflarePlan,
    mode: Mode,
    environment: Option<EnvironmentId>,
}

impl Cloudflare {
    /// Requests under way at once. Throughput is this × batch ÷ round trip: 4 saturate every plan.
    pub const IN_FLIGHT: usize = 4;

    /// Cloudflare as the site's configuration describes it.
    #[must_use]
    pub fn new(config: &config::Cloudflare) -> Cloudflare {
        Cloudflare { plan: config.plan, mode: config.mode, environment: config.environment.clone() }
    }

    /// How many operations fit one request.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let urls = if self.plan == CloudflarePlan::Enterprise { URLS_ENTERPRISE } else { URLS };
        Limits { urls, others: OTHERS }
    }

    /// How fast an account may ask. The URL rates are averages over an undocumented window, so the burst is one
    /// request.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let (urls, others_burst, others) = match self.plan {
            CloudflarePlan::Free => (800.0, 25.0, 5.0 / 60.0),
            CloudflarePlan::Pro => (1500.0, 25.0, 5.0),
            CloudflarePlan::Business => (1500.0, 50.0, 10.0),
            CloudflarePlan::Enterprise => (3000.0, 500.0, 50.0),
        };
        let batch = if self.plan == CloudflarePlan::Enterprise { 500.0 } else { 100.0 };
        Pace {
            urls: Bucket { burst: batch, per_second: urls * USED, in_any_second: Some(urls) },
            others: Bucket { burst: others_burst, per_second: others, in_any_second: None },
            requests: REQUESTS,
        }
    }

    /// Every kind, on every plan.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            limits: self.limits(),
            pace: self.pace(),
            kinds: Kinds::ALL,
            table: "[site.cloudflare]",
            covers_pay: true,
            most_directories: OTHERS,
            whole: "zone",
            keeps_ports_apart: false,
            broad_removes: false,
            mode: self.mode,
        }
    }

    /// The body that asks for these items: compact JSON, byte for byte the same in a dry run and on the wire.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "texts and numbers always serialise")]
    pub fn body(&self, items: &Items<'_>) -> Vec<u8> {
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

    /// The path of requests, below the API's base: what is done, to which environment of the zone.
    #[must_use]
    pub fn path(&self, zone: &str, mode: Mode) -> String {
        let environment = self.environment.as_ref().map(|id| format!("/environments/{}", id.as_str()));
        let action = match mode {
            Mode::Purge => "purge_cache",
            Mode::Invalidate => "invalidate_cache",
        };
        format!("/zones/{zone}{}/{action}", environment.unwrap_or_default())
    }

    /// The environment that is purged; `None` for all of them.
    #[must_use]
    pub fn environment(&self) -> Option<&EnvironmentId> {
        self.environment.as_ref()
    }

    /// The request, but for the API's address.
    #[must_use]
    pub fn call(&self, zone: &str, mode: Mode, items: &Items<'_>) -> Call {
        let (path, body) = (self.path(zone, mode), Some(self.body(items)));
        Call { method: Cow::Borrowed("POST"), path, host: None, headers: Vec::new(), body }
    }

    /// The whole request.
    #[must_use]
    pub fn request(&self, base: &ApiBase, zone: &ZoneId, mode: Mode, items: &Items<'_>) -> ApiRequest {
        let call = self.call(zone.as_str(), mode, items);
        ApiRequest { base: base.as_str().to_owned(), call, secret: Some(Secret::Cloudflare) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::mapping;

    fn cloudflare(plan: CloudflarePlan) -> Cloudflare {
        Cloudflare { plan, mode: Mode::Purge, environment: None }
    }

    /// The URLs of a changed file, on a site with a rule.
    fn urls(file: &str, rule: &str) -> Vec<PublicUrl> {
        let site = "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\nspellings = \"canonical\"\n";
        let site = config::Config::parse(&format!("{site}{rule}"), "purge.toml").unwrap().sites.remove(0);
        let change = Change { path: file.as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
        let changes = Changes { paths: vec![change], ..Changes::default() };
        mapping::map(&mapping::judge(&changes, &site), &[], &site).urls().map(|(url, _)| url.clone()).collect()
    }

    #[test]
    fn bodies_hold_one_selector_each() {
        let plain = urls("\u{fc}.html", "");
        let fonts = urls(
            "f.woff2",
            "[[site.rule]]\nmatch = [\"*.woff2\"]\norigins = [\"https://a.example\"]\ndevice_types = [\"mobile\"]\nheaders = [{ b = \"2\", A = \"\\\"1\" }]\n",
        );
        for (items, want) in [
            (
                Items::Urls(plain.iter().take(2).collect()),
                r#"{"files":["https://www.example.com/%C3%BC","https://www.example.com/%C3%BC.html"]}"#,
            ),
            (
                Items::Urls(vec![&fonts[0], fonts.last().unwrap()]),
                r#"{"files":["https://www.example.com/f.woff2",{"url":"https://www.example.com/f.woff2","headers":{"Origin":"https://a.example","CF-Device-Type":"mobile","A":"\"1","b":"2"}}]}"#,
            ),
            (Items::Tags(vec!["blog", "feed"]), r#"{"tags":["blog","feed"]}"#),
            (Items::Prefixes(vec!["www.example.com/blog/"]), r#"{"prefixes":["www.example.com/blog/"]}"#),
            (Items::Hosts(vec!["www.example.com"]), r#"{"hosts":["www.example.com"]}"#),
            (Items::Everything, r#"{"purge_everything":true}"#),
        ] {
            let body = cloudflare(CloudflarePlan::Free).body(&items);
            assert_eq!(String::from_utf8(body).unwrap(), want);
        }
    }

    #[test]
    fn a_request_goes_to_its_zone_environment_and_action() {
        let config = |extra: &str| {
            let text = format!(
                "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\n[site.cloudflare]\n{extra}"
            );
            Cloudflare::new(config::Config::parse(&text, "purge.toml").unwrap().sites[0].cache.cloudflare().unwrap())
        };
        let environment = config("environment_id = \"5d41402abc4b2a76b9719d911017c000\"\n");
        for (provider, mode, want) in [
            (&config(""), Mode::Purge, "/zones/z/purge_cache"),
            (&config(""), Mode::Invalidate, "/zones/z/invalidate_cache"),
            (&environment, Mode::Purge, "/zones/z/environments/5d41402abc4b2a76b9719d911017c000/purge_cache"),
            (&environment, Mode::Invalidate, "/zones/z/environments/5d41402abc4b2a76b9719d911017c000/invalidate_cache"),
        ] {
            assert_eq!(provider.path("z", mode), want);
        }
    }

    #[test]
    fn limits_and_pace_are_those_of_the_plan() {
        for (plan, urls, urls_a_second, burst, others_a_minute) in [
            (CloudflarePlan::Free, 100, 800.0, 25.0, 5.0),
            (CloudflarePlan::Pro, 100, 1500.0, 25.0, 300.0),
            (CloudflarePlan::Business, 100, 1500.0, 50.0, 600.0),
            (CloudflarePlan::Enterprise, 500, 3000.0, 500.0, 3000.0),
        ] {
            let (limits, pace) = (cloudflare(plan).limits(), cloudflare(plan).pace());
            assert_eq!((limits.urls.get(), limits.others.get()), (urls, 100));
            assert!((pace.urls.per_second - urls_a_second * USED).abs() < 1e-9);
            assert!((pace.others.burst - burst).abs() < 1e-9);
            assert!((pace.others.per_second * 60.0 - others_a_minute).abs() < 1e-9);
        }
    }
}
