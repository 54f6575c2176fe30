//! Builders and judges that let the tests speak in the project's words.

mod browser;
#[cfg(feature = "serve")]
mod driven;
mod events;
mod hosted;
mod hostile;
mod hosts;
mod lambda;
mod live;
mod moto;
mod origin;
#[cfg(feature = "serve")]
mod postgres;
#[cfg(feature = "serve")]
mod receiver;
mod repo;
mod requirement;
mod served;
mod site_origin;
mod terminal;
mod tool;
mod toxic;
mod trees;
mod varnish;
mod visitor;
mod web_server;

pub(crate) use browser::{Browser, Looked};
#[cfg(feature = "serve")]
pub(crate) use driven::Driven;
pub(crate) use events::{notification, s3, s3_named, sqs};
pub(crate) use hosted::{Hosted, PASSWORD, executable, recording_git};
pub(crate) use hostile::{FILES, hostile_site, listed};
pub(crate) use hosts::Hosts;
pub(crate) use lambda::{Answer, Lambda, bootstrap};
pub(crate) use live::{Live, Site, kill};
pub(crate) use moto::{Login, Moto};
pub(crate) use origin::Origin;
#[cfg(feature = "serve")]
pub(crate) use postgres::Postgres;
#[cfg(feature = "serve")]
pub(crate) use receiver::{HOOK_SECRET, PATIENCE, Place, Receiver, Reply, SITE, config, raw, signed, try_raw};
pub(crate) use repo::{Repo, git};
pub(crate) use requirement::required;
pub(crate) use served::{Manner, Served};
pub(crate) use site_origin::SiteOrigin;
pub(crate) use terminal::Terminal;
pub(crate) use tool::{Ran, Tool, diffpurge};
pub(crate) use toxic::{Fault, Toxic};
pub(crate) use trees::{Node, Tree, import, two_trees};
pub(crate) use varnish::Varnish;
pub(crate) use visitor::Visitor;
pub(crate) use web_server::{Kind, Purging, WebServer};

use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Access, Edge, Entry, Key, Settings};

/// The zone of every test; from Cloudflare's documents.
pub(crate) const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// The environment of the zone's Version Management.
pub(crate) const ENVIRONMENT: &str = "5d41402abc4b2a76b9719d911017c000";

/// The token of every test; nothing that is printed may hold it.
pub(crate) const TOKEN: &str = "tok-3n-Sup3rS3cr3t";

/// An edge for `example.com` whose origin is not asked.
pub(crate) fn edge() -> Edge {
    edge_with(Access::default())
}

/// The same with another kind of token.
pub(crate) fn edge_with(access: Access) -> Edge {
    started(access, ([127, 0, 0, 1], 9).into())
}

/// An edge in front of an origin.
pub(crate) fn edge_before(origin: std::net::SocketAddr) -> Edge {
    started(Access::default(), origin)
}

/// Asks an edge for a page as a visitor does: its status and text.
pub(crate) fn visit(edge: &Edge, host: &str, path: &str) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = diffpurge::send::Http::local().unwrap();
    let page = runtime.block_on(http.get(&format!("http://{}{path}", edge.address()), host)).unwrap();
    (page.status, String::from_utf8(page.body).unwrap())
}

fn started(access: Access, origin: std::net::SocketAddr) -> Edge {
    Edge::start(Settings {
        zone: ZONE.to_owned(),
        environment: ENVIRONMENT.to_owned(),
        zone_name: "example.com".to_owned(),
        token: TOKEN.to_owned(),
        access,
        plan: CloudflarePlan::Free,
        scheme: "https",
        origin,
    })
    .expect("an edge starts on loopback")
}

/// An answer with these cache tags.
pub(crate) fn entry(tags: &str) -> Entry {
    let headers = vec![("cache-tag".to_owned(), tags.to_owned())];
    Entry { status: 200, headers, body: "old".into(), stored: std::time::Instant::now(), stale: false }
}

/// Lets the edge keep an answer for each of the URLs.
pub(crate) fn warm(edge: &Edge, urls: &[&str]) {
    for url in urls {
        edge.keep(Key { url: (*url).to_owned(), origin: String::new() }, entry(""));
    }
}

/// The URLs that the edge keeps and has to ask the origin about.
pub(crate) fn stale(edge: &Edge) -> Vec<String> {
    edge.cached().into_iter().filter(|(_, entry)| entry.stale).map(|(key, _)| key.url).collect()
}

/// The URLs that the edge still keeps.
pub(crate) fn kept(edge: &Edge) -> Vec<String> {
    edge.cached().into_iter().map(|(key, _)| key.url).collect()
}

/// The page about Varnish, which shows what the tests do.
pub(crate) const VARNISH_PAGE: &str = include_str!("../../../docs/src/varnish.md");
