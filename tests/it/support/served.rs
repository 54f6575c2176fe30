//! An origin that serves a deployed directory as static hosts do, and the ways in which real ones are late or odd.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use diffpurge::edge::{Handler, Loopback, Response, response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// What an origin does to its files on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Nothing.
    Plain,
    /// It compresses them, asked or not.
    Gzip,
    /// It changes its pages.
    Rewriting,
    /// It answers 500.
    Broken,
    /// It wants `X-Origin-Key: s3cret-key`, and sends others to a page that repeats what they sent.
    Locked,
    /// It answers with the home page for whatever there is not.
    Fallback,
    /// It knows GET alone.
    NoHead,
    /// It says that it compresses, and does not.
    Garbled,
    /// It answers its page for what is not found with 404, also under that page's own name.
    ErrorPage,
    /// It forbids what there is not.
    Forbidding,
    /// It sends `/old.html` on to `/moved.html`.
    Moved,
    /// It sends everybody away.
    Elsewhere,
}

type Files = BTreeMap<String, Vec<u8>>;

struct State {
    files: Files,
    /// What it serves after so many requests more.
    next: Option<(usize, Files)>,
    manner: Manner,
    asked: Vec<String>,
}

/// A running origin; it ends with this value.
pub(crate) struct Served {
    state: Arc<Mutex<State>>,
    server: Loopback,
}

impl Served {
    /// Serves a directory as it is now.
    pub(crate) fn of(directory: &Path) -> Served {
        let state = State { files: files(directory), next: None, manner: Manner::Plain, asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let handler: Handler = {
            let state = state.clone();
            Arc::new(move |request| {
                let key = request.headers().get("x-origin-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
                let answer = state.lock().unwrap().answer(request.uri().path(), key, request.method() == "HEAD");
                Box::pin(async move { answer })
            })
        };
        Served { state, server: Loopback::start(handler).unwrap() }
    }

    /// Deploys a directory.
    pub(crate) fn deploy(&self, directory: &Path) {
        self.state.lock().unwrap().files = files(directory);
    }

    /// Deploys a directory when it has been asked so many times more.
    pub(crate) fn deploy_after(&self, requests: usize, directory: &Path) {
        self.state.lock().unwrap().next = Some((requests, files(directory)));
    }

    pub(crate) fn behaves(&self, manner: Manner) {
        self.state.lock().unwrap().manner = manner;
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Its own URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// The paths it was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

impl State {
    fn answer(&mut self, path: &str, key: &str, head: bool) -> Response {
        self.asked.push(path.to_owned());
        if let Some((requests, files)) = self.next.take() {
            if requests == 0 {
                self.files = files;
            } else {
                self.next = Some((requests - 1, files));
            }
        }
        if self.manner == Manner::Broken {
            return response(500, &[], "broken");
        } else if self.manner == Manner::Locked && key != "s3cret-key" {
            return response(403, &[("location", &format!("/?key={key}"))], "locked");
        }
        match self.manner {
            Manner::NoHead if head => return response(400, &[], ""),
            Manner::Moved if path == "/old.html" => return response(301, &[("location", "/moved.html")], ""),
            Manner::Elsewhere => {
                let location = format!("https://login.example.net/?key={key}&to={path}");
                return response(302, &[("location", &location)], "");
            }
            _ => {}
        }
        let path = percent_encoding::percent_decode_str(path.trim_start_matches('/')).decode_utf8().unwrap();
        let index = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { String::new() };
        if self.files.contains_key(&format!("{path}/index.html")) {
            return response(301, &[("location", &format!("/{path}/"))], "");
        }
        let Some(content) = self.files.get(&*path).or_else(|| self.files.get(&index)) else {
            return match self.manner {
                Manner::Fallback => response(200, &[], self.files["index.html"].clone()),
                Manner::Forbidding => response(403, &[], "forbidden"),
                _ => response(404, &[], "not here"),
            };
        };
        match self.manner {
            Manner::Gzip => {
                let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
                compressed.write_all(content).unwrap();
                response(200, &[("content-encoding", "gzip")], compressed.finish().unwrap())
            }
            Manner::Rewriting => response(200, &[], [content, &b"<!-- rocket-loader -->"[..]].concat()),
            Manner::Garbled => response(200, &[("content-encoding", "gzip")], content.clone()),
            Manner::ErrorPage if path == "404.html" => response(404, &[], content.clone()),
            _ => response(200, &[], content.clone()),
        }
    }
}

fn files(directory: &Path) -> Files {
    let mut files = Files::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(inner) = directories.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
