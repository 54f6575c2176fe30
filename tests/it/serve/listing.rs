//! Deploys at Netlify whose output is in no repository: the API lists the files, and the lists of two deploys are compared.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diffpurge::config::CloudflarePlan;
use diffpurge::edge::{Handler, Loopback, response};
use ring::{digest, hmac};
use serde_json::{Value, json};

use crate::support::{HOOK_SECRET, Live, Place, Receiver, config};

const TOKEN: &str = "a-token-of-netlifys";

/// The files of deploys by id: each path with its content.
type Deploys = Arc<Mutex<BTreeMap<String, BTreeMap<String, String>>>>;

/// An API of Netlify's with a site behind an edge.
struct Netlify {
    live: Live,
    deploys: Deploys,
    api: Loopback,
}

fn hex(algorithm: &'static digest::Algorithm, content: &str) -> String {
    diffpurge::display::hex(digest::digest(algorithm, content.as_bytes()).as_ref())
}

impl Netlify {
    /// One whose list comes in pages, or always as a whole.
    fn new(is_paged: bool) -> Netlify {
        let deploys = Deploys::default();
        let handler: Handler = Arc::new({
            let deploys = deploys.clone();
            move |request| {
                let is_let_in = request.headers().get("authorization").is_some_and(|v| v == &format!("Bearer {TOKEN}"));
                let number = |name: &str| {
                    let query = request.uri().query().unwrap_or_default();
                    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))?.parse::<usize>().ok())
                };
                let id = request.uri().path().strip_prefix("/api/v1/deploys/").and_then(|p| p.strip_suffix("/files"));
                let files = id.and_then(|id| deploys.lock().unwrap().get(id).cloned());
                let listed = files.map(|files| {
                    let sha = |content: &str| hex(&digest::SHA1_FOR_LEGACY_USE_ONLY, content);
                    let all = files.iter().map(|(path, content)| {
                        json!({ "id": format!("/{path}"), "path": format!("/{path}"), "sha": sha(content), "size": content.len() })
                    });
                    let (page, size) = (number("page").unwrap_or(1), number("per_page").unwrap_or(100));
                    let skipped = if is_paged { (page - 1) * size } else { 0 };
                    all.skip(skipped).take(if is_paged { size } else { usize::MAX }).collect::<Vec<Value>>()
                });
                let answer = match (is_let_in, listed) {
                    (false, _) => response(401, &[], "{\"code\":401}".to_owned()),
                    (true, None) => response(404, &[], "{\"code\":404}".to_owned()),
                    (true, Some(list)) => {
                        response(200, &[("content-type", "application/json")], json!(list).to_string())
                    }
                };
                Box::pin(async move { answer })
            }
        });
        Netlify { live: Live::on(CloudflarePlan::Free), deploys, api: Loopback::start(handler).unwrap() }
    }

    /// A receiver's place.
    fn place(&self) -> Place {
        let hook = "kind = \"netlify\"\nfiles_token_env = \"NETLIFY_AUTH_TOKEN\"\n";
        let config = config("", hook).replacen("[serve]", "[site.mark]\nstore = \"file:www.mark\"\n[serve]", 1);
        let place = Place::new(&config, &self.live.edge.api_base()).env("NETLIFY_AUTH_TOKEN", TOKEN);
        place.env("NETLIFY_API_URL", &format!("http://{}/api/v1", self.api.address()))
    }

    /// Puts a deploy live; visitors come by before, and see what was live until then.
    fn deploy(&self, id: &str, files: &[(String, String)]) {
        let old = self.deploys.lock().unwrap().insert(id.to_owned(), files.iter().cloned().collect());
        assert!(old.is_none(), "{id} is there");
        self.publish(id);
    }

    /// Publishes a deploy that is there.
    fn publish(&self, id: &str) {
        let all: Vec<String> = self.deploys.lock().unwrap().values().flat_map(|files| files.keys().cloned()).collect();
        for path in &all {
            self.live.visit(&format!("/{path}"));
        }
        let files = self.deploys.lock().unwrap()[id].clone();
        for path in all {
            self.live.serve(&format!("/{path}"), files.get(&path).map(String::as_str));
        }
    }
}

/// Delivers a deploy as Netlify does; gives the run.
fn delivered(receiver: &Receiver, id: &str, published: usize) -> String {
    let body = json!({
        "id": id, "state": "ready", "context": "production", "commit_ref": null, "locked": null,
        "published_at": format!("2026-01-01T00:00:{published:02}Z"),
    });
    let body = body.to_string();
    let claims = json!({ "iss": "netlify", "sha256": hex(&digest::SHA256, &body) }).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\"}"), URL_SAFE_NO_PAD.encode(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, HOOK_SECRET.as_bytes()), signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
    let reply = receiver.post("/hooks/www", &[("x-webhook-signature", &token)], &body);
    assert_eq!(reply.status, 202, "{reply:?}");
    reply.run()
}

fn files(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
}

