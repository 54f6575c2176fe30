//! Cloudflare's cache purge: limits and pace by plan, the zone, and all that its API can be asked.
//!
//! Source: <https://developers.cloudflare.com/cache/how-to/purge-cache/> (limits, 2026-09-29). The widely copied
//! numbers 30 URLs a request and 1,000 URLs a minute are obsolete.

mod answers;
mod api_base;
mod bearer;
mod body;
mod check;
mod clock;
mod dns;
mod envelope;
mod token_status;
mod zone;

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::time::Duration;

use self::api_base::{ApiBase, Unusable};
use self::bearer::BEARER;
use self::zone::ZoneAnswer;
use crate::config::{self, AccountId, CloudflarePlan, Environment, EnvironmentId, Mode, TokenSource, ZoneId};
use crate::mapping::Kind;
use crate::plan::{Bucket, Capabilities, Items, Kinds, Limits, Pace, Stretch};
use crate::provider::call::{Body, Call};
use crate::provider::finding::Finding;
use crate::provider::keys::{Keys, OlderKey, OlderKeys, Opened};
use crate::provider::look_up::{Answer, Belonging, Heard, LookUp, Question};
use crate::provider::target::{Connection, Destination, ProviderError, Target};
use crate::provider::vendor::Vendor;
use crate::provider::verdict::{ApiReply, Verdict};

/// The variable with the zone of sites that name none.
const ZONE: &str = "CLOUDFLARE_ZONE_ID";

/// The variable with the account, as Cloudflare's wrangler names it.
const ACCOUNT: &str = "CLOUDFLARE_ACCOUNT_ID";

/// The text that stands for the zone in a path while it is not known.
const NO_ZONE: &str = "{zone_id}";

/// URLs in one request: 100, on Enterprise 500.
const URLS: NonZeroUsize = NonZeroUsize::new(100).unwrap();
const URLS_ENTERPRISE: NonZeroUsize = NonZeroUsize::new(500).unwrap();

/// Prefixes, hosts or tags in one request, on every plan.
const OTHERS: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// Requests of any kind, against the API's general limit of 1,200 in 5 minutes
/// (<https://developers.cloudflare.com/fundamentals/api/reference/limits/>). Whether purges count towards it is not
/// documented: this assumes that they do, since exceeding it blocks every API call for 5 minutes, which
/// the retries outlast. 1,050 leave some for the dashboard.
const REQUESTS: Stretch = Stretch { units: 1050.0, length: Duration::from_secs(300) };

/// The time in which the URLs of a second go, from the arrival of one to that of another. Clocks are read a little late, and timers
/// end a little unevenly.
const SECOND: Duration = Duration::from_millis(1005);

/// Requests under way at once. Throughput is this × batch ÷ round trip: 4 saturate every plan.
const IN_FLIGHT: usize = 4;

/// The variables of the older pair, as Cloudflare's SDKs name them.
const OLDER: OlderKeys = OlderKeys {
    key: OlderKey { variable: "CLOUDFLARE_API_KEY", header: "x-auth-key" },
    beside: &[OlderKey { variable: "CLOUDFLARE_EMAIL", header: "x-auth-email" }],
    warning: "CLOUDFLARE_API_KEY opens all that its user may do; a token in CLOUDFLARE_API_TOKEN with the one permission Zone > Cache Purge is safer",
    hint: "better `export CLOUDFLARE_API_TOKEN=…`, with a token that has the one permission Zone > Cache Purge",
};

/// Cloudflare, for one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloudflare {
    plan: CloudflarePlan,
    mode: Mode,
    environment: Option<EnvironmentId>,
    zone: Option<ZoneId>,
    /// The variable of the zone is set to nothing.
    zone_is_blank: bool,
    /// The account that owns the token, where it is known.
    account: Option<AccountId>,
    token: TokenSource,
    /// A plan is made without it, so one that cannot be used is reported when something is to be sent.
    base: Result<ApiBase, Unusable>,
}

impl Cloudflare {
    /// Makes Cloudflare as the site's configuration describes it; the environment may name the zone, and move the API.
    ///
    /// # Errors
    /// When the variable of the zone holds no zone id.
    pub fn new(config: &config::Cloudflare, environment: &Environment) -> Result<Cloudflare, ProviderError> {
        let zone = environment
            .get(ZONE)?
            .filter(|id| !id.trim().is_empty())
            .map(|id| ZoneId::from_variable(ZONE, id))
            .transpose()?;
        // It is for a check alone: one that cannot be right keeps no purge back.
        let account = environment.get(ACCOUNT).ok().flatten().and_then(AccountId::restored);
        Ok(Cloudflare {
            plan: config.plan,
            mode: config.mode,
            environment: config.environment.clone(),
            zone: config.zone_id.clone().or(zone),
            zone_is_blank: environment.is_blank(ZONE),
            account: config.account_id.clone().or(account),
            token: config.token.clone(),
            base: ApiBase::from_environment(environment),
        })
    }

