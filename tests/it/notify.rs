//! A hook hears what became of a purge; one that does not hear changes nothing, and its URL is shown to nobody.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Fault, Ran, Repo, Tool, Toxic, diffpurge, edge};

/// What opens the hook.
const PATH: &str = "s3cr3t-of-the-hook";

/// A hook that hears documents, and gives one answer to all; none where that is empty.
fn hook(answer: &'static str) -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/{PATH}?sig={PATH}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
            let whole = loop {
                let n = stream.read(&mut buffer).unwrap();
                assert!(n > 0, "the request is cut off");
                read.extend_from_slice(&buffer[..n]);
                let text = String::from_utf8_lossy(&read).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length =
                    head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    break (head.to_owned(), body.to_owned());
                }
            };
            let _heard = tell.send((whole.0, serde_json::from_str(&whole.1).unwrap()));
            let _answered = stream.write_all(answer.as_bytes());
        }
    });
    (url, told)
}

const TAKEN: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn site() -> Repo {
    let repo = Repo::of(&[("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n")]);
    repo.file("index.html", "1").commit();
    repo.file("a.css", "1").file("b.css", "1").commit();
    repo
}

/// Runs it; whatever it prints, nothing of it opens the hook.
fn run(tool: Tool) -> Ran {
    let ran = tool.run();
    assert!(!ran.stdout.contains(PATH) && !ran.stderr.contains(PATH), "{ran:?}");
    ran
}

#[test]
fn a_program_is_told_status_sites_counts_and_why() {
    let (url, inbox) = hook(TAKEN);
    let (repo, edge) = (site(), edge());
    let purge = |more: &[&str]| diffpurge([&["purge"], more].concat()).within(&repo).arguments(["--notify", &url]);
    let told = || inbox.recv_timeout(Duration::from_secs(5)).unwrap();

    run(purge(&["HEAD~1"]).against(&edge)).exits(0);
    let (head, document) = told();
    assert!(head.starts_with(&format!("POST /{PATH}?sig={PATH} HTTP/1.1\r\n")), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: application/json"), "{head}");
    assert_eq!((&document["schema"], &document["status"]), (&1.into(), &"purged".into()));
    let www = &document["sites"][0];
    assert_eq!((&www["site"], &www["status"], &www["why"]), (&"www".into(), &"purged".into(), &serde_json::json!([])));
    assert_eq!((&www["urls"], &www["operations"], &www["accepted"]), (&2.into(), &2.into(), &2.into()));
    let text = document["text"].as_str().unwrap();
    assert!(
        text.starts_with("diffpurge: purged\nwww: HEAD~1 (") && text.ends_with(": 2 operations accepted"),
        "{text}"
    );

    run(purge(&["HEAD", "HEAD"]).against(&edge)).exits(0);
    assert_eq!(told().1["status"], "nothing");

    let toxic = Toxic::before(&edge, |_, _| Fault::envelope(403, "", 10000, "Authentication error"));
    run(purge(&["HEAD~1"]).through(&toxic)).exits(1);
    let (_, document) = told();
    let www = &document["sites"][0];
    assert_eq!(
        (&document["status"], &www["status"], &www["not_accepted"]),
        (&"failed".into(), &"failed".into(), &2.into())
    );
    assert!(www["why"][0].as_str().unwrap().contains("Authentication error"), "{document}");

    // A run that ends before anything is planned is told too.
    run(purge(&["nope"]).against(&edge)).exits(3);
    let (_, document) = told();
    assert_eq!((&document["status"], &document["sites"]), (&"failed".into(), &serde_json::json!([])));
    assert_eq!(document["errors"], serde_json::json!(["cannot find the revision nope"]));

    run(purge(&["https://www.example.com/a.css"]).against(&edge)).exits(0);
    assert_eq!(told().1["sites"][0]["basis"], "asked for by hand: 1 URL");

    repo.file("purge.toml", "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = 1\nthen = \"fail\"\n");
    run(purge(&["HEAD~1"]).against(&edge)).exits(4);
    assert_eq!(told().1["status"], "refused");
}

#[test]
fn the_variable_stands_in_for_the_option_and_a_dry_run_tells_nobody() {
    let (url, told) = hook(TAKEN);
    let (repo, edge) = (site(), edge());
    let purge = |more: &[&str]| {
        diffpurge([&["purge", "HEAD~1"], more].concat()).within(&repo).against(&edge).env("DIFFPURGE_NOTIFY", &url)
    };
    run(purge(&[])).exits(0);
    assert_eq!(told.recv_timeout(Duration::from_secs(5)).unwrap().1["status"], "purged");
    run(purge(&["--dry-run"])).exits(0);
    run(diffpurge(["plan", "HEAD~1"]).within(&repo).env("DIFFPURGE_NOTIFY", &url)).exits(0);
    run(purge(&["--dry-run", "--notify", &url])).exits(2);
    assert!(told.try_recv().is_err());
}

#[test]
fn a_hook_that_does_not_hear_is_a_warning_and_changes_nothing() {
    let repo = site();
    for (answer, why) in [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\n\r\ns3cr3t-of-the-hook", "HTTP 404"),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "HTTP 302"),
        ("nonsense\r\n\r\n", "the connection broke"),
    ] {
        let (url, _told) = hook(answer);
        let edge = edge();
        let ran = run(diffpurge(["purge", "HEAD~1", "--notify", &url]).within(&repo).against(&edge)).exits(0);
        let warning = format!("warning: cannot notify http://127.0.0.1: {why}");
        assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
        assert_eq!(edge.recorded().len(), 1);
        repo.git(&["update-ref", "-d", "refs/diffpurge/www"]);
    }
    let nobody = format!("http://127.0.0.1:1/{PATH}");
    let edge = edge();
    let ran = run(diffpurge(["purge", "HEAD~1", "--notify", &nobody]).within(&repo).against(&edge)).exits(0);
    assert!(ran.stderr.contains("warning: cannot notify http://127.0.0.1: no connection"), "{}", ran.stderr);
}

#[test]
fn a_hook_that_never_answers_holds_a_run_up_for_ten_seconds() {
    let (url, _told) = hook("");
    let (repo, edge) = (site(), edge());
    let start = Instant::now();
    let ran = run(diffpurge(["purge", "HEAD~1", "--notify", &url]).within(&repo).against(&edge)).exits(0);
    assert!(ran.stderr.contains("warning: cannot notify http://127.0.0.1: no answer in time"), "{}", ran.stderr);
    assert!((10..25).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[test]
fn a_url_that_cannot_be_a_hook_is_refused_before_anything_is_sent_and_not_repeated() {
    let (repo, edge) = (site(), edge());
    for (typed, error) in [
        ("", "--notify: the URL to notify is empty"),
        (PATH, "--notify: the URL to notify is no URL"),
        ("http://hooks.example.com/s3cr3t-of-the-hook", "begins with https://, or with http:// on this machine"),
    ] {
        let ran = run(diffpurge(["purge", "HEAD~1", "--notify", typed]).within(&repo).against(&edge)).exits(2);
        ran.fails_with(error, "the whole URL");
    }
    let variable = diffpurge(["purge", "HEAD~1"]).within(&repo).against(&edge).env("DIFFPURGE_NOTIFY", PATH);
    run(variable).exits(2).fails_with("$DIFFPURGE_NOTIFY: the URL to notify is no URL", "the whole URL");
    assert_eq!(edge.recorded(), []);
}
