//! Caches that take purges as HTTP requests: Varnish, nginx, Apache Traffic Server, Squid, Fastly's URL purge.
//!
//! One operation is one request. A URL is asked for as its visitors ask for it, host and path byte for byte, with another
//! method; what else a cache understands is in the site's configuration.

mod answers;

use std::borrow::Cow;

use crate::config::{self, Addresses, Endpoint, Mode};
use crate::display::grouped;
use crate::mapping::{Kind, PublicUrl};
use crate::plan::{Ability, Bucket, Capabilities, Items, Kinds, Limits, Pace};
use crate::provider::call::Call;
use crate::provider::finding::Finding;
use crate::provider::keys::{Keys, Opened, Secret};
use crate::provider::look_up::{Answer, Belonging, Heard, LookUp, Question};
use crate::provider::target::{Connection, Destination, ProviderError, Target};
use crate::provider::vendor::Vendor;
use crate::provider::verdict::{ApiReply, Verdict};

const ONE: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// A cache of one's own has no limit of requests: what holds a run back is how many are under way.
const PACE: Pace = Pace { urls: Bucket::UNLIMITED, others: Bucket::UNLIMITED, requests: Bucket::UNLIMITED };

/// Directories of a ladder's step, each a request of its own: as many as APIs take in one.
const DIRECTORIES: std::num::NonZeroUsize = std::num::NonZeroUsize::new(100).unwrap();

/// Requests under way at once at each endpoint, over as many connections. A purge takes a cache well below a millisecond, so a
/// few hide the way there and back; more would take worker threads from visitors (Varnish keeps 200 by default).
const IN_FLIGHT: usize = 8;

/// A cache of one's own, in front of one site.
#[derive(Debug, Clone)]
pub struct HttpPurge {
    config: config::HttpPurge,
    /// The `Host` of requests that are about no host.
    host: String,
}

impl HttpPurge {
    /// The cache as the site's configuration describes it.
    #[must_use]
    pub fn new(config: &config::HttpPurge, host: &str) -> HttpPurge {
        HttpPurge { config: config.clone(), host: host.to_owned() }
    }

    fn finished(&self, mut call: Call) -> Call {
        call.headers.extend(self.config.headers.iter().map(|header| (header.name.clone(), header.value.clone())));
        call
    }

    fn url(&self, url: Option<&PublicUrl>) -> Call {
        let rest = url.map_or("", |url| url.as_str().split_once("://").map_or("", |(_, rest)| rest));
        let (host, path) = split(rest);
        let own = url.and_then(PublicUrl::headers);
        let headers = own.map_or(Vec::new(), |headers| {
            headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        });
        let elsewhere = url.zip(self.config.url.as_ref()).map(|(url, pattern)| pattern.expand(url.as_str()));
        Call { headers, ..call(self.config.method.as_str(), host, elsewhere.as_deref().unwrap_or(path)) }
    }

    fn ban(&self, host: &str, prefix: &str) -> Call {
        let Some(ban) = &self.config.ban else { return call("BAN", host, prefix) };
        let headers = vec![(ban.header.clone(), prefix.to_owned())];
        Call { headers, ..call(ban.method.as_str(), host, prefix) }
    }

    fn tag(&self, tag: &str) -> Call {
        let Some(tags) = &self.config.tags else { return call("PURGE", &self.host, "/") };
        let headers = vec![(tags.header.clone(), tag.to_owned())];
        Call { headers, ..call(tags.method.as_str(), &self.host, &tags.path) }
    }

    fn everything(&self) -> Call {
        let Some(everything) = &self.config.everything else { return call("PURGE", &self.host, "/") };
        let headers = everything.header.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        Call { headers, ..call(everything.method.as_str(), &self.host, &everything.path) }
    }
}

fn call(method: &str, host: &str, path: &str) -> Call {
    Call {
        method: Cow::Owned(method.to_owned()),
        path: path.to_owned(),
        host: Some(host.to_owned()),
        headers: Vec::new(),
        body: None,
    }
}

/// Host, with a port where there is one, and path.
fn split(place: &str) -> (&str, &str) {
    place.find('/').map_or((place, "/"), |at| place.split_at(at))
}

