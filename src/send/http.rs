//! The one HTTP client: the only file that knows reqwest.
//!
//! It sends what it is given and hands back what came, or one line on why nothing came. Redirects are never followed,
//! every request has a limit in time and size, and credentials go into headers of their own. Meaning is left to the
//! provider, asking again to [`super::Sender`].

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HOST, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};

use super::Credentials;
use super::credentials::{Headers, StoredAnswer};
use super::retry::parse_retry_after;
use crate::provider::{ApiReply, ApiRequest, Connection, LookUp, LookUpReply, Secret};
use crate::snapshot::{Digest, Hash};

/// A connection to an API stands within this or not at all; the official SDKs wait as long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of an answer that are read; an envelope has a few hundred, a site's page in the demo a few thousand.
const MAX_BODY: usize = 8 << 20;

/// A client with its connections.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    /// The ports of URLs give way to those of the addresses that their hosts were given.
    pub(super) has_ports: bool,
}

/// Why no answer came, in one line without any secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HttpError {
    /// Another try may bring one.
    #[error("{0}")]
    Failed(String),
    /// The request cannot be sent, however often it is tried.
    #[error("{0}")]
    Unsendable(String),
    /// The answer came too slowly, after so many bytes; another try would too.
    #[error("the answer came too slowly to be waited for: {0} bytes")]
    Slow(u64),
}

/// An answer to a plain GET.
#[derive(Debug, Clone)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, decoded; empty where it was too long to be kept.
    pub body: Vec<u8>,
    /// The digests of a body that was too long to be kept.
    pub long: Option<Digest>,
}

impl HttpError {
    /// For what comes as an answer and is none.
    #[must_use]
    pub fn new(why: String) -> HttpError {
        HttpError::Failed(why)
    }
}

impl Page {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body's digests.
    #[must_use]
    pub fn digest(&self, hash: Hash) -> Digest {
        self.long.clone().unwrap_or_else(|| Digest::of(&self.body, hash))
    }
}

impl Http {
    /// A client for servers that are connected to like this.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn through(connection: Connection) -> Result<Http, HttpError> {
        match connection {
            Connection::Api => Http::new(),
            Connection::ApiHere => Http::plain(),
            Connection::CacheNode => Http::for_caches(),
        }
    }

    /// A client for an API behind TLS.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Http, HttpError> {
        Http::build(reqwest::Client::builder())
    }

    /// A client for servers on this machine: no proxy of the environment stands between.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn local() -> Result<Http, HttpError> {
        Http::build(reqwest::Client::builder().no_proxy())
    }

    /// A client for servers on this machine that speak plain http: it trusts no certificate.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn plain() -> Result<Http, HttpError> {
        Http::with(super::roots::no_tls(), reqwest::Client::builder().no_proxy())
    }

    /// A client for caches, which stand beside each other in a private network: no proxy, and no header that could be a part of
    /// a cache key.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn for_caches() -> Result<Http, HttpError> {
        Http::build(Http::caches())
    }

    /// The same for the one server at an address of an endpoint. Its name stays what it is asked by, also in TLS.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn for_cache_at(endpoint: &str, address: SocketAddr) -> Result<Http, HttpError> {
        let url = Url::parse(endpoint).map_err(|e| HttpError::Unsendable(format!("this is no URL: {e}")))?;
        let builder = Http::caches().resolve(url.host_str().unwrap_or_default(), address);
        // Each node has a client of its own, and most speak plain http.
        if url.scheme() == "http" { Http::with(super::roots::no_tls(), builder) } else { Http::build(builder) }
    }

    fn caches() -> reqwest::ClientBuilder {
        reqwest::Client::builder().no_proxy().no_gzip().no_brotli().no_zstd().http1_only()
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub(super) fn build(builder: reqwest::ClientBuilder) -> Result<Http, HttpError> {
        Http::with(super::roots::tls(), builder)
    }

    fn with(tls: Option<rustls::ClientConfig>, builder: reqwest::ClientBuilder) -> Result<Http, HttpError> {
        // A second installation is refused, and the first is the same one.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let builder = match tls {
            Some(tls) => builder.tls_backend_preconfigured(tls),
            None => builder,
        };
        builder
            .user_agent(concat!("diffpurge/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .map(|client| Http { client, has_ports: false })
            .map_err(|e| HttpError::Failed(in_words(&e)))
    }

    /// Sends a request of a provider, and gives up after `timeout` in all.
    ///
    /// # Errors
    /// When no whole answer came in time, or the request cannot be written as it is meant.
    pub async fn send(
        &self,
        request: &ApiRequest,
        credentials: &Credentials,
        timeout: Duration,
    ) -> Result<ApiReply, HttpError> {
        let mut sent = self.client.request(method(&request.call.method)?, exact(request)?);
        for (name, value) in &request.call.headers {
            sent = sent.header(name, value);
        }
        if let Some(host) = &request.call.host {
            sent = sent.header(HOST, host);
        }
        if let Some(body) = &request.call.body {
            sent =
                sent.header(CONTENT_TYPE, body.content_type).header(ACCEPT, body.content_type).body(body.bytes.clone());
        }
        let answer = ask(sent, request.secret.as_ref(), credentials, timeout).await?;
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let retry_after = header(RETRY_AFTER.as_str()).and_then(|v| parse_retry_after(&v, SystemTime::now()));
        let support_id = request.support_id.and_then(header).filter(|id| is_plain(id));
        let status = answer.status().as_u16();
        // Before anything is cut or escaped: what a server repeats of the token stays here.
        let body = credentials.redact(&String::from_utf8_lossy(&whole_body(answer).await?)).into_bytes();
        let support_id = support_id.map(|id| credentials.redact(&id));
        Ok(ApiReply { status, retry_after, support_id, body })
    }

    /// Looks something up for a provider, and gives up after `timeout` in all.
    ///
    /// # Errors
    /// When no whole answer came in time.
    pub async fn look_up(
        &self,
        look_up: &LookUp,
        credentials: &Credentials,
        timeout: Duration,
    ) -> Result<LookUpReply, HttpError> {
        let sent = self.client.get(&look_up.url).header(ACCEPT, "application/json");
        let answer = ask(sent, Some(&look_up.secret), credentials, timeout).await?;
        let date = answer.headers().get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        // A date before 1970 is as good as none.
        let date = date.and_then(|date| Some(date.duration_since(UNIX_EPOCH).ok()?.as_secs()));
        let status = answer.status().as_u16();
        let body = credentials.redact(&String::from_utf8_lossy(&whole_body(answer).await?)).into_bytes();
        Ok(LookUpReply { status, date, body })
    }

    /// Posts a signed request to a store of secrets, and gives up after `timeout` in all. The answer is shown to nobody.
    ///
    /// # Errors
    /// When no whole answer came in time.
    pub(in crate::send) async fn ask_store(
        &self,
        url: Url,
        headers: Headers,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<StoredAnswer, HttpError> {
        let sent = self.client.post(url).headers(headers.into_iter().collect()).body(body).timeout(timeout);
        let answer = sent.send().await.map_err(|e| HttpError::Failed(in_words(&e)))?;
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| parse_retry_after(value, SystemTime::now()));
        Ok(StoredAnswer::new(answer.status().as_u16(), retry_after, whole_body(answer).await?))
    }

    /// Asks a cache something that it neither keeps nor removes (`OPTIONS`), to see whether it is there: the answer's status.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn knock(&self, base: &str, host: &str, timeout: Duration) -> Result<u16, HttpError> {
        let sent = self.client.request(Method::OPTIONS, format!("{base}/")).header(HOST, host).timeout(timeout);
        Ok(sent.send().await.map_err(|e| HttpError::Failed(in_words(&e)))?.status().as_u16())
    }

    /// Posts a JSON document, and gives up after `timeout` in all: the answer's status.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn post(&self, url: &str, body: Vec<u8>, timeout: Duration) -> Result<u16, HttpError> {
        let sent = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body).timeout(timeout);
        Ok(sent.send().await.map_err(|e| HttpError::Failed(in_words(&e)))?.status().as_u16())
    }

    /// Gets a URL as the visitor of `host` does.
    ///
    /// # Errors
    /// When no whole answer came in time.
    pub async fn get(&self, url: &str, host: &str) -> Result<Page, HttpError> {
        let sent = self.client.get(url).timeout(CONNECT_TIMEOUT * 2).header(HOST, host);
        let answer = sent.send().await.map_err(|e| HttpError::Failed(in_words(&e)))?;
        let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = answer.headers().iter().map(text).collect();
        Ok(Page { status: answer.status().as_u16(), headers, body: whole_body(answer).await?, long: None })
    }
}

