//! Asks an origin for one file, and says what is found in place of what should be.
//!
//! Redirects are followed at the origin, whatever name of the site they lead to, and nowhere else: the secret header that lets
//! requests in goes to no other server.

use std::net::SocketAddr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use super::awaited::{Awaited, Want};
use super::damage::is_error_page;
use super::served::{Version, Versions};
use crate::config::{Compare, Origin, OriginAt, Site};
use crate::display::shown;
use crate::send::{Fetch, Http, HttpError, Page, SecretHeader};
use crate::snapshot::{ContentId, Digest, Hash};

/// Redirects that are followed to a file: hosting services send `/a/index.html` to `/a/`, and seldom further.
const REDIRECTS: usize = 4;

/// The one who asks: a client, and everything that its questions to one site's origin share.
pub(super) struct Asker<'a> {
    http: Http,
    secret: Option<&'a SecretHeader>,
    compare: Compare,
    hash: Hash,
    /// The host names of the site, and of the origin itself.
    hosts: Vec<String>,
    /// True when the site's host names lead to the origin.
    resolves: bool,
    /// True when the address names no port, so that redirects keep their ports and schemes.
    usual_ports: bool,
}

impl<'a> Asker<'a> {
    /// Makes one for a site's origin.
    pub(super) fn new(
        site: &Site,
        origin: &Origin,
        hash: Hash,
        secret: Option<&'a SecretHeader>,
    ) -> Result<Asker<'a>, HttpError> {
        let mut hosts: Vec<String> = site.base_urls.iter().map(|base| base.host().to_owned()).collect();
        let (http, resolves, usual_ports) = match &origin.at {
            OriginAt::Address(address) => {
                let at: Vec<(String, SocketAddr)> = hosts.iter().map(|host| (host.clone(), *address)).collect();
                (Http::at(&at)?, true, address.port() == 0)
            }
            OriginAt::Url(base) => {
                hosts.push(base.host().to_owned());
                (Http::new()?, false, false)
            }
        };
        Ok(Asker { http, secret, compare: origin.compare, hash, hosts, resolves, usual_ports })
    }

    /// Says what is found in place of what should be; `None` when it is right.
    pub(super) async fn wrong(&self, awaited: &Awaited, timeout: Duration) -> Option<String> {
        let compares = match &awaited.want {
            Want::Content(_) => true,
            Want::Gone(old) => !old.is_empty() && old.unsure.is_none(),
            Want::There => false,
        } && self.compare == Compare::Body;
        let (page, url) = match self.get(&awaited.url, !compares, timeout).await {
            Ok(got) => got,
            Err(e) => return Some(e.to_string()),
        };
        let found = compares.then(|| page.digest(self.hash));
        match (&awaited.want, page.status) {
            (Want::Content(versions), _) => {
                let other = self.other(versions, found.as_ref(), &page, &url);
                other.map(|other| format!("{other}{}", led(&awaited.url, &url)))
            }
            // Storage that may not be listed forbids what is not there, and so does a directory without an index.
            (Want::Gone(_), 403 | 404 | 410) | (Want::There, 200..=299) => None,
            (Want::Gone(_), 200..=399) if !same_file(&awaited.url, &target(&page, &url)) => None,
            (Want::Gone(old), 200..=299) if found.is_some_and(|found| !old.has(&found)) => None,
            (Want::Gone(_), status) if status < 400 => Some(format!("is still there ({status})")),
            (Want::Gone(_) | Want::There, _) => Some(self.answered(&page, &url)),
        }
    }

    /// Says what is found in place of a file's content, where that is compared; `None` when it is right.
    fn other(&self, versions: &Versions, found: Option<&Digest>, page: &Page, url: &str) -> Option<String> {
        let is_there = (200..300).contains(&page.status);
        match found.map(|found| (found, versions.of(found))) {
            // The status does not matter: a page for what is not found answers 404, asked for by its own name.
            Some((_, Some(Version::Now))) if is_there || is_error_page(url) => None,
            _ if versions.now.may_be_absent && matches!(page.status, 403 | 404 | 410) => None,
            _ if !is_there => Some(self.answered(page, url)),
            None => None,
            // Nothing here knows the content: no answer without one is right, and no part of one.
            Some((found, None)) if versions.now.unsure.is_some() => {
                (found.size == 0 || matches!(page.status, 204..=206)).then(|| self.answered(page, url))
            }
            Some((found, _)) => Some(format!("has another content ({})", beside(found, versions))),
        }
    }

    /// Returns true when a page with this blob id is what the origin answers a URL with.
    pub(super) async fn answers(&self, url: &str, id: &str, timeout: Duration) -> bool {
        let page = self.get(url, false, timeout).await;
        page.is_ok_and(|(page, _)| (200..300).contains(&page.status) && page.digest(self.hash).blob == id)
    }

    /// Says what an answer was: `answers 302, a redirect to https://login.example/`.
    fn answered(&self, page: &Page, url: &str) -> String {
        let Some(location) = location(page) else { return format!("answers {}", page.status) };
        let location = Url::parse(url).and_then(|url| url.join(location)).map_or(location.to_owned(), String::from);
        let location = self.secret.map_or(location.clone(), |secret| secret.redact(&location));
        format!("answers {}, a redirect to {}", page.status, shown(location.as_bytes()))
    }

    /// Gets a page, and says where it was found.
    async fn get(&self, url: &str, head: bool, timeout: Duration) -> Result<(Page, String), HttpError> {
        let mut url = url.to_owned();
        let mut head = head;
        let mut left = REDIRECTS;
        loop {
            let (secret, hash) = (self.secret, self.hash);
            let fetch = Fetch { url: &url, host: None, headers: &[], head, hash, identity: true, secret, timeout };
            let page = self.http.fetch(&fetch).await?;
            if head && page.status >= 400 && !matches!(page.status, 404 | 410) {
                // It may know no HEAD.
                head = false;
                continue;
            }
            match location(&page).and_then(|location| self.followed(&url, location)) {
                Some(next) if next == url => return Ok((page, url)),
                Some(_) if left == 0 => return Err(HttpError::new("redirects again and again".to_owned())),
                Some(next) => (url, left) = (next, left - 1),
                None => return Ok((page, url)),
            }
        }
    }

    /// Returns the URL at the origin that a redirect leads to; `None` where it leads away. An origin may name the site's public hosts.
    fn followed(&self, url: &str, location: &str) -> Option<String> {
        let current = Url::parse(url).ok()?;
        let mut next = current.join(location).ok()?;
        let host = next.host_str()?;
        if !self.hosts.iter().any(|known| known == host) {
            return None;
        }
        if !self.resolves {
            next.set_host(current.host_str()).ok()?;
        }
        if !self.usual_ports {
            next.set_scheme(current.scheme()).ok()?;
            next.set_port(current.port()).ok()?;
        }
        next.set_fragment(None);
        Some(next.into())
    }
}

