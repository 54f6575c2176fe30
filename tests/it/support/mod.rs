//! Builders and judges that let the tests speak in the project's words.

mod browser;
mod hostile;
mod origin;
mod repo;
mod requirement;
mod tool;
mod toxic;
mod web_server;

pub(crate) use browser::Browser;
pub(crate) use hostile::{FILES, hostile_site, listed};
pub(crate) use origin::Origin;
pub(crate) use repo::{Repo, git};
pub(crate) use requirement::required;
pub(crate) use tool::{Ran, Tool, diffpurge};
pub(crate) use toxic::{Fault, Toxic};
pub(crate) use web_server::{Kind, WebServer};

use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Access, Edge, Entry, Key, Settings};

/// The zone of every test; from Cloudflare's documents.
pub(crate) const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// The token of every test; nothing that is printed may hold it.
pub(crate) const TOKEN: &str = "tok-3n-Sup3rS3cr3t";

/// An edge for `example.com` whose origin is not asked.
pub(crate) fn edge() -> Edge {
    edge_with(Access::default())
}

/// The same with another kind of token.
pub(crate) fn edge_with(access: Access) -> Edge {
    Edge::start(Settings {
        zone: ZONE.to_owned(),
        zone_name: "example.com".to_owned(),
        token: TOKEN.to_owned(),
        access,
        plan: CloudflarePlan::Free,
        scheme: "https",
        origin: ([127, 0, 0, 1], 9).into(),
    })
    .expect("an edge starts on loopback")
}

/// Lets the edge keep an answer for each of the URLs.
pub(crate) fn warm(edge: &Edge, urls: &[&str]) {
    for url in urls {
        let entry = Entry { status: 200, headers: Vec::new(), body: "old".into(), stored: std::time::Instant::now() };
        edge.keep(Key { url: (*url).to_owned(), origin: String::new() }, entry);
    }
}

/// The URLs that the edge still keeps.
pub(crate) fn kept(edge: &Edge) -> Vec<String> {
    edge.cached().into_iter().map(|(key, _)| key.url).collect()
}
