//! Waits until the origin serves what was deployed: purging before that lets the edge fetch the old page again.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use crate::config::{Compare, Origin, OriginAt, Site};
use crate::display::shown;
use crate::send::{Fetch, Http, HttpError, Page, SecretHeader};
use crate::snapshot::Hash;

/// Pages that an origin is asked for at once; it has no edge in front of it.
const IN_FLIGHT: usize = 8;

/// How long one page may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Bytes of a body that are compared.
const MOST: usize = 64 << 20;

/// Redirects that are followed to a file: hosts send `/a/index.html` to `/a/`, and seldom further.
const REDIRECTS: usize = 4;

/// The waits between two rounds: each twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// One file that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The file's path below the web root, for people.
    pub path: Box<[u8]>,
    /// Where the origin serves it.
    pub url: String,
    /// What it should be there.
    pub want: Want,
}

/// What a file should be at the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// It has this content, by blob id in hex.
    Content(String),
    /// It is there.
    There,
    /// It is not there any more.
    Gone,
}

/// The origin does not serve what was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// What was asked for first and is not right, and what was found instead.
    pub first: (Awaited, String),
    /// How many others are not right either.
    pub more: usize,
    /// How long it was waited for.
    pub waited: Duration,
}

impl std::fmt::Display for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (awaited, found) = &self.first;
        let (path, seconds) = (shown(&awaited.path), self.waited.as_secs());
        let more = if self.more == 0 { String::new() } else { format!(", and {} more", self.more) };
        write!(f, "the origin does not serve TO after {seconds} s: {path} ({}) {found}{more}", awaited.url)
    }
}

impl Late {
    /// The next thing to do.
    #[must_use]
    pub fn hint(&self) -> String {
        "is the deploy through, and `output` what it deploys? `wait` in [site.origin] waits longer; nothing of the site was purged"
            .to_owned()
    }
}

/// Who asks.
struct Asker<'a> {
    http: Http,
    secret: Option<&'a SecretHeader>,
    compare: Compare,
    hash: Hash,
}

/// The URL of a path (as URLs have it) at a site's origin.
#[must_use]
pub fn url_at(site: &Site, origin: &Origin, path: &str) -> String {
    let base = match &origin.at {
        OriginAt::Url(base) => base.as_str(),
        OriginAt::Address(_) => site.base_urls.first().map_or("", |base| base.as_str()),
    };
    format!("{base}{path}")
}

/// Asks until everything is as it should be; `watch` is told how many are not, now and then.
///
/// # Errors
/// When it is not within the origin's time, or no client can be made.
pub async fn wait(
    site: &Site,
    origin: &Origin,
    (awaited, hash, secret): (Vec<Awaited>, Hash, Option<&SecretHeader>),
    watch: &dyn Fn(usize),
) -> Result<Result<(), Late>, HttpError> {
    let http = match origin.at {
        OriginAt::Address(address) => {
            let hosts = site.base_urls.iter().map(|base| (base.host().to_owned(), address));
            Http::at(&hosts.collect::<Vec<(String, SocketAddr)>>())?
        }
        OriginAt::Url(_) => Http::new()?,
    };
    let asker = Asker { http, secret, compare: origin.compare, hash };
    let start = Instant::now();
    let mut pause = FIRST_WAIT;
    let mut left = awaited;
    loop {
        let answers = stream::iter(left).map(|awaited| async {
            let wrong = asker.wrong(&awaited).await;
            wrong.map(|wrong| (awaited, wrong))
        });
        let mut wrong: Vec<(Awaited, String)> =
            answers.buffered(IN_FLIGHT).filter_map(std::future::ready).collect().await;
        if wrong.is_empty() {
            return Ok(Ok(()));
        }
        let waited = start.elapsed();
        if waited >= origin.wait {
            let more = wrong.len() - 1;
            return Ok(Err(Late { first: wrong.swap_remove(0), more, waited }));
        }
        watch(wrong.len());
        tokio::time::sleep(pause.min(origin.wait.saturating_sub(waited))).await;
        pause = (pause * 2).min(LONGEST_WAIT);
        left = wrong.into_iter().map(|(awaited, _)| awaited).collect();
    }
}

impl Asker<'_> {
    /// What is found in place of what should be; nothing when it is right.
    async fn wrong(&self, awaited: &Awaited) -> Option<String> {
        let is_content = matches!(awaited.want, Want::Content(_)) && self.compare == Compare::Body;
        let page = match self.get(&awaited.url, !is_content).await {
            Ok(page) => page,
            Err(e) => return Some(e.to_string()),
        };
        match (&awaited.want, page.status) {
            (Want::Gone, 404 | 410) => None,
            (Want::Gone, status) => Some(format!("still answers {status}")),
            (Want::Content(id), 200..=299) if is_content => {
                let found = self.hash.blob_id(&page.body);
                (found != *id).then(|| format!("has another content ({} instead of {})", short(&found), short(id)))
            }
            (_, 200..=299) => None,
            (_, status) => Some(format!("answers {status}")),
        }
    }

    /// Gets a page; redirects are followed at the origin, whatever host they name.
    async fn get(&self, url: &str, head: bool) -> Result<Page, HttpError> {
        let mut url = url.to_owned();
        let mut head = head;
        for _ in 0..=REDIRECTS {
            let fetch = Fetch {
                url: &url,
                host: None,
                headers: &[],
                head,
                identity: true,
                secret: self.secret,
                timeout: TIMEOUT,
                most: MOST,
            };
            let page = self.http.fetch(&fetch).await?;
            if head && matches!(page.status, 405 | 501) {
                // It knows no HEAD.
                head = false;
                continue;
            }
            let location = page.header("location").filter(|_| matches!(page.status, 301 | 302 | 303 | 307 | 308));
            match location.and_then(|location| below_the_same_host(&url, location)) {
                Some(next) if next != url => url = next,
                _ => return Ok(page),
            }
        }
        Err(HttpError::new("it redirects again and again".to_owned()))
    }
}

/// Where a redirect leads, at the host that gave it: an origin may name the public one.
fn below_the_same_host(url: &str, location: &str) -> Option<String> {
    let current = url::Url::parse(url).ok()?;
    let mut next = current.join(location).ok()?;
    next.set_host(current.host_str()).ok()?;
    next.set_scheme(current.scheme()).ok()?;
    next.set_port(current.port()).ok()?;
    next.set_fragment(None);
    Some(next.into())
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_followed_at_the_origin() {
        for (location, want) in [
            ("/a/", "http://127.0.0.1:8080/a/"),
            ("b#x", "http://127.0.0.1:8080/a/b"),
            ("https://www.example.com/a/?x=1", "http://127.0.0.1:8080/a/?x=1"),
            ("//other.example/c", "http://127.0.0.1:8080/c"),
        ] {
            assert_eq!(below_the_same_host("http://127.0.0.1:8080/a/index.html", location).as_deref(), Some(want));
        }
    }
}