    /// Makes the same for another zone, or for none.
    pub(super) fn with_zone(&self, id: Option<&str>) -> Result<Cloudflare, ProviderError> {
        let zone = id.map(|id| ZoneId::from_variable("plan", id)).transpose()?;
        Ok(Cloudflare { zone, ..self.clone() })
    }

    /// How many operations fit one request.
    fn limits(&self) -> Limits {
        let urls = if self.plan == CloudflarePlan::Enterprise { URLS_ENTERPRISE } else { URLS };
        Limits { urls, others: OTHERS }
    }

    /// How fast an account may ask. The URL rates are averages over a window that is not documented: this assumes that it is a second at
    /// least, so that the URLs of a second may go at once. One that is refused goes again a little later.
    fn pace(&self) -> Pace {
        let (urls, others_burst, others) = match self.plan {
            CloudflarePlan::Free => (800.0, 25.0, 5.0 / 60.0),
            CloudflarePlan::Pro => (1500.0, 25.0, 5.0),
            CloudflarePlan::Business => (1500.0, 50.0, 10.0),
            CloudflarePlan::Enterprise => (3000.0, 500.0, 50.0),
        };
        Pace {
            urls: Bucket::of(Stretch { units: urls, length: SECOND }),
            others: Bucket { burst: others_burst, per_second: others, in_any: None },
            requests: Bucket::of(REQUESTS),
        }
    }

    fn base(&self) -> Result<&ApiBase, ProviderError> {
        self.base.as_ref().map_err(|unusable| unusable.clone().into())
    }

    /// A question about the zone at this path, where both are known.
    fn look_up(&self, path: impl FnOnce(&str) -> String) -> Option<LookUp> {
        let (Ok(base), Some(zone)) = (&self.base, &self.zone) else { return None };
        Some(LookUp { url: format!("{}{}", base.as_str(), path(zone.as_str())), secret: BEARER })
    }

    /// The path of requests, below the API's base: what is done, to which environment of the zone.
    fn path(&self, mode: Mode) -> String {
        let zone = self.zone.as_ref().map_or(NO_ZONE, ZoneId::as_str);
        let environment = self.environment.as_ref().map(|id| format!("/environments/{}", id.as_str()));
        let action = match mode {
            Mode::Purge => "purge_cache",
            Mode::Invalidate => "invalidate_cache",
        };
        format!("/zones/{zone}{}/{action}", environment.unwrap_or_default())
    }
}

impl Vendor for Cloudflare {
    fn capabilities(&self) -> Capabilities {
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

    fn in_flight(&self) -> usize {
        IN_FLIGHT
    }

    fn call(&self, mode: Mode, items: &Items<'_>) -> Call {
        let body = Some(Body::json(body::body(items)));
        Call { method: Cow::Borrowed("POST"), path: self.path(mode), host: None, headers: Vec::new(), body }
    }

    fn verdict(&self, reply: &ApiReply, _: Kind) -> Verdict {
        answers::verdict(reply)
    }

    /// The API takes every purge alike.
    fn was_not_cached(&self, _: u16) -> bool {
        false
    }

    fn support_id(&self) -> Option<&'static str> {
        Some("cf-ray")
    }

    fn destination(&self) -> Destination {
        let part = self.environment.as_ref().map(|id| id.as_str().to_owned());
        let environment = part.as_ref().map_or(String::new(), |id| format!("environment {id} of "));
        let id = self.zone.as_ref().map(|zone| zone.as_str().to_owned());
        let words = id.as_ref().map(|zone| format!("{environment}zone {zone}"));
        Destination { provider: "cloudflare", id, part, nodes: Vec::new(), words }
    }

    fn connection(&self) -> Result<Connection, ProviderError> {
        Ok(if self.base()?.is_on_this_machine() { Connection::ApiHere } else { Connection::Api })
    }

    fn targets(&self) -> Result<Vec<Target>, ProviderError> {
        let base = self.base()?.as_str().to_owned();
        if self.zone.is_none() {
            let hint =
                "set `zone_id` in [site.cloudflare], or CLOUDFLARE_ZONE_ID: 32 hex digits, on the zone's Overview page";
            let what = if self.zone_is_blank {
                "no zone id is known: CLOUDFLARE_ZONE_ID is set, and is empty"
            } else {
                "no zone id is known"
            };
            return Err(ProviderError::NoTarget { what, hint });
        }
        Ok(vec![Target { is_each_address: false, base }])
    }

    fn keys(&self) -> Option<Keys> {
        let needs = Some("the permission Zone > Cache Purge");
        Some(Keys { source: self.token.clone(), secret: BEARER, needs, older: Some(&OLDER) })
    }

    fn shares_pace(&self) -> bool {
        true
    }

    /// The zone's own page; needs the permission Zone > Zone > Read
    /// (<https://developers.cloudflare.com/api/resources/zones/methods/get/>).
    fn belonging(&self) -> Option<LookUp> {
        self.look_up(|zone| format!("/zones/{zone}"))
    }