/// Returns the text of a redirect's `Location`.
fn location(page: &Page) -> Option<&str> {
    page.header("location").filter(|_| matches!(page.status, 301 | 302 | 303 | 307 | 308))
}

/// Returns the URL of a page in the end: the one that it redirects to, if it was not followed there.
fn target(page: &Page, url: &str) -> String {
    let next = location(page).and_then(|location| Url::parse(url).ok()?.join(location).ok());
    next.map_or_else(|| url.to_owned(), String::from)
}

/// Names the URL that answered, where it is another than the one that was asked for.
fn led(asked: &str, url: &str) -> String {
    if asked == url { String::new() } else { format!(", at {}", shown(url.as_bytes())) }
}

/// Returns true when two URLs are forms of one file: `/a/index.html`, `/a/`, `/a`.
fn same_file(one: &str, other: &str) -> bool {
    let stem = |url: &str| {
        let path = Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default();
        let path: Vec<u8> = percent_decode_str(&path).collect();
        let mut path = &path[..];
        for end in [&b"index.html"[..], b"index.htm", b".html", b".htm", b"/index"] {
            path = path.strip_suffix(end).unwrap_or(path);
        }
        path.strip_suffix(b"/").unwrap_or(path).to_vec()
    };
    stem(one) == stem(other)
}

/// Says which content was found, and which one was wanted.
fn beside(found: &Digest, versions: &Versions) -> String {
    let found_as = |wanted: &ContentId| match wanted {
        ContentId::Blob(_) => &found.blob,
        ContentId::Sha256(..) => &found.sha256,
    };
    let wanted = versions.now.surely.first().or(versions.now.perhaps.first());
    wanted
        .map_or_else(String::new, |wanted| format!("{} instead of {}", short(found_as(wanted)), short(wanted.digits())))
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn asker(at: &str) -> Asker<'static> {
        let site = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.origin]\n{at}\n");
        let site = Config::parse(&site, "").unwrap().sites.remove(0);
        Asker::new(&site, site.origin.origin.as_ref().unwrap(), Hash::Sha1, None).unwrap()
    }

    #[test]
    fn a_redirect_is_followed_at_the_origin_and_to_no_other_host() {
        let at_url = asker("url = \"http://127.0.0.1:8080/\"");
        for (location, want) in [
            ("/a/", Some("http://127.0.0.1:8080/a/")),
            ("b#x", Some("http://127.0.0.1:8080/a/b")),
            ("https://w.example/a/?x=1", Some("http://127.0.0.1:8080/a/?x=1")),
            ("//other.example/c", None),
            ("mailto:x", None),
        ] {
            let got = at_url.followed("http://127.0.0.1:8080/a/index.html", location);
            assert_eq!(got.as_deref(), want, "{location}");
        }
        for (resolve, want) in [("203.0.113.7", "https://w.example/a"), ("203.0.113.7:81", "http://w.example/a")] {
            let at_address = asker(&format!("resolve = \"{resolve}\""));
            let got = at_address.followed("http://w.example/a", "https://w.example/a");
            assert_eq!(got.as_deref(), Some(want));
        }
    }

    #[test]
    fn forms_of_a_file_are_told_from_other_files() {
        let is_same =
            |one: &str, other: &str| same_file(&format!("http://o.example{one}"), &format!("https://w.example{other}"));
        for (one, other) in [
            ("/", "/index.html"),
            ("/a/", "/a"),
            ("/a/index.html", "/a"),
            ("/a.html", "/a/"),
            ("/%C3%BC.html", "/%c3%bc?x"),
        ] {
            assert!(is_same(one, other), "{one} {other}");
        }
        for (one, other) in [("/a.html", "/b"), ("/a/", "/"), ("/a.html", "/login?to=/a.html"), ("/a.css", "/a")] {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