/// The URLs that were purged since so many requests.
fn purged(netlify: &Netlify, before: usize) -> Vec<String> {
    let sent = netlify.live.edge.recorded().split_off(before);
    let lists = sent.iter().map(|request| serde_json::from_str::<Value>(&request.body).unwrap());
    let urls = lists.flat_map(|body| body["files"].as_array().cloned().unwrap_or_else(|| panic!("{body}")));
    let mut urls: Vec<String> = urls.map(|url| url.as_str().unwrap().to_owned()).collect();
    urls.sort_unstable();
    urls
}

#[test]
fn two_deploys_of_netlifys_are_compared_by_the_digests_of_their_files() {
    let netlify = Netlify::new(false);
    let place = netlify.place();
    let receiver = place.start();
    let site = |css: &str, more: &[(&str, &str)]| {
        files(&[&[("index.html", "home"), ("a.css", css), ("b.css", "1")][..], more].concat())
    };
    netlify.deploy("d1", &site("1", &[("old.css", "1")]));
    receiver.awaits(&delivered(&receiver, "d1", 1), "done");
    assert_eq!(netlify.live.stale(), Vec::<String>::new());
    // One file changed, one came and one went.
    let before = netlify.live.edge.recorded().len();
    netlify.deploy("d2", &site("2", &[("ü b.css", "1")]));
    let told = receiver.awaits(&delivered(&receiver, "d2", 2), "done");
    assert_eq!(netlify.live.stale(), Vec::<String>::new());
    let urls = purged(&netlify, before);
    assert!(urls.contains(&"https://www.example.com/a.css".to_owned()), "{urls:?}");
    assert!(urls.contains(&"https://www.example.com/old.css".to_owned()), "{urls:?}");
    assert!(!urls.iter().any(|url| url.contains("b.css") && !url.contains('%')), "{urls:?}");
    // The first is restored: all goes back.
    netlify.publish("d1");
    receiver.awaits(&delivered(&receiver, "d1", 3), "done");
    assert_eq!(netlify.live.stale(), Vec::<String>::new());
    assert!(!told.to_string().contains(TOKEN) && !receiver.log().contains(TOKEN), "{told:#}");
    // The mark can be compared with a directory that holds the same bytes.
    let built = place.path().join("built");
    fs::create_dir(&built).unwrap();
    for (path, content) in site("1", &[("old.css", "changed")]) {
        fs::write(built.join(path), content).unwrap();
    }
    let said = crate::support::diffpurge(["plan", "manifest:www.mark", "dir:built", "--format", "urls"]);
    let said = said.within_directory(place.path()).run().exits(0);
    assert_eq!(said.stdout, "https://www.example.com/old.css\n");
}

#[test]
fn a_list_that_comes_in_pages_is_read_to_its_end() {
    let netlify = Netlify::new(true);
    let place = netlify.place();
    let receiver = place.start();
    let site = |last: &str| -> Vec<(String, String)> {
        let many = (0..250).map(|number| (format!("f{number:03}.css"), "1".to_owned()));
        many.chain(files(&[("index.html", "home"), ("z.css", last)])).collect()
    };
    netlify.deploy("d1", &site("1"));
    receiver.awaits(&delivered(&receiver, "d1", 1), "done");
    let before = netlify.live.edge.recorded().len();
    netlify.deploy("d2", &site("2"));
    receiver.awaits(&delivered(&receiver, "d2", 2), "done");
    assert_eq!(purged(&netlify, before), ["https://www.example.com/z.css"]);
    assert_eq!(netlify.live.stale(), Vec::<String>::new());
}

#[test]
fn an_api_that_lists_no_files_purges_nothing_and_is_asked_again() {
    let netlify = Netlify::new(false);
    netlify.deploy("empty", &[]);
    netlify.deploy("twice", &files(&[("a", "1"), ("/a", "2")]));
    netlify.deploy("good", &files(&[("index.html", "1")]));
    let nobody = "http://127.0.0.1:9/api/v1";
    for (variable, value, id, want) in [
        ("NETLIFY_AUTH_TOKEN", "another", "good", "Netlify's API answers HTTP 401: the token may not read the site"),
        ("NETLIFY_AUTH_TOKEN", "", "good", "NETLIFY_AUTH_TOKEN is not set"),
        ("NETLIFY_AUTH_TOKEN", TOKEN, "gone", "Netlify's API knows no deploy gone"),
        ("NETLIFY_AUTH_TOKEN", TOKEN, "empty", "the deploy has no files"),
        ("NETLIFY_AUTH_TOKEN", TOKEN, "twice", "is no path of a file"),
        ("NETLIFY_API_URL", nobody, "good", "Netlify's API: no connection"),
        ("NETLIFY_API_URL", "http://api.example.com", "good", "NETLIFY_API_URL is no address of an API"),
    ] {
        let place = netlify.place().env(variable, value);
        let receiver = place.start();
        let run = delivered(&receiver, id, 1);
        let line = receiver.awaits_log("run");
        assert_eq!(line["ended"], "again", "{line:#}");
        let told = receiver.get(&format!("/runs/{run}"), Some(HOOK_SECRET)).json();
        assert!(told.to_string().contains(want), "{want}: {told:#}");
        assert!(!told.to_string().contains(TOKEN) && !receiver.log().contains(TOKEN), "{told:#}");
    }
    assert!(netlify.live.edge.recorded().is_empty(), "something was purged");
}
