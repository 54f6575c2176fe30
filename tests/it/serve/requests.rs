//! Requests that are not as they should be: each is refused, or is what it looks like, and never two.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::support::{HOOK_SECRET, PATIENCE, Place, Receiver, config, signed};

fn receiver() -> (Place, Receiver) {
    let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\n";
    let place = Place::new(&config("", hook), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    (place, receiver)
}

/// The statuses of all answers to some bytes, until the connection is closed.
fn answers(receiver: &Receiver, sent: &[u8]) -> Vec<u16> {
    let mut stream = TcpStream::connect(receiver.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may be answered before all was sent.
    let _cut = stream.write_all(sent);
    let mut answers = Vec::new();
    let _reset = stream.read_to_end(&mut answers);
    let answers = String::from_utf8(answers).unwrap();
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
}

fn delivery(body: &str) -> String {
    let signature = signed(HOOK_SECRET, body);
    format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {signature}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn requests_behind_each_other_are_answered_one_by_one() {
    let (_place, receiver) = receiver();
    let last = "GET /none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let all = format!("{}{}{last}", delivery("x"), delivery("y"));
    assert_eq!(answers(&receiver, all.as_bytes()), [202, 202, 404]);
}

#[test]
fn a_length_that_is_said_in_two_ways_ends_the_connection() {
    let (_place, receiver) = receiver();
    let post = |lines: &str, body: &str| format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\n{lines}\r\n{body}");
    // A proxy in front could see another request here: what stands behind the first is never read as one.
    let hidden = format!("0\r\n\r\n{}", delivery("smuggled"));
    let length = hidden.len();
    for lines in [
        format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\nconnection: keep-alive\r\n"),
    ] {
        assert_eq!(answers(&receiver, post(&lines, &hidden).as_bytes()), [401], "{lines}");
    }
    for lines in [
        "content-length: 1\r\ncontent-length: 2\r\n",
        "content-length: +1\r\n",
        "content-length: -1\r\n",
        "content-length: 0x1\r\n",
        "content-length: 1, 2\r\n",
        "content-length: 18446744073709551617\r\n",
        "content-length : 1\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked\x0b\r\n",
        "transfer-encoding\r\n",
        "x-sig: a\r\n b\r\n",
        "x-sig: a\0b\r\n",
        "x-sig: a\rb\r\n",
    ] {
        assert_eq!(answers(&receiver, post(lines, "x").as_bytes()), [400], "{lines:?}");
    }
    let old = post("transfer-encoding: chunked\r\n", "0\r\n\r\n").replacen("HTTP/1.1", "HTTP/1.0", 1);
    assert_eq!(answers(&receiver, old.as_bytes()), [400]);
    assert_eq!(receiver.logged("delivery").iter().filter(|line| line["status"] == 202).count(), 0);
}

#[test]
fn a_first_line_and_headers_without_an_end_are_read_up_to_a_size() {
    let (_place, receiver) = receiver();
    let long = "a".repeat(1 << 20);
    for sent in [
        format!("POST /{long}"),
        format!("POST /hooks/www?{long}"),
        format!("{long} / HTTP/1.1\r\n"),
        format!("POST /hooks/www HTTP/1.1\r\n{long}"),
        format!("POST /hooks/www HTTP/1.1\r\nx-sig: {long}"),
        format!("POST /hooks/www HTTP/1.1\r\n{}", "a: b\r\n".repeat(1 << 17)),
        format!("POST /hooks/www HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101)),
        "\r\n".repeat(1 << 19),
    ] {
        let told = answers(&receiver, sent.as_bytes());
        assert!(told.iter().all(|status| matches!(status, 400 | 414 | 431)), "{told:?}: {}", &sent[..60]);
    }
    assert_eq!(answers(&receiver, &closing(&delivery("x"))), [202]);
}

/// The same request, after which the connection ends.
fn closing(request: &str) -> Vec<u8> {
    request.replacen("host: x\r\n", "host: x\r\nconnection: close\r\n", 1).into_bytes()
}

#[test]
fn a_target_is_the_path_of_a_hook_or_nothing() {
    let (_place, receiver) = receiver();
    let good = delivery("x");
    for (target, status) in [
        ("/hooks/www", 202),
        ("/hooks/www?a=b", 202),
        ("http://elsewhere.example/hooks/www", 202),
        ("http://elsewhere.example", 404),
        ("//hooks/www", 404),
        ("/hooks//www", 404),
        ("/hooks/./www", 404),
        ("/x/../hooks/www", 404),
        ("/hooks%2Fwww", 404),
        ("/hooks/%77ww", 404),
        ("/hooks/www%00", 404),
        ("/hooks/www;a", 404),
        ("/hooks\\www", 404),
        ("/hooks/www/", 404),
        ("/HOOKS/WWW", 404),
        ("*", 404),
        ("hooks", 404),
        ("", 400),
        ("/hooks/www ", 400),
    ] {
        let sent = closing(&good.replacen("/hooks/www", target, 1));
        assert_eq!(answers(&receiver, &sent), [status], "{target:?}");
    }
    for bytes in [&b"\xff"[..], b"\xc3\x28", b"\0", b"\x7f", b"\x1b[31m"] {
        let sent = [b"POST /hooks/www", bytes, &closing(&good)["POST /hooks/www".len()..]].concat();
        let told = answers(&receiver, &sent);
        assert!(matches!(told[..], [400 | 404]), "{told:?}: {}", bytes.escape_ascii());
    }
    for method in ["CONNECT", "OPTIONS", "TRACE", "PATCH", "post", "GET"] {
        let told = answers(&receiver, &closing(&good.replacen("POST", method, 1)));
        assert!(matches!(told[..], [400 | 404]), "{told:?}: {method}");
    }
}

#[test]
fn another_protocol_is_none_of_ours() {
    let (_place, receiver) = receiver();
    for sent in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"[..],
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"GET / HTTP/3.0\r\n\r\n",
        b"GET /\r\n",
        b"SSH-2.0-x\r\n",
        &[0; 1000],
    ] {
        let told = answers(&receiver, sent);
        assert!(matches!(told[..], [] | [400]), "{told:?}: {}", sent.escape_ascii());
    }
    // An upgrade is asked for, and none is made.
    let upgrade = delivery("x").replacen(
        "host: x\r\n",
        "host: x\r\nconnection: close, upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n",
        1,
    );
    assert_eq!(answers(&receiver, upgrade.as_bytes()), [202]);
}

#[test]
fn a_sender_that_waits_for_leave_gets_it_where_its_body_is_wanted() {
    let (_place, receiver) = receiver();
    let waits = |request: &str| request.replacen("host: x\r\n", "host: x\r\nexpect: 100-continue\r\n", 1);
    assert_eq!(answers(&receiver, &closing(&waits(&delivery("x")))), [100, 202]);
    let nowhere = delivery("x").replacen("/hooks/www", "/none", 1);
    assert_eq!(answers(&receiver, &closing(&waits(&nowhere))), [404]);
    let large = waits(&delivery("x")).replacen("content-length: 1", "content-length: 99999999", 1);
    assert_eq!(answers(&receiver, &closing(&large)), [413]);
}