impl Vendor for HttpPurge {
    /// One operation a request and no pace; the kinds that the configuration words.
    fn capabilities(&self) -> Capabilities {
        let with = |is_there: bool, key| if is_there { Ability::Has } else { Ability::Lacks(key) };
        let ban = with(self.config.ban.is_some(), "ban");
        Capabilities {
            limits: Limits { urls: ONE, others: ONE },
            pace: PACE,
            kinds: Kinds {
                prefix: ban,
                tag: with(self.config.tags.is_some(), "tags"),
                host: ban,
                everything: with(self.config.everything.is_some(), "everything"),
            },
            table: "[site.http_purge]",
            // A URL is removed at once, and a ban is held against every later request.
            covers_pay: false,
            most_directories: DIRECTORIES,
            whole: "cache",
            keeps_ports_apart: true,
            broad_removes: true,
            mode: self.config.mode,
        }
    }

    fn in_flight(&self) -> usize {
        IN_FLIGHT
    }

    /// One operation: each is a request of its own.
    fn call(&self, mode: Mode, items: &Items<'_>) -> Call {
        let soft = self.config.soft.as_ref().filter(|_| mode == Mode::Invalidate);
        let mut call = match items {
            Items::Urls(urls) => self.url(urls.first().copied()),
            Items::Prefixes(prefixes) => {
                let (host, path) = prefixes.first().map_or(("", ""), |prefix| split(prefix));
                return self.finished(self.ban(host, path));
            }
            Items::Hosts(hosts) => {
                return self.finished(self.ban(hosts.first().copied().unwrap_or_default(), "/"));
            }
            Items::Tags(tags) => self.tag(tags.first().copied().unwrap_or_default()),
            Items::Everything => return self.finished(self.everything()),
        };
        call.headers.extend(soft.map(|soft| (soft.name.clone(), soft.value.clone())));
        self.finished(call)
    }

    fn verdict(&self, reply: &ApiReply, kind: Kind) -> Verdict {
        answers::verdict(reply, kind)
    }

    fn was_not_cached(&self, status: u16) -> bool {
        answers::was_not_cached(status)
    }