fn method(name: &str) -> Result<Method, HttpError> {
    Method::from_bytes(name.as_bytes()).map_err(|_| HttpError::Unsendable("this is no HTTP method".to_owned()))
}

/// The request's URL, if it stays what it is: a parser resolves `%2E%2E`, and a key that is asked for in another spelling is
/// another key.
fn exact(request: &ApiRequest) -> Result<Url, HttpError> {
    let meant = request.url();
    let url = Url::parse(&meant).map_err(|e| HttpError::Unsendable(format!("this is no URL: {e}")))?;
    let written = &url[url::Position::BeforePath..];
    if written.ends_with(&request.call.path) && meant.ends_with(written) {
        return Ok(url);
    }
    let path = crate::display::shown(request.call.path.as_bytes());
    Err(HttpError::Unsendable(format!("{path} cannot be sent as it is: an HTTP client would write {}", url.path())))
}

/// Sends a request with the credentials.
async fn ask(
    mut request: reqwest::RequestBuilder,
    secret: Option<&Secret>,
    credentials: &Credentials,
    timeout: Duration,
) -> Result<reqwest::Response, HttpError> {
    let headers = secret.map_or(Some(Vec::new()), |secret| credentials.headers(secret));
    for (name, value) in
        headers.ok_or_else(|| HttpError::Unsendable("the credentials cannot be sent as headers".to_owned()))?
    {
        request = request.header(name, value);
    }
    request.timeout(timeout).send().await.map_err(|e| HttpError::Failed(in_words(&e)))
}

/// An id as providers give it, and nothing else that a server may send in its place.
fn is_plain(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

async fn whole_body(mut answer: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| HttpError::Failed(in_words(&e)))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(HttpError::Failed(format!("the answer is longer than {MAX_BODY} bytes")));
        }
    }
    Ok(body)
}

/// The error's kind and its innermost cause; the outer layers only repeat the URL.
pub(super) fn in_words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let what = if error.is_timeout() {
        return "no answer in time".to_owned();
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    format!("{what}: {}", crate::display::shown(cause.to_string().as_bytes()))
}
