//! Answers of servers: the API, a cache of one's own, the site.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use diffpurge::changes::Changes;
use diffpurge::config::{Config, Environment, Site};
use diffpurge::mapping::{self, Kind, PublicUrl};
use diffpurge::proof::{Evidence, Expected, Forms, Served, Times, Versions, judge};
use diffpurge::provider::{Answer, ApiReply, Knocked, LookUpReply, Opened, Provider, Question};
use diffpurge::send::{Fetch, Http, Page, parse_retry_after, runtime};
use diffpurge::snapshot::Hash;

use super::{bytes, fuzz, is_a_message};
use crate::support::ZONE;

fn site(table: &str) -> Site {
    let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n{table}");
    Config::parse(&text, "purge.toml").unwrap().sites.remove(0)
}

#[test]
fn answers_of_an_api_never_crash() {
    let accepted = r#"{"success":true,"errors":[],"messages":[],"result":{"id":"023e105f4ecef8ad9ca31a8372d0c353"}}"#;
    let refused = r#"{"success":false,"errors":[{"code":10000,"message":"Authentication error","error_chain":[{"code":1012,"message":"Unable to purge https://www.example.com/a.css"}]}],"messages":[],"result":null}"#;
    let zone = r##"{"success":true,"errors":[],"messages":[],"result":{"id":"023e105f4ecef8ad9ca31a8372d0c353","name":"example.com","status":"active","paused":false,"type":"full","plan":{"legacy_id":"free"},"permissions":["#zone:read"]}}"##;
    let records = r#"{"success":true,"errors":[],"messages":[],"result":[{"name":"i.example.com","type":"A","proxied":true}],"result_info":{"page":1,"total_pages":1,"count":1,"total_count":1}}"#;
    let token = r#"{"success":true,"errors":[],"messages":[],"result":{"id":"x","status":"active","not_before":"2020-01-01T00:00:00Z","expires_on":"2030-01-01T00:00:00Z"}}"#;
    let html = "<!DOCTYPE html><html><title>502 Bad Gateway</title><center>nginx</center></html>";
    let tables = [
        format!("[site.cloudflare]\nzone_id = \"{ZONE}\"\n"),
        "[site.http_purge]\nendpoints = [\"http://127.0.0.1:1/\"]\ntags = { method = \"PURGE\", header = \"xkey\" }\n"
            .to_owned(),
    ];
    let providers = tables.map(|table| Provider::for_site(&site(&table), &Environment::default()).unwrap());
    let hosts = ["www.example.com", "other.example.org"];
    fuzz("api", bytes(&[accepted, refused, zone, records, token, html]), |document, mutator| {
        let status =
            [200, 201, 204, 301, 400, 401, 403, 404, 405, 413, 429, 500, 502, 530, 999, 0][mutator.dice.usize(..16)];
        let text = String::from_utf8_lossy(document);
        let retry_after = parse_retry_after(&text, SystemTime::now());
        let reply = ApiReply { status, retry_after, support_id: None, body: document.to_vec() };
        for provider in &providers {
            for kind in [Kind::Url, Kind::Prefix, Kind::Tag, Kind::Host, Kind::Everything] {
                let verdict = provider.verdict(&reply, kind);
                is_a_message(&format!("{verdict:?}"));
            }
            let date = mutator.dice.bool().then(|| mutator.dice.u64(..));
            let heard = Ok(LookUpReply { status, date, body: document.to_vec() });
            let _belongs = provider.belongs(&heard, &hosts);
            let _others = provider.other_hosts(&heard, &hosts);
            for opened in [Opened::ByToken, Opened::ByOlderKeys] {
                let answer = |question: &Question| match question {
                    Question::LookUp(_) => Answer::LookedUp(heard.clone(), 1_800_000_000),
                    Question::Knock { .. } => {
                        Answer::Knocked(vec![("127.0.0.1:80".to_owned(), Knocked::Answered(status))])
                    }
                };
                let answers: Vec<Answer> = provider.questions(opened).iter().map(answer).collect();
                let _findings = provider.findings(opened, &answers, &hosts);
            }
        }
    });
}

