//! Deliveries and connections that are not taken: nothing is said, and honest ones get through all the same.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{HOOK_SECRET, PATIENCE, Place, Receiver, Site, config, signed};

/// A receiver whose purges are of no interest.
fn receiver(lines: &str, hook: &str) -> (Place, Receiver) {
    let hook = format!("kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n{hook}");
    let place = Place::new(&config(lines, &hook), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    (place, receiver)
}

#[test]
fn who_is_not_let_in_learns_nothing() {
    let (_place, receiver) = receiver("", "");
    let good = signed(HOOK_SECRET, "x");
    let bad = signed("another-secret-of-16", "x");
    for (path, header, status) in [
        ("/hooks/www", ("x-sig", bad.as_str()), 401),
        ("/hooks/www", ("x-sig", "zz"), 401),
        ("/hooks/www", ("x-other", good.as_str()), 401),
        ("/hooks/www/", ("x-sig", good.as_str()), 404),
        ("/hooks/WWW", ("x-sig", good.as_str()), 404),
        ("/hooks", ("x-sig", good.as_str()), 404),
        ("/", ("x-sig", good.as_str()), 404),
        ("/runs/1", ("x-sig", good.as_str()), 404),
    ] {
        let reply = receiver.post(path, &[header], "x");
        assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{path} {header:?}");
        assert!(!reply.head.to_lowercase().contains("server"), "{reply:?}");
    }
    for method in ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "post"] {
        let reply =
            receiver.raw(format!("{method} /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        assert_eq!((reply.status, reply.body.as_str()), (404, ""), "{method}");
    }
    assert_eq!(receiver.logged("run").len(), 0);
    assert_eq!(receiver.post("/hooks/www", &[("x-sig", &good)], "x").status, 202);
}

#[test]
fn a_run_is_shown_to_who_has_the_secret_of_its_hook_alone() {
    let other = "[[serve.hook]]\npath = \"/hooks/other\"\nkind = \"hmac\"\nsite = \"www\"\nsecret_env = \"OTHER_SECRET\"\n\
                 header = \"X-Sig\"\nreaction = \"site\"\n";
    let hook = format!("kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n{other}");
    let place =
        Place::new(&config("", &hook), "http://127.0.0.1:9/client/v4").env("OTHER_SECRET", "another-secret-of-16");
    let receiver = place.start();
    let run = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x").run();
    let path = format!("/runs/{run}");
    assert_eq!(receiver.get(&path, Some(HOOK_SECRET)).status, 200);
    for (path, secret, status) in [
        (path.as_str(), None, 401),
        (path.as_str(), Some(""), 401),
        (path.as_str(), Some("a-hook-secret-of-the-test"), 401),
        (path.as_str(), Some("another-secret-of-16"), 404),
        ("/runs/none", Some(HOOK_SECRET), 404),
        ("/runs/none", None, 401),
    ] {
        let reply = receiver.get(path, secret);
        assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{path} {secret:?}");
    }
}

#[test]
fn a_body_has_a_size_and_headers_have_one_too() {
    let (_place, receiver) = receiver("", "");
    let body = "x".repeat((1 << 20) + 1);
    let signature = signed(HOOK_SECRET, &body);
    assert_eq!(receiver.post("/hooks/www", &[("x-sig", &signature)], &body).status, 413);
    let fits = &body[1..];
    assert_eq!(receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, fits))], fits).status, 202);
    // One that does not say how long it is, and does not end.
    let mut stream = TcpStream::connect(receiver.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"POST /hooks/www HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut sent = 0;
    while stream.write_all(chunk.as_bytes()).is_ok() && sent < 1000 {
        sent += 1;
    }
    assert!(sent < 1000, "64 MB were taken");
    let long = "x".repeat(64 << 10);
    let reply = receiver.raw(format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {long}\r\n\r\n").as_bytes());
    assert_eq!(reply.status, 431);
}

#[test]
fn slow_headers_end_and_silent_connections_give_way_to_an_honest_delivery() {
    let (_place, receiver) = receiver("connections = 32\n", "");
    let start = Instant::now();
    let mut slow = TcpStream::connect(receiver.address()).unwrap();
    slow.set_read_timeout(Some(PATIENCE)).unwrap();
    slow.write_all(b"POST /hooks/www HTTP/1.1\r\nhost:").unwrap();
    // Ten times as many as may be open, all of them silent.
    let silent: Vec<TcpStream> = (0..320).map(|_| TcpStream::connect(receiver.address()).unwrap()).collect();
    let honest = Instant::now();
    let reply = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, "x"))], "x");
    assert_eq!(reply.status, 202);
    assert!(honest.elapsed() < Duration::from_secs(5), "{:?}", honest.elapsed());
    drop(silent);
    // It is ended, with or without an answer.
    let _reset = slow.read_to_end(&mut Vec::new());
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_hook_takes_so_many_deliveries_a_minute() {
    let (_place, receiver) = receiver("", "rate = 3\n");
    let signature = signed(HOOK_SECRET, "x");
    // Who is not let in takes nothing of it.
    for _ in 0..10 {
        assert_eq!(receiver.post("/hooks/www", &[("x-sig", "00")], "x").status, 401);
    }
    let statuses: Vec<u16> =
        (0..4).map(|_| receiver.post("/hooks/www", &[("x-sig", &signature)], "x").status).collect();
    assert_eq!(statuses, [202, 202, 202, 429]);
    let reply = receiver.post("/hooks/www", &[("x-sig", &signature)], "x");
    assert!(reply.head.contains("retry-after: "), "{reply:?}");
}

