//! The way to an edge: where the hosts' names lead, or an address that stands in their place.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::display::shown;
use crate::mapping::PublicUrl;
use crate::send::{Fetch, Http, HttpError, Page};
use crate::snapshot::Hash;

/// The time that one page may take; somebody who waits longer is no visitor.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The times that a page is asked for when no answer comes at all.
const ATTEMPTS: usize = 2;

/// The way on which the edge is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// To wherever the hosts' names lead.
    Names,
    /// To this address, whatever the names say; port 0 is the URL's own.
    Address(SocketAddr),
    /// By plain HTTP to this authority, with the site's `Host`.
    Http(String),
}

/// A text that is no door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is neither an IP address nor `http://HOST:PORT`", shown(.0.as_bytes()))]
pub struct DoorError(String);

impl std::str::FromStr for Door {
    type Err = DoorError;

    fn from_str(text: &str) -> Result<Door, DoorError> {
        if let Some(rest) = text.strip_prefix("http://") {
            let authority = rest.strip_suffix('/').unwrap_or(rest);
            let fits = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
            if !authority.is_empty() && authority.bytes().all(fits) {
                return Ok(Door::Http(authority.to_owned()));
            }
        }
        let alone = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0));
        alone.or_else(|_| text.parse()).map(Door::Address).map_err(|_| DoorError(text.to_owned()))
    }
}

impl Door {
    /// Makes a client that goes through it to these hosts.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn client(&self, hosts: &[&str]) -> Result<Http, HttpError> {
        match self {
            Door::Names => Http::new(),
            Door::Address(address) => {
                Http::at(&hosts.iter().map(|host| ((*host).to_owned(), *address)).collect::<Vec<_>>())
            }
            Door::Http(_) => Http::local(),
        }
    }

    /// Gets a page through it.
    pub(super) async fn get(&self, http: &Http, url: &PublicUrl, hash: Hash) -> Result<Page, HttpError> {
        let headers: Vec<(String, String)> = url
            .headers()
            .map(|headers| headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
            .unwrap_or_default();
        let text = url.as_str();
        let (rewritten, host) = match self {
            Door::Http(authority) => {
                let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (format!("http://{authority}{path}"), Some(host))
            }
            Door::Names | Door::Address(_) => (text.to_owned(), None),
        };
        let fetch = Fetch {
            url: &rewritten,
            host,
            headers: &headers,
            head: false,
            hash,
            identity: false,
            secret: None,
            timeout: TIMEOUT,
        };
        let mut answer = http.fetch(&fetch).await;
        for _ in 1..ATTEMPTS {
            if matches!(answer, Err(HttpError::Failed(_))) {
                answer = http.fetch(&fetch).await;
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_an_address_or_plain_http() {
        for (text, want) in [
            ("203.0.113.7", Some("203.0.113.7:0")),
            ("203.0.113.7:8443", Some("203.0.113.7:8443")),
            ("http://127.0.0.1:8080/", Some("127.0.0.1:8080")),
            ("http://edge.internal", Some("edge.internal")),
            ("http://", None),
            ("https://edge.internal", None),
            ("http://u:p@h", None),
            ("www.example.com", None),
        ] {
            let got = text.parse::<Door>().ok().map(|door| match door {
                Door::Names => String::new(),
                Door::Address(address) => address.to_string(),
                Door::Http(authority) => authority,
            });
            assert_eq!(got.as_deref(), want, "{text}");
        }
    }
}
