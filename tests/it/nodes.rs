//! One name, several nodes: each address of an endpoint is asked, reported, and has to accept.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::Value;

use crate::support::{Hosts, Repo, Tool, diffpurge, required};

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const ABSENT: &str = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
const DENIED: &str = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

fn names_can_be_had() -> bool {
    required(Hosts::can_be_had(), "unshare, and the right to a mount namespace")
}

/// A node on an address of this machine: what it was asked, head by head.
struct Node {
    port: u16,
    told: Receiver<String>,
}

impl Node {
    /// A node that gives one answer to all; on any port where that is 0.
    fn at(address: &str, port: u16, answer: &'static str) -> Node {
        Node::that(address, port, move |_| answer)
    }

    /// A node that answers its requests by their number.
    fn that(address: &str, port: u16, answer: impl Fn(usize) -> &'static str + Send + Sync + 'static) -> Node {
        let listener = TcpListener::bind((address, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let (count, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
            for stream in listener.incoming() {
                let (stream, tell, count, answer) = (stream.unwrap(), tell.clone(), count.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &tell, &count, &*answer));
            }
        });
        Node { port, told }
    }

    fn asked(&self) -> Vec<String> {
        self.told.try_iter().collect()
    }
}

fn serve(mut stream: TcpStream, tell: &Sender<String>, count: &AtomicUsize, answer: &dyn Fn(usize) -> &'static str) {
    let mut unread = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        unread.extend(&buffer[..read]);
        // A handshake of TLS is kept as it is, and broken off.
        let is_tls = unread.first() == Some(&0x16);
        while let Some(end) =
            if is_tls { Some(unread.len() - 4) } else { unread.windows(4).position(|w| w == b"\r\n\r\n") }
        {
            let head: Vec<u8> = unread.drain(..end + 4).collect();
            let text = answer(count.fetch_add(1, SeqCst));
            let _told = tell.send(String::from_utf8_lossy(&head).into_owned());
            if is_tls || stream.write_all(text.as_bytes()).is_err() {
                return;
            }
        }
    }
}

const LOCAL: &str = "127.0.0.1 localhost\n";

/// Two nodes on one port, and a name for both of them.
fn two(first: &'static str, second: &'static str) -> (Node, Node, Hosts) {
    let one = Node::at("127.0.0.2", 0, first);
    let other = Node::at("127.0.0.3", one.port, second);
    (one, other, Hosts::with(&format!("{LOCAL}127.0.0.3 cache.internal\n127.0.0.2 cache.internal\n")))
}

/// A site with one changed file, which is one URL, and these endpoints.
fn site(endpoints: &[&str], cache: &str) -> Repo {
    let repo = Repo::of(&[("public/index.html", "1"), ("public/a.css", "1")]);
    repo.file("purge.toml", &config(endpoints, cache)).file("public/a.css", "2").commit();
    repo
}

fn config(endpoints: &[&str], cache: &str) -> String {
    format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\n\
         [site.http_purge]\nendpoints = {endpoints:?}\n{cache}"
    )
}

fn run(repo: &Repo, hosts: &Hosts, arguments: &[&str]) -> Tool {
    diffpurge(arguments).knowing(hosts).within(repo)
}

fn report(repo: &Repo) -> Value {
    let report: Value = serde_json::from_slice(&std::fs::read(repo.path().join("report.json")).unwrap()).unwrap();
    let schema = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    let faults: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    report
}

#[test]
fn every_address_of_a_name_is_asked_and_reported() {
    if !names_can_be_had() {
        return;
    }
    let (one, other, hosts) = two(TAKEN, ABSENT);
    let endpoint = format!("http://cache.internal:{}", one.port);
    let repo = site(&[&endpoint], "");
    let dry = run(&repo, &hosts, &["plan", "HEAD~1", "--format", "requests"]).run().exits(0).stdout;
    assert!(dry.contains(&format!("\"url\":\"{endpoint}/a.css\"")) && dry.lines().count() == 1, "{dry}");
    let ran = run(&repo, &hosts, &["purge", "HEAD~1", "--out", "report.json"]).run().exits(0);
    let ran = ran.says(&format!("1 URL in 1 request to {endpoint}"));
    let ran = ran.says(&format!("  {endpoint} (127.0.0.2): 1 purged\n"));
    ran.says(&format!("  {endpoint} (127.0.0.3): 1 not cached\n")).says("the mark is at HEAD");
    for node in [&one, &other] {
        let asked = node.asked();
        assert!(asked.len() == 1 && asked[0].starts_with("PURGE /a.css HTTP/1.1\r\n"), "{asked:?}");
        assert!(asked[0].contains("host: www.example.com\r\n"), "{asked:?}");
    }
    let at = &report(&repo)["sites"][0]["receipts"][0]["endpoints"];
    assert_eq!((&at[0]["endpoint"], &at[0]["address"]), (&endpoint.clone().into(), &"127.0.0.2".into()), "{at}");
    assert_eq!((&at[1]["endpoint"], &at[1]["address"]), (&endpoint.into(), &"127.0.0.3".into()), "{at}");
}