#[test]
fn a_retry_after_never_crashes() {
    fuzz("retry-after", bytes(&["120", "Wed, 21 Oct 2026 07:28:00 GMT", "0", "-1"]), |document, _| {
        let after = parse_retry_after(&String::from_utf8_lossy(document), SystemTime::now());
        assert!(after.is_none_or(|after| after < Duration::from_secs(200 * 365 * 86_400)), "{after:?}");
    });
}

/// The URL of a page.
fn url(site: &Site) -> PublicUrl {
    let changes = Changes::all_modified(vec![Box::from(*b"a.html")]);
    let mapping = mapping::map(&mapping::judge(&changes, site), &[], site);
    mapping.urls().map(|(url, _)| url.clone()).next().unwrap()
}

#[test]
fn an_answer_of_an_origin_never_crashes() {
    let site = site("");
    let page = "<!DOCTYPE html><html><head><title>A page</title></head><body><p>Some words that are long enough to be told from others, again and again.</p></body></html>";
    let other = page.replace("words", "letters").replace("long", "short");
    let minified = page.replace("><", ">").replace(", ", ",");
    let served = |text: &str| Served::blob(Hash::Sha1.blob_id(text.as_bytes()));
    let expected = Expected {
        url: url(&site),
        versions: Versions::new(served(page), served(&other)),
        is_gone: false,
        is_exact: true,
        is_directory: false,
        is_new: false,
        is_known_before: true,
        instead: Rc::new(Served::default()),
        forms: Rc::new(Forms::default()),
    };
    let names = [
        "age",
        "date",
        "last-modified",
        "etag",
        "content-type",
        "cf-cache-status",
        "cf-ray",
        "location",
        "expires",
        "cache-control",
        "x-cache",
        "server",
        "via",
    ];
    let contents = |id: &str| {
        let known = [page, &other].into_iter().find(|text| Hash::Sha1.blob_id(text.as_bytes()) == id);
        known.map(|text| text.as_bytes().to_vec())
    };
    let headers = "31536000\nWed, 21 Oct 2026 07:28:00 GMT\nW/\"5f-abc\"\ntext/html; charset=utf-8\nHIT\nhttps://www.example.com/a\n8a1b2c3d4e5f-FRA";
    fuzz("origin", bytes(&[page, &other, &minified, headers]), |document, mutator| {
        let mut value =
            || String::from_utf8_lossy(&mutator.next()).chars().take(300).filter(|c| *c != '\n').collect::<String>();
        let headers: Vec<(String, String)> = names.iter().map(|name| ((*name).to_owned(), value())).collect();
        let count = mutator.dice.usize(..=headers.len());
        for status in [200, 206, 301, 302, 304, 404, 410, 500] {
            let page = Page { status, headers: headers[..count].to_vec(), body: document.to_vec(), long: None };
            let times = Times {
                purged: mutator.dice.bool().then(|| Duration::from_secs(mutator.dice.u64(..))),
                deployed: mutator.dice.bool().then(|| Duration::from_secs(60)),
                made_after: mutator.dice.bool().then(SystemTime::now),
            };
            let judged = judge(&expected, &page, Evidence { hash: Hash::Sha1, times, contents: &contents });
            is_a_message(&judged.proof.why);
        }
    });
}

#[test]
fn bytes_on_the_wire_never_crash() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let plain =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nAge: 3\r\nConnection: close\r\n\r\nhello"
            .to_vec();
    let chunked =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_vec();
    let body = gzip(&"hello ".repeat(2000));
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let zipped = [head.as_bytes(), &body].concat();
    let moved = b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/a.html", listener.local_addr().unwrap());
    let next: Arc<Mutex<Vec<u8>>> = Arc::default();
    let serving = next.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 1024];
            let _asked = stream.read(&mut request);
            let answer = serving.lock().unwrap().clone();
            let _sent = stream.write_all(&answer);
        }
    });
    let (runtime, http) = (runtime().unwrap(), Http::at(&[]).unwrap());
    let fetch = Fetch {
        url: &url,
        host: None,
        headers: &[],
        head: false,
        hash: Hash::Sha1,
        identity: false,
        secret: None,
        timeout: Duration::from_secs(2),
    };
    fuzz("wire", vec![plain, chunked, zipped, moved], |document, _| {
        document.clone_into(&mut next.lock().unwrap());
        if let Err(error) = runtime.block_on(http.fetch(&fetch)) {
            is_a_message(&error.to_string());
        }
    });
}