    fn belongs(&self, heard: &Heard, hosts: &[&str]) -> Belonging {
        ZoneAnswer::judged(heard).belongs(hosts)
    }

    fn all_hosts(&self) -> Option<LookUp> {
        self.look_up(dns::path)
    }

    fn other_hosts(&self, heard: &Heard, ours: &[&str]) -> Vec<String> {
        dns::other_hosts(heard, ours)
    }

    fn questions(&self, opened: Opened) -> Vec<Question> {
        check::questions(self.base.as_ref().ok(), self.belonging(), opened)
    }

    fn further_questions(&self, opened: Opened, answers: &[Answer]) -> Vec<Question> {
        check::further_questions(self.base.as_ref().ok(), self.account.as_ref(), opened, answers)
    }

    fn findings(&self, opened: Opened, answers: &[Answer], hosts: &[&str]) -> Vec<Finding> {
        check::findings((&self.token, self.targets()), opened, answers, hosts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::mapping::{self, PublicUrl};

    fn cloudflare(plan: CloudflarePlan) -> Cloudflare {
        let config = config::Cloudflare { plan, ..config::Cloudflare::default() };
        Cloudflare::new(&config, &Environment::default()).unwrap()
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
            let Body { content_type, bytes } = cloudflare(CloudflarePlan::Free).call(Mode::Purge, &items).body.unwrap();
            assert_eq!((content_type, String::from_utf8(bytes).unwrap().as_str()), ("application/json", want));
        }
    }

    #[test]
    fn a_request_goes_to_its_zone_environment_and_action() {
        let config = |extra: &str| {
            let text = format!(
                "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com/\"]\n[site.cloudflare]\n{extra}"
            );
            let config = config::Config::parse(&text, "purge.toml").unwrap();
            Cloudflare::new(config.sites[0].cache.cloudflare().unwrap(), &Environment::default()).unwrap()
        };
        let environment = config("environment_id = \"5d41402abc4b2a76b9719d911017c000\"\n");
        for (provider, mode, want) in [
            (&config(""), Mode::Purge, "/zones/{zone_id}/purge_cache"),
            (&config(""), Mode::Invalidate, "/zones/{zone_id}/invalidate_cache"),
            (&environment, Mode::Purge, "/zones/{zone_id}/environments/5d41402abc4b2a76b9719d911017c000/purge_cache"),
            (
                &environment,
                Mode::Invalidate,
                "/zones/{zone_id}/environments/5d41402abc4b2a76b9719d911017c000/invalidate_cache",
            ),
        ] {
            assert_eq!(provider.path(mode), want);
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
            assert_eq!(pace.urls.in_any.map(|most| most.units), Some(urls_a_second));
            assert!((pace.others.burst - burst).abs() < 1e-9);
            assert!((pace.others.per_second * 60.0 - others_a_minute).abs() < 1e-9);
        }
    }

    #[test]
    fn the_zone_is_the_configurations_or_else_the_environments() {
        const ONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";
        let other = "f".repeat(32);
        let made = |zone: Option<&str>, variable: &str| {
            let config = config::Cloudflare {
                zone_id: zone.map(|zone| ZoneId::from_variable("x", zone).unwrap()),
                ..config::Cloudflare::default()
            };
            Cloudflare::new(&config, &[(ZONE, variable)].into_iter().collect())
        };
        let id = |cloudflare: &Cloudflare| cloudflare.destination().id;
        assert_eq!(id(&made(Some(ONE), &other).unwrap()).as_deref(), Some(ONE));
        let from_variable = made(None, &other).unwrap();
        assert_eq!(id(&from_variable), Some(other));
        assert_eq!(from_variable.targets().unwrap()[0].base, "https://api.cloudflare.com/client/v4");
        let none = made(None, "").unwrap();
        assert_eq!((id(&none), none.targets().unwrap_err().is_of_one_site()), (None, true));
        assert!(none.belonging().is_none() && none.all_hosts().is_none());
        assert!(!made(Some(ONE), "x").unwrap_err().is_of_one_site());
    }

    #[test]
    fn an_address_that_cannot_be_used_is_told_where_something_is_sent() {
        let environment = [("CLOUDFLARE_BASE_URL", "http://api.example.com/")].into_iter().collect();
        let cloudflare = Cloudflare::new(&config::Cloudflare::default(), &environment).unwrap();
        let error = cloudflare.targets().unwrap_err();
        assert!(error.to_string().starts_with("CLOUDFLARE_BASE_URL cannot be used: ") && !error.is_of_one_site());
        assert!(cloudflare.connection().is_err() && cloudflare.questions(Opened::ByToken).is_empty());
        let here = [("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/x")].into_iter().collect();
        let here = Cloudflare::new(&config::Cloudflare::default(), &here).unwrap();
        assert_eq!(here.connection().unwrap(), Connection::ApiHere);
        assert_eq!(here.questions(Opened::ByToken).len(), 1, "the token, without a zone");
    }
}