#[test]
fn a_proxy_that_is_named_says_where_a_delivery_comes_from_and_no_other() {
    for (proxies, want) in [("proxies = [\"127.0.0.1\"]\n", "203.0.113.9"), ("", "127.0.0.1")] {
        let (_place, receiver) = receiver(proxies, "");
        receiver.post("/hooks/www", &[("x-forwarded-for", "198.51.100.1, 203.0.113.9"), ("x-sig", "00")], "x");
        assert_eq!(receiver.awaits_log("delivery")["from"], want);
    }
}

#[test]
fn a_revision_that_the_repository_does_not_have_is_a_failed_run_and_no_purge() {
    let site = Site::of("");
    site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    let reply = receiver.deployed("0123456789abcdef0123456789abcdef01234567", 1);
    assert_eq!(reply.status, 202);
    let run = receiver.awaits_log("run");
    assert_eq!(run["ended"], "again");
    assert!(run["told"].as_str().unwrap().contains("clone"), "{run:#}");
    assert_eq!(site.live.edge.recorded(), []);
}

#[test]
fn a_deploy_is_purged_though_a_later_one_names_a_commit_that_was_thrown_away() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    let before = receiver.logged("run").len();
    assert_eq!(site.live.visit("/a.css"), "1");
    let second = site.deploy(&[("a.css", "2")]);
    assert_eq!(site.live.visit("/a.css"), "1", "it is cached");
    // Both within the time in which a burst is gathered.
    receiver.deployed(&second, 2);
    assert_eq!(receiver.deployed("0123456789abcdef0123456789abcdef01234567", 3).status, 202);
    let runs = loop {
        let runs = receiver.logged("run").split_off(before);
        if runs.iter().any(|run| run["ended"] == "again") {
            break runs;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(site.live.visit("/a.css"), "2", "{runs:#?}");
    if let [run] = &runs[..] {
        assert!(run["told"].as_str().unwrap().contains("the deploy before it is purged"), "{run:#}");
    }
}

#[test]
fn a_commit_that_was_thrown_away_does_not_lead_back_behind_what_was_purged() {
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "", "");
    let receiver = place.start();
    receiver.awaits(&receiver.deployed(&first, 1).run(), "done");
    let second = site.deploy(&[("a.css", "2")]);
    receiver.awaits(&receiver.deployed(&second, 2).run(), "done");
    let (runs, requests) = (receiver.logged("run").len(), site.live.edge.recorded().len());
    receiver.deployed(&first, 3);
    receiver.deployed("0123456789abcdef0123456789abcdef01234567", 4);
    let runs = loop {
        let runs = receiver.logged("run").split_off(runs);
        if runs.iter().any(|run| run["ended"] == "again") {
            break runs;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // Where the two were not gathered, the first deploy was the newest for a moment.
    if let [run] = &runs[..] {
        let told = run["told"].as_str().unwrap();
        assert!(told.contains("the repository does not have the commit 0123456789abcdef"), "{run:#}");
        assert!(!told.contains("the deploy before it is purged"), "{run:#}");
        assert_eq!(site.live.edge.recorded().len(), requests, "{run:#}");
    }
}