    fn support_id(&self) -> Option<&'static str> {
        None
    }

    fn destination(&self) -> Destination {
        let nodes: Vec<String> = self.config.endpoints.iter().map(ToString::to_string).collect();
        let words = match &nodes[..] {
            [one] => one.clone(),
            all => format!("each of {} endpoints", grouped(all.len())),
        };
        Destination { provider: "http_purge", id: None, part: None, nodes, words: Some(words) }
    }

    fn connection(&self) -> Result<Connection, ProviderError> {
        Ok(Connection::CacheNode)
    }

    fn targets(&self) -> Result<Vec<Target>, ProviderError> {
        let target = |node: &Endpoint| Target {
            is_each_address: self.config.addresses == Addresses::All,
            base: node.as_str().to_owned(),
        };
        Ok(self.config.endpoints.iter().map(target).collect())
    }

    fn keys(&self) -> Option<Keys> {
        let token = self.config.token.as_ref()?;
        let secret = Secret { header: token.header.clone().into(), prefix: token.prefix.clone().into() };
        Some(Keys { source: token.source.clone(), secret, needs: None, older: None })
    }

    /// Each node is a server of its own.
    fn shares_pace(&self) -> bool {
        false
    }

    fn belonging(&self) -> Option<LookUp> {
        None
    }

    fn belongs(&self, _: &Heard, _: &[&str]) -> Belonging {
        Belonging::Inside
    }

    fn all_hosts(&self) -> Option<LookUp> {
        None
    }

    fn other_hosts(&self, _: &Heard, _: &[&str]) -> Vec<String> {
        Vec::new()
    }

    /// Whether each node answers; it is asked without the token, and so also where there is none.
    fn questions(&self, _: Opened) -> Vec<Question> {
        let knock = |node: &Endpoint| Question::Knock {
            base: node.as_str().to_owned(),
            host: self.host.clone(),
            connection: Connection::CacheNode,
            is_each_address: self.config.addresses == Addresses::All,
        };
        self.config.endpoints.iter().map(knock).collect()
    }

    fn further_questions(&self, _: Opened, _: &[Answer]) -> Vec<Question> {
        Vec::new()
    }

    fn findings(&self, opened: Opened, answers: &[Answer], _: &[&str]) -> Vec<Finding> {
        let opened = self.config.token.as_ref().filter(|_| opened == Opened::ByToken);
        let credentials = opened
            .map(|token| Finding::ok("credentials", format!("a token from {}, for {}", token.source, token.header)));
        let nodes = answers.iter().flat_map(|answer| match answer {
            Answer::Knocked(nodes) => &nodes[..],
            Answer::LookedUp(..) => &[],
        });
        let nodes = nodes.map(|(node, answer)| answers::endpoint_answers(node, answer));
        credentials.into_iter().chain(nodes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::mapping;
    use crate::provider::Provider;

    const ALL: &str = "endpoints = [\"http://127.0.0.1:6081\", \"https://b.internal\"]\nheaders = { \"X-From\" = \"deploy\" }\n\
        token_env = \"T\"\nsoft = { header = \"Fastly-Soft-Purge\", value = \"1\" }\nmode = \"invalidate\"\n\
        ban = { method = \"BAN\", header = \"X-Ban-Prefix\" }\ntags = { method = \"POST\", header = \"xkey\", path = \"/tags\" }\n\
        everything = { method = \"POST\", path = \"/purge_all\", header = \"X-All\", value = \"yes\" }\n";

    fn cache(lines: &str) -> (HttpPurge, config::Site) {
        let site = "[[site]]\nname = \"x\"\nbase_urls = [\"https://www.example.com:8443/\"]\nspellings = \"canonical\"\n\
            [[site.rule]]\nmatch = [\"**\"]\nforms = [\"exact\"]\nlanguages = [\"de\"]\nqueries = [\"a='b'\"]\n[site.http_purge]\n";
        let site = config::Config::parse(&format!("{site}{lines}"), "purge.toml").unwrap().sites.remove(0);
        (HttpPurge::new(site.cache.http_purge().unwrap(), "www.example.com"), site)
    }

    fn said(call: &Call) -> String {
        let headers: Vec<String> = call.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(call.body, None);
        format!("{} {} {} [{}]", call.method, call.host.as_deref().unwrap(), call.path, headers.join("; "))
    }

    #[test]
    fn a_url_is_asked_for_as_visitors_do() {
        let (cache, site) = cache(ALL);
        let change =
            Change { path: "d/\u{fc}|~'.css".as_bytes().into(), status: Status::Modified, leads_elsewhere: false };
        let changes = Changes { paths: vec![change], ..Changes::default() };
        let mapping = mapping::map(&mapping::judge(&changes, &site), &[], &site);
        let calls: Vec<String> =
            mapping.urls().map(|(url, _)| said(&cache.call(Mode::Purge, &Items::Urls(vec![url])))).collect();
        assert_eq!(
            calls,
            [
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css [X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css [Accept-Language: de; X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css?a='b' [X-From: deploy]",
                "PURGE www.example.com:8443 /d/%C3%BC%7C~'.css?a='b' [Accept-Language: de; X-From: deploy]",
            ]
        );
        let url = mapping.urls().next().unwrap().0;
        let soft = said(&cache.call(Mode::Invalidate, &Items::Urls(vec![url])));
        assert!(soft.ends_with("[Fastly-Soft-Purge: 1; X-From: deploy]"), "{soft}");
        let provider = Provider::HttpPurge(Box::new(cache));
        let request = provider.request(&provider.targets().unwrap()[1], Mode::Purge, &Items::Urls(vec![url]));
        assert_eq!(request.url(), "https://b.internal/d/%C3%BC%7C~'.css");
        assert_eq!(request.secret, Some(Secret { header: "Authorization".into(), prefix: "Bearer ".into() }));
    }

    #[test]
    fn what_is_no_url_is_asked_as_the_configuration_says() {
        let (cache, _) = cache(ALL);
        for (items, want) in [
            (Items::Prefixes(vec!["a.example/d/"]), "BAN a.example /d/ [X-Ban-Prefix: /d/; X-From: deploy]"),
            (Items::Hosts(vec!["a.example"]), "BAN a.example / [X-Ban-Prefix: /; X-From: deploy]"),
            (
                Items::Tags(vec!["blog"]),
                "POST www.example.com /tags [xkey: blog; Fastly-Soft-Purge: 1; X-From: deploy]",
            ),
            (Items::Everything, "POST www.example.com /purge_all [X-All: yes; X-From: deploy]"),
        ] {
            assert_eq!(said(&cache.call(Mode::Invalidate, &items)), want, "a ban cannot be soft");
        }
    }
}
