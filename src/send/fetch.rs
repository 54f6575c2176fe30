//! Gets pages as a visitor does, or from an origin: what proofs and waiting are made of.
//!
//! The meaning of an answer is left to [`crate::proof`].

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT_ENCODING, HOST, HeaderValue};
use reqwest::{Client, Method};

use super::http::in_words;
use super::{Http, HttpError, Page, SecretHeader};
use crate::snapshot::{ContentHasher, Hash};

/// One request for a page.
#[derive(Debug, Clone, Copy)]
pub struct Fetch<'f> {
    /// Absolute.
    pub url: &'f str,
    /// The `Host` where it is not the URL's.
    pub host: Option<&'f str>,
    /// Further headers.
    pub headers: &'f [(String, String)],
    /// Only the status is wanted.
    pub head: bool,
    /// How contents are hashed that are too long to be kept.
    pub hash: Hash,
    /// The content is wanted as the server has it, not compressed.
    pub identity: bool,
    /// The header that lets the request in.
    pub secret: Option<&'f SecretHeader>,
    /// How long nothing may come: before the answer begins, and between its pieces.
    pub timeout: Duration,
}

/// How long a whole answer may take: a file of 100 MB at 5 Mbit/s.
const WHOLE: Duration = Duration::from_secs(160);

/// Bytes a second below which an answer is not waited for any longer, once it had the time of a first answer: a tenth of what a bad
/// mobile connection gives. A server that drips would else hold a run for hours.
const SLOWEST: u64 = 16 << 10;

/// Bytes of a body that are kept: of a longer one only the digests are known, which is enough to compare it. Sixteen of them at once
/// are 16 MiB.
const KEPT: usize = 1 << 20;

/// Bytes of a decoded body after which the others have their turn.
const TURN: u64 = 64 << 10;

/// Bytes of a decoded body that are read; the largest file of a static host is smaller.
const LONGEST: u64 = 4 << 30;

impl Http {
    /// A client that finds these hosts at these addresses; port 0 is the URL's own. No proxy stands between.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn at(hosts: &[(String, SocketAddr)]) -> Result<Http, HttpError> {
        let at =
            |builder: reqwest::ClientBuilder, (host, address): &(String, SocketAddr)| builder.resolve(host, *address);
        let has_ports = hosts.iter().any(|(_, address)| address.port() != 0);
        let mut http = Http::build(hosts.iter().fold(Client::builder().no_proxy(), at))?;
        http.has_ports = has_ports;
        Ok(http)
    }

    /// Gets a page. A long one that does not say its length is asked for twice: git's ids begin with the length, and nothing is kept.
    ///
    /// # Errors
    /// When no answer came in time, in one line.
    pub async fn fetch(&self, fetch: &Fetch<'_>) -> Result<Page, HttpError> {
        let mut length = None;
        loop {
            let (page, read) = self.read(fetch, length).await?;
            match (read, length) {
                (Read::Whole, _) => return Ok(page),
                (Read::Longer(found), None) => length = Some(found),
                (Read::Longer(_), Some(_)) => {
                    return Err(HttpError::new("the answer has another length each time".to_owned()));
                }
            }
        }
    }

    /// Reads an answer, whose body is known to have this length where that had to be found out.
    async fn read(&self, fetch: &Fetch<'_>, length: Option<u64>) -> Result<(Page, Read), HttpError> {
        let start = Instant::now();
        let answer = tokio::time::timeout(fetch.timeout, self.request(fetch).send()).await.map_err(|_| late())?;
        let mut answer = answer.map_err(|e| HttpError::new(in_words(&e)))?;
        let text = |(name, value): (&reqwest::header::HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = answer.headers().iter().map(text).collect();
        let status = answer.status().as_u16();
        // Known where the body is sent as it is.
        let told = answer.content_length().filter(|_| !fetch.head).filter(|length| *length > KEPT as u64);
        let length = told.or(length);
        let (mut body, mut hasher) = (Vec::new(), length.map(|length| ContentHasher::new(fetch.hash, length)));
        let mut read = 0;
        loop {
            let piece = tokio::time::timeout(fetch.timeout, answer.chunk()).await.map_err(|_| late())?;
            let Some(piece) = piece.map_err(|e| HttpError::new(in_words(&e)))? else { break };
            let before = read / TURN;
            read += piece.len() as u64;
            if read / TURN > before {
                // A body that is all here inflates without a pause, and the others' time runs on meanwhile.
                tokio::task::yield_now().await;
            }
            match &mut hasher {
                Some(hasher) => hasher.update(&piece),
                None if read <= KEPT as u64 => body.extend_from_slice(&piece),
                None => body = Vec::new(),
            }
            if read > LONGEST {
                return Err(HttpError::new(format!("the answer is longer than {LONGEST} bytes")));
            } else if start.elapsed() > fetch.timeout + Duration::from_secs(read / SLOWEST) {
                return Err(HttpError::Slow(read));
            }
        }
        let is_whole = length.map_or(read <= KEPT as u64, |length| length == read);
        let long = hasher.filter(|_| is_whole).map(ContentHasher::digest);
        Ok((Page { status, headers, body, long }, if is_whole { Read::Whole } else { Read::Longer(read) }))
    }

    /// Makes the request for a page.
    fn request(&self, fetch: &Fetch<'_>) -> reqwest::RequestBuilder {
        let method = if fetch.head { Method::HEAD } else { Method::GET };
        // The client would keep to a port that stands in the URL.
        let without_port = if self.has_ports { without_port(fetch.url) } else { None };
        let (url, host) = without_port.as_ref().map_or((fetch.url, fetch.host), |(url, host)| (url, Some(host)));
        let mut request = self.client().request(method, url).timeout(WHOLE);
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        for (name, value) in fetch.headers {
            request = request.header(name, value);
        }
        if fetch.identity {
            request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if let Some(secret) = fetch.secret {
            let (name, value) = secret.header();
            request = request.header(name, value);
        }
        request
    }
}

/// How much of a body was read so that its id is known.
enum Read {
    /// All of it.
    Whole,
    /// It is longer than what is kept, or than was said: this long.
    Longer(u64),
}

/// A URL without the port that stands in it, and its host with it.
fn without_port(url: &str) -> Option<(String, String)> {
    let mut url = url::Url::parse(url).ok()?;
    let host = format!("{}:{}", url.host_str()?, url.port()?);
    url.set_port(None).ok()?;
    Some((url.into(), host))
}

fn late() -> HttpError {
    HttpError::new("no answer in time".to_owned())
}
