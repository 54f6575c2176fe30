//! A CDN's edge on this machine: a caching reverse proxy that speaks Cloudflare's purge API.
//!
//! The demo shows the tool against it, the integration tests judge the tool by it, and Cloudflare's own SDKs judge it.
//! It stands for what the documents say of the API and of cache keys; what they leave open is named as an assumption in
//! `cache.rs` and in the files beside it. It is no mock: what is not purged is really still served.

mod access;
mod api;
mod cache;
mod loopback;
mod meter;
mod settings;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use cache::{Cache, Entry, Key, normalised};
pub use loopback::{Handler, Loopback, Request, Response, response};
pub use meter::{Meter, Throttled};
pub use settings::{Access, Settings};

use crate::config::CloudflarePlan;
use crate::send::Http;

/// Where the API lies below the edge's address.
const API: &str = "/client/v4";

/// Headers of the origin that visitors see.
const PASSED_ON: [&str; 5] = ["content-type", "location", "etag", "last-modified", "cache-control"];

/// The origin's tags for an answer: kept with it, and kept from visitors.
const TAGS: &str = "cache-tag";

/// A purge request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its path below the API.
    pub path: String,
    /// Its body.
    pub body: String,
    /// The status that it was answered with.
    pub status: u16,
}

struct State {
    cache: Cache,
    meter: Meter,
    recorded: Vec<Recorded>,
    looked_up: Vec<String>,
}

struct Shared {
    settings: Settings,
    http: Http,
    state: Mutex<State>,
}

/// A running edge; it ends with this value.
pub struct Edge {
    shared: Arc<Shared>,
    server: Loopback,
}

impl Edge {
    /// Starts an edge with an empty cache.
    ///
    /// # Errors
    /// When the system gives no port, or the client to the origin cannot be set up.
    pub fn start(settings: Settings) -> io::Result<Edge> {
        let http = Http::plain().map_err(io::Error::other)?;
        let meter = Meter::new(settings.plan, Instant::now());
        let state = State { cache: Cache::default(), meter, recorded: Vec::new(), looked_up: Vec::new() };
        let shared = Arc::new(Shared { settings, http, state: Mutex::new(state) });
        let handler: Handler = {
            let shared = shared.clone();
            Arc::new(move |request| {
                let shared = shared.clone();
                Box::pin(async move { shared.answer(request).await })
            })
        };
        Ok(Edge { shared, server: Loopback::start(handler)? })
    }

    /// Where visitors ask.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The API's address, for `CLOUDFLARE_BASE_URL`.
    #[must_use]
    pub fn api_base(&self) -> String {
        format!("http://{}{API}", self.address())
    }

    /// Returns the entries that are kept, sorted by key.
    #[must_use]
    pub fn cached(&self) -> Vec<(Key, Entry)> {
        self.shared.lock().cache.entries()
    }

    /// Keeps an answer as if a visitor had asked for it.
    pub fn keep(&self, key: Key, entry: Entry) {
        self.shared.lock().cache.put(key, entry);
    }

    /// The purge requests so far, in order.
    #[must_use]
    pub fn recorded(&self) -> Vec<Recorded> {
        self.shared.lock().recorded.clone()
    }

    /// The paths of what was looked up so far, in order.
    #[must_use]
    pub fn looked_up(&self) -> Vec<String> {
        self.shared.lock().looked_up.clone()
    }
}

impl Shared {
    /// Answers a GET, which changes nothing.
    fn look_up(&self, request: &Request, path: &str) -> Response {
        self.lock().looked_up.push(path.to_owned());
        access::look_up(&self.settings, request, path)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the state as it was between two statements, which is good enough to look at.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request) -> Response {
        match request.uri().path().strip_prefix(API) {
            Some(path) if request.method() == hyper::Method::GET => self.look_up(&request, path),
            Some(path) => self.api(&request, path),
            None => self.visit(&request).await,
        }
    }

    fn api(&self, request: &Request, path: &str) -> Response {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let mut state = self.lock();
        let answer = match self.purge(request, path, &mut state) {
            Ok(()) => api::accepted(&self.settings.zone),
            Err((refusal, Some(Throttled(wait)))) => {
                api::refused(&refusal, &[("retry-after", &wait.as_secs().max(1).to_string())])
            }
            Err((refusal, None)) => api::refused(&refusal, &[]),
        };
        state.recorded.push(Recorded { path: path.to_owned(), body, status: answer.status().as_u16() });
        answer
    }

    fn purge(&self, request: &Request, path: &str, state: &mut State) -> Result<(), (api::Refusal, Option<Throttled>)> {
        let settings = &self.settings;
        let refuse = |status, code, message: &str| Err((api::Refusal::new(status, code, message), None));
        access::admit(settings, request.headers()).map_err(|r| (r, None))?;
        let Some(action) = api::action(path, &settings.zone, &settings.environment) else {
            return Err((api::no_route(path), None));
        };
        if request.method() != hyper::Method::POST {
            return refuse(405, 10405, "Method not allowed for this authentication scheme");
        }
        let most_urls = if settings.plan == CloudflarePlan::Enterprise { 500 } else { api::MOST };
        let selector = api::selector(request.body(), &settings.zone_name, most_urls).map_err(|r| (r, None))?;
        let taken = match selector.urls() {
            Some(urls) => state.meter.take_urls(urls, Instant::now()),
            None => state.meter.take_other(Instant::now()),
        };
        let message = "Unable to purge, rate limit reached. Please wait and consider throttling your request speed";
        taken.map_err(|throttled| (api::Refusal::new(429, 1134, message), Some(throttled)))?;
        selector.apply(action, &mut state.cache);
        Ok(())
    }

    async fn visit(&self, request: &Request) -> Response {
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let path = normalised(request.uri().path_and_query().map_or("/", |p| p.as_str()));
        let host = header("host").to_ascii_lowercase();
        let key = Key { url: format!("{}://{host}{path}", self.settings.scheme), origin: header("origin").to_owned() };
        // Its own statement: the lock is not held while the origin is asked.
        let known = self.lock().cache.get(&key).cloned();
        if let Some(entry) = known.as_ref().filter(|entry| !entry.stale) {
            return serve(entry, "HIT");
        }
        let page = match self.http.get(&format!("http://{}{path}", self.settings.origin), &host).await {
            Ok(page) => page,
            Err(e) => {
                return response(502, &[("content-type", "text/plain")], format!("the origin does not answer: {e}"));
            }
        };
        let headers = page.headers.into_iter().filter(|(name, _)| name == TAGS || PASSED_ON.contains(&name.as_str()));
        let entry = Entry {
            status: page.status,
            headers: headers.collect(),
            body: page.body.into(),
            stored: Instant::now(),
            stale: false,
        };
        // A real edge asks with the validators that it has; what it learns is the same.
        let status = match known {
            Some(known) if known.body == entry.body => "REVALIDATED",
            Some(_) => "EXPIRED",
            None => "MISS",
        };
        let answer = serve(&entry, status);
        self.lock().cache.put(key, entry);
        answer
    }
}

fn serve(entry: &Entry, status: &str) -> Response {
    let age = entry.stored.elapsed().as_secs().to_string();
    let passed_on = entry.headers.iter().filter(|(name, _)| name != TAGS);
    let mut headers: Vec<(&str, &str)> = passed_on.map(|(n, v)| (n.as_str(), v.as_str())).collect();
    headers.push(("cf-cache-status", status));
    if status == "HIT" {
        headers.push(("age", &age));
    }
    response(entry.status, &headers, entry.body.clone())
}
