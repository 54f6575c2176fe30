//! Things that an attacker could have done, or a careless sender: each was possible once.

use std::net::TcpStream;

use serde_json::json;

use crate::support::{Fault, HOOK_SECRET, Place, Postgres, Receiver, Toxic, config, edge, kept, raw, signed, warm};

const NOWHERE: &str = "http://127.0.0.1:9/client/v4";

const HMAC: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\n";

fn post(receiver: &Receiver, path: &str, body: &str) -> u16 {
    receiver.post(path, &[("x-sig", &signed(HOOK_SECRET, body))], body).status
}

#[test]
fn hooks_that_share_a_secret_are_named_when_the_receiver_starts() {
    let hook = |path: &str, secret: &str| {
        format!(
            "[[serve.hook]]\npath = \"{path}\"\nsite = \"www\"\nsecret_env = \"{secret}\"\n{HMAC}reaction = \"site\"\n"
        )
    };
    let others = format!("{}{}", hook("/own", "OWN_SECRET"), hook("/shared", "BOTH"));
    let both = format!("a-third-secret-of-ours\n{HOOK_SECRET}");
    let place = Place::new(&config("", &format!("{HMAC}reaction = \"site\"\n{others}")), NOWHERE)
        .env("OWN_SECRET", "a-secret-of-its-own")
        .env("BOTH", &both);
    let receiver = place.start();
    // A signature is of the body alone: what one of them takes opens the other.
    assert_eq!((post(&receiver, "/hooks/www", "x"), post(&receiver, "/shared", "x")), (202, 202));
    assert_eq!(post(&receiver, "/own", "x"), 401);
    let told = receiver.logged("these hooks share a secret: a delivery to one can be repeated at the other");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["hook"], &told[0]["other"]), (&json!("/shared"), &json!("/hooks/www")));
}

#[test]
fn deliveries_whose_id_is_empty_are_two_deliveries() {
    let edge = edge();
    let urls = ["https://www.example.com/a.css", "https://www.example.com/b.css"];
    warm(&edge, &urls);
    let hook = format!("{HMAC}changes = \"event\"\npaths = \"/changed\"\nid = \"/id\"\n");
    let place = Place::new(&config("", &hook), &edge.api_base());
    let receiver = place.start();
    for file in ["a.css", "b.css"] {
        let body = json!({ "id": "", "changed": [file] }).to_string();
        let reply = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, &body))], &body);
        assert_eq!(reply.status, 202, "{reply:?}");
        receiver.awaits(&reply.run(), "done");
    }
    assert_eq!(kept(&edge), Vec::<String>::new());
}

#[test]
fn deliveries_that_name_more_than_can_be_read_at_once_purge_the_sites_hosts() {
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css"]);
    let (go_on, going_on) = std::sync::mpsc::channel::<()>();
    let going_on = std::sync::Mutex::new(going_on);
    let toxic = Toxic::before(&edge, move |_, _| {
        let _over = going_on.lock().unwrap().recv();
        Fault::Pass
    });
    let hook = format!("{HMAC}changes = \"event\"\npaths = \"/changed\"\n");
    let place = Place::new(&config("", &hook), &toxic.api_base());
    let receiver = place.start();
    let deliver = |file: &str, bytes: usize| {
        let body = json!({ "changed": [file, "x".repeat(bytes)] }).to_string();
        let reply = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, &body))], &body);
        assert_eq!(reply.status, 202, "{reply:?}");
        reply.run()
    };
    // One is being purged, and what comes meanwhile is for the next.
    deliver("b.css", 1);
    deliver("a.css", 1);
    let run = (0..17).fold(String::new(), |_, _| deliver("c.css", 500_000));
    drop(go_on);
    let told = receiver.awaits(&run, "done");
    assert_eq!(kept(&edge), Vec::<String>::new(), "{told:#}");
    let bodies: Vec<String> = edge.recorded().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.last().unwrap(), r#"{"hosts":["www.example.com"]}"#, "{} requests", bodies.len());
}

#[test]
fn an_id_of_any_length_and_any_characters_is_kept_by_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let hook = format!("{HMAC}reaction = \"site\"\nid = \"/id\"\n");
    let place = Place::new(&config(&format!("store = \"{}\"\n", postgres.url()), &hook), NOWHERE);
    let receiver = place.start();
    // Nothing that a database could make smaller.
    let mut dice = fastrand::Rng::with_seed(7);
    let random: String = (0..200_000).map(|_| dice.lowercase()).collect();
    for id in ["a\0b", &random, "\u{202e}é", &format!("{random}b")] {
        let body = json!({ "id": id }).to_string();
        let statuses = [post(&receiver, "/hooks/www", &body), post(&receiver, "/hooks/www", &format!("{body} "))];
        assert_eq!(statuses, [202, 200], "{}", &body[..body.len().min(40)]);
    }
}

#[test]
fn a_proxy_of_ipv4_is_known_at_a_listener_of_ipv6() {
    let text = config("proxies = [\"127.0.0.1\"]\n", &format!("{HMAC}reaction = \"site\"\n"));
    let place = Place::new(&text.replacen("\"127.0.0.1:0\"", "\"[::ffff:127.0.0.1]:0\"", 1), NOWHERE);
    let receiver = place.start();
    let request = "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\
                   x-forwarded-for: 198.51.100.1, ::ffff:203.0.113.9, 127.0.0.1\r\n\r\n";
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], receiver.address().port()));
    assert_eq!(raw(address, request.as_bytes()).status, 401);
    assert_eq!(receiver.awaits_log("delivery")["from"], "203.0.113.9");
}

#[test]
fn a_platform_hears_of_health_though_others_hold_connections_to_the_same_listener() {
    let observe = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let lines = format!("observe = \"{observe}\"\n");
    let place = Place::new(&config(&lines, &format!("{HMAC}reaction = \"site\"\n")), NOWHERE);
    let receiver = place.start();
    let silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(observe).unwrap()).collect();
    let ask =
        |path: &str| raw(observe, format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
    assert_eq!((ask("/healthz").status, ask("/readyz").status), (200, 200));
    let open = std::fs::read_dir(format!("/proc/{}/fd", receiver.pid())).unwrap().count();
    assert!(open < 200, "{open} files for 300 connections");
    drop(silent);
}

#[test]
fn a_line_of_the_log_is_one_line_whatever_a_delivery_says() {
    let hook = format!("{HMAC}reaction = \"site\"\nstatus = \"/status\"\nsuccess = [\"success\"]\n");
    let place = Place::new(&config("proxies = [\"127.0.0.1\"]\n", &hook), NOWHERE);
    let receiver = place.start();
    let body = json!({ "status": "x\r\n{\"message\":\"run\"}\n\u{1b}[31m\u{202e}" }).to_string();
    let signature = signed(HOOK_SECRET, &body);
    let headers = [("x-sig", signature.as_str()), ("x-forwarded-for", "203.0.113.9 forged=\"yes\"")];
    let reply = receiver.post("/hooks/www", &headers, &body);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!((receiver.logged("delivery").len(), receiver.logged("run").len()), (1, 0), "{}", receiver.log());
    assert!(!receiver.log().contains(['\u{1b}', '\u{202e}', '\r']) && !receiver.log().contains("forged"));
}
