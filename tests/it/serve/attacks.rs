//! Attacks before anybody is let in, bounded and on loopback: memory stays flat, and an honest delivery gets through.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{HOOK_SECRET, PATIENCE, Place, Receiver, config, signed};

/// How long an honest delivery may take on a machine that runs other tests too. Each attack lasts longer.
const SOON: Duration = Duration::from_secs(8);

/// Bytes that an attack may take.
const MOST: u64 = 64 << 20;

fn receiver(lines: &str) -> (Place, Receiver) {
    let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\nrate = 100000\n";
    let place = Place::new(&config(lines, hook), "http://127.0.0.1:9/client/v4");
    let receiver = place.start();
    (place, receiver)
}

/// The most memory that a process has had, in bytes.
fn peak(receiver: &Receiver) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", receiver.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
}

#[track_caller]
fn takes_an_honest_delivery(receiver: &Receiver, body: &str) {
    let start = Instant::now();
    let reply = receiver.post("/hooks/www", &[("x-sig", &signed(HOOK_SECRET, body))], body);
    assert_eq!(reply.status, 202, "{reply:?}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

/// Begins a request whose body never comes to its end.
fn begun(receiver: &Receiver, sent: usize) -> TcpStream {
    let mut stream = TcpStream::connect(receiver.address()).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let head = "POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: 00\r\ncontent-length: 1048576\r\n\r\n";
    // It may be ended while it writes.
    let _ended = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; sent]));
    stream
}

#[test]
fn slow_bodies_give_way_to_an_honest_delivery() {
    let (_place, receiver) = receiver("connections = 32\n");
    let slow: Vec<TcpStream> = (0..64).map(|_| begun(&receiver, 100)).collect();
    takes_an_honest_delivery(&receiver, "x");
    drop(slow);
}

#[test]
fn bodies_that_never_end_take_no_more_memory_than_they_may() {
    let (_place, receiver) = receiver("");
    takes_an_honest_delivery(&receiver, "before");
    let idle = peak(&receiver);
    let endless: Vec<TcpStream> = thread::scope(|scope| {
        let receiver = &receiver;
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(move || (0..25).map(|_| begun(receiver, 1_000_000)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    takes_an_honest_delivery(&receiver, &"x".repeat(500_000));
    let taken = peak(&receiver).saturating_sub(idle);
    assert!(taken < MOST, "200 bodies of 1 MB took {} MiB", taken >> 20);
    drop(endless);
}

#[test]
fn bad_signatures_cost_little_and_an_honest_delivery_gets_through() {
    let (_place, receiver) = receiver("");
    takes_an_honest_delivery(&receiver, "before");
    let idle = peak(&receiver);
    let body = "x".repeat(4096);
    let bad = signed("another-secret-of-16", &body);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let request = format!(
                    "POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {bad}\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let mut stream = TcpStream::connect(receiver.address()).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let mut answer = [0; 4096];
                for _ in 0..1000 {
                    stream.write_all(request.as_bytes()).unwrap();
                    let read = stream.read(&mut answer).unwrap();
                    assert!(answer[..read].starts_with(b"HTTP/1.1 401 "), "{}", answer[..read].escape_ascii());
                }
            });
        }
        takes_an_honest_delivery(&receiver, "meanwhile");
    });
    takes_an_honest_delivery(&receiver, "after");
    let taken = peak(&receiver).saturating_sub(idle);
    assert!(taken < MOST, "4,000 bad signatures took {} MiB", taken >> 20);
}

#[test]
fn requests_behind_each_other_are_answered_one_by_one() {
    let (_place, receiver) = receiver("");
    let signature = signed(HOOK_SECRET, "x");
    let one = format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {signature}\r\ncontent-length: 1\r\n\r\nx");
    let last = "GET /none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(receiver.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(format!("{one}{one}{last}").as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["202", "202", "404"]);
    // A length that is said in two ways is no request: a proxy in front could see another one.
    for smuggled in [
        "POST /hooks/www HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        "POST /hooks/www HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ] {
        assert_eq!(receiver.raw(smuggled.as_bytes()).status, 400, "{smuggled}");
    }
}

#[test]
fn a_compressed_body_is_not_unpacked() {
    let (_place, receiver) = receiver("");
    let bomb = vec![b'x'; 1000];
    let body = String::from_utf8(bomb).unwrap();
    let headers = [("content-encoding", "gzip"), ("x-sig", "00")];
    assert_eq!(receiver.post("/hooks/www", &headers, &body).status, 401);
    // The signature is of the bytes as they came.
    let signature = signed(HOOK_SECRET, &body);
    assert_eq!(receiver.post("/hooks/www", &[("content-encoding", "gzip"), ("x-sig", &signature)], &body).status, 202);
}