#[test]
fn a_name_with_one_address_is_reported_by_the_name_alone() {
    if !names_can_be_had() {
        return;
    }
    let node = Node::at("127.0.0.2", 0, TAKEN);
    let endpoint = format!("http://cache.internal:{}", node.port);
    let repo = site(&[&endpoint], "");
    let hosts = Hosts::with(&format!("{LOCAL}127.0.0.2 cache.internal\n127.0.0.2 cache.internal\n"));
    let ran = run(&repo, &hosts, &["purge", "HEAD~1", "--out", "report.json"]).run().exits(0);
    ran.says(&format!("  {endpoint}: 1 purged\n"));
    assert_eq!(node.asked().len(), 1);
    assert_eq!(report(&repo)["sites"][0]["receipts"][0]["endpoints"][0]["address"], Value::Null);
}

#[test]
fn a_node_of_a_name_that_fails_leaves_the_purge_failed_and_is_named() {
    if !names_can_be_had() {
        return;
    }
    for (answer, word) in [(DENIED, "refused"), (BUSY, "gave-up")] {
        let (one, other, hosts) = two(TAKEN, answer);
        let endpoint = format!("http://cache.internal:{}", one.port);
        let repo = site(&[&endpoint], "");
        let ran = run(&repo, &hosts, &["purge", "HEAD~1", "--retry-for", "0", "--out", "report.json"]).run().exits(1);
        let ran = ran.says(&format!("{word}: {endpoint} (127.0.0.3): HTTP ")).says("NOT purged: 1 of 1 operation");
        assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
        assert_eq!((one.asked().len(), other.asked().len()), (1, 1));
        // The report says what is left, for all the nodes.
        let again = ["purge", "--plan", "report.json", "--only-failed", "--retry-for", "0"];
        run(&repo, &hosts, &again).run().exits(1).says("NOT purged: 1 of 1 operation");
        assert_eq!((one.asked().len(), other.asked().len()), (1, 1));
    }
    // A node that is gone is no twin, though this machine has both addresses.
    let one = Node::at("127.0.0.2", 0, TAKEN);
    let endpoint = format!("http://cache.internal:{}", one.port);
    let hosts = Hosts::with(&format!("{LOCAL}127.0.0.2 cache.internal\n127.0.0.3 cache.internal\n"));
    let ran = run(&site(&[&endpoint], ""), &hosts, &["purge", "HEAD~1", "--retry-for", "0"]).run().exits(1);
    ran.says(&format!("gave-up: {endpoint} (127.0.0.3): no connection: "));
}

#[test]
fn where_all_addresses_are_one_cache_one_is_asked() {
    if !names_can_be_had() {
        return;
    }
    let (one, other, hosts) = two(TAKEN, TAKEN);
    let endpoint = format!("http://cache.internal:{}", one.port);
    let repo = site(&[&endpoint], "addresses = \"one\"\n");
    run(&repo, &hosts, &["purge", "HEAD~1"]).run().exits(0).says(&format!("  {endpoint}: 1 purged\n"));
    assert_eq!(one.asked().len() + other.asked().len(), 1);
}

#[test]
fn a_name_that_is_not_found_is_an_error_and_other_nodes_are_still_purged() {
    if !names_can_be_had() {
        return;
    }
    let node = Node::at("127.0.0.2", 0, TAKEN);
    let hosts = Hosts::with(LOCAL);
    // A label of more than 63 bytes is asked of nobody.
    let name = format!("{}.internal", "c".repeat(64));
    let lost = format!("http://{name}:6081");
    let ran = run(&site(&[&lost], ""), &hosts, &["purge", "HEAD~1", "--retry-for", "0"]).run().exits(1);
    let ran =
        ran.errs_with(&format!("the name of the endpoint {lost} cannot be found: "), &format!("getent hosts {name}"));
    assert!(!ran.stdout.contains("the mark is at") && !ran.stderr.contains("its name"), "{}", ran.stdout);
    let there = format!("http://127.0.0.2:{}", node.port);
    let repo = site(&[&lost, &there], "");
    let ran = run(&repo, &hosts, &["purge", "HEAD~1", "--retry-for", "0", "--out", "report.json"]).run().exits(1);
    let ran = ran.says(&format!("not-sent: {lost}: its name cannot be found: "));
    let ran = ran.says(&format!("{lost}: 1 failed")).says(&format!("{there}: 1 purged"));
    assert!(!ran.stdout.contains("the mark is at"), "{}", ran.stdout);
    assert_eq!(node.asked().len(), 1);
    report(&repo);
    let ran = run(&repo, &hosts, &["check"]).run().exits(1).says(&format!("the name of {lost} cannot be found: "));
    ran.says(&format!("{there} answers (HTTP 200)"));
}

#[test]
fn a_server_with_several_names_is_asked_once() {
    if !names_can_be_had() {
        return;
    }
    let node = Node::at("127.0.0.2", 0, TAKEN);
    let hosts = Hosts::with(&format!("{LOCAL}127.0.0.2 a.internal\n127.0.0.2 b.internal\n"));
    let of = |host: &str| format!("http://{host}:{}", node.port);
    let repo = site(&[&of("a.internal"), &of("127.0.0.2"), &of("b.internal"), &of("B.internal")], "");
    let ran = run(&repo, &hosts, &["purge", "HEAD~1", "-v"]).run().exits(0);
    let ran = ran.says(&format!("  {}: 1 purged\n", of("a.internal")));
    assert!(!ran.stdout.contains(&format!("{}: ", of("b.internal"))), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("{} is the server that is asked as ", of("b.internal"))), "{}", ran.stderr);
    assert_eq!(node.asked().len(), 1);
}

#[test]
fn localhost_is_asked_where_its_server_listens() {
    if !names_can_be_had() || !required(TcpListener::bind("[::1]:0").is_ok(), "IPv6 on the loopback") {
        return;
    }
    let hosts = Hosts::with("127.0.0.1 localhost\n::1 localhost\n");
    for listens in [&["127.0.0.1"][..], &["::1"], &["127.0.0.1", "::1"]] {
        let first = Node::at(listens[0], 0, TAKEN);
        let nodes: Vec<Node> = listens[1..].iter().map(|address| Node::at(address, first.port, TAKEN)).collect();
        let endpoint = format!("http://localhost:{}", first.port);
        let repo = site(&[&endpoint], "");
        let ran =
            run(&repo, &hosts, &["purge", "HEAD~1", "--retry-for", "0"]).run().exits(0).says("the mark is at HEAD");
        assert_eq!(ran.stdout.contains("(::1): 1 purged"), listens.len() == 2, "{}", ran.stdout);
        assert_eq!(first.asked().len() + nodes.iter().map(|node| node.asked().len()).sum::<usize>(), listens.len());
    }
    // Where none listens, it is as it ever was.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://localhost:{free}");
    let ran = run(&site(&[&endpoint], ""), &hosts, &["purge", "HEAD~1", "--retry-for", "0"]).run().exits(1);
    ran.says(&format!("gave-up: {endpoint}: no connection: "));
}

#[test]
fn a_name_that_leads_elsewhere_between_two_tries_is_held_to_what_it_was() {
    if !names_can_be_had() {
        return;
    }
    let hosts = Hosts::with(&format!("{LOCAL}127.0.0.2 cache.internal\n"));
    let file = hosts.file();
    // It is busy at first, and its name moves before it is asked again.
    let one = Node::that("127.0.0.2", 0, move |number| {
        if number == 0 {
            std::fs::write(&file, format!("{LOCAL}127.0.0.3 cache.internal\n")).unwrap();
            return BUSY;
        }
        TAKEN
    });
    let other = Node::at("127.0.0.3", one.port, TAKEN);
    let layer =
        format!("[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"http://cache.internal:{}\"]\n", one.port);
    let text = config(&[], "").split("[site.http_purge]").next().unwrap().to_owned();
    let repo = site(&[&format!("http://cache.internal:{}", one.port)], "");
    // The layer in front has the same name, and keeps to what was found for it as well.
    repo.file("purge.toml", &format!("{text}{layer}{layer}"));
    run(&repo, &hosts, &["purge", "HEAD~1"]).run().exits(0).says("the mark is at HEAD");
    assert_eq!((one.asked().len(), other.asked().len()), (3, 0));
}

#[test]
fn in_tls_a_node_is_asked_by_its_name() {
    if !names_can_be_had() {
        return;
    }
    let (one, other, hosts) = two(TAKEN, TAKEN);
    let repo = site(&[&format!("https://cache.internal:{}", one.port)], "");
    run(&repo, &hosts, &["purge", "HEAD~1", "--retry-for", "0"]).run().exits(1).says("(127.0.0.3): ");
    for node in [one, other] {
        let asked = node.asked();
        assert!(!asked.is_empty() && asked.iter().all(|hello| hello.contains("cache.internal")), "{asked:?}");
    }
}

#[test]
fn check_knocks_at_every_address() {
    if !names_can_be_had() {
        return;
    }
    let one = Node::at("127.0.0.2", 0, TAKEN);
    let hosts = Hosts::with(&format!("{LOCAL}127.0.0.2 cache.internal\n127.0.0.3 cache.internal\n"));
    let endpoint = format!("http://cache.internal:{}", one.port);
    let ran = run(&site(&[&endpoint], ""), &hosts, &["check"]).run().exits(1);
    let ran = ran.says(&format!("ok    endpoint     {endpoint} (127.0.0.2) answers (HTTP 200)"));
    ran.says(&format!("fail  endpoint     {endpoint} (127.0.0.3) does not answer: no connection"));
    assert!(one.asked()[0].starts_with("OPTIONS / HTTP/1.1\r\n"));
}
