//! Attacks before anybody is let in: memory stays flat, and an honest delivery gets through.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::siege::{Siege, files, size};
use crate::support::{HOOK_SECRET, PATIENCE, Receiver, required, signed};

const HEAD: &str = "POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: 00\r\n";

fn connected(receiver: &Receiver) -> TcpStream {
    let stream = TcpStream::connect(receiver.address()).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Connections that each send `head` and then byte by byte, for longer than anything may take; one that is ended is made anew.
fn dribbled(receiver: &Receiver, head: &str, byte: u8) -> Vec<TcpStream> {
    let begun = || {
        let mut stream = connected(receiver);
        let _ended = stream.write_all(head.as_bytes());
        stream
    };
    let mut streams: Vec<TcpStream> = (0..size(1000, 600)).map(|_| begun()).collect();
    let (start, lasts) = (Instant::now(), Duration::from_secs(size(12, 2) as u64));
    while start.elapsed() < lasts {
        for stream in &mut streams {
            if stream.write_all(&[byte]).is_err() {
                *stream = begun();
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
    streams
}

#[test]
fn slow_headers_give_way_to_an_honest_delivery() {
    Siege::of("").holds("slow headers", |receiver| dribbled(receiver, "POST /hooks/www HTTP/1.1\r\nx-long: ", b'x'));
}

#[test]
fn slow_bodies_give_way_to_an_honest_delivery() {
    let head = format!("{HEAD}content-length: 1048576\r\n\r\n");
    Siege::of("").holds("slow bodies", |receiver| dribbled(receiver, &head, b'x'));
}

/// Begins a request whose body never comes to its end.
fn begun(receiver: &Receiver, sent: usize) -> TcpStream {
    let mut stream = connected(receiver);
    let head = format!("{HEAD}content-length: 1048576\r\n\r\n");
    // It may be ended while it writes.
    let _ended = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; sent]));
    stream
}

#[test]
fn bodies_that_never_end_take_no_more_memory_than_they_may() {
    Siege::of("").holds("200 bodies of 1 MB that do not end", |receiver| {
        let eighth = || (0..25).map(|_| begun(receiver, 1_000_000)).collect::<Vec<_>>();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(eighth)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        })
    });
    // One that does not say how long it is goes on as long as it is let.
    Siege::of("").holds("endless bodies in chunks", |receiver| {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        let (start, lasts) = (Instant::now(), Duration::from_secs(size(10, 1) as u64));
        let endless = || {
            while start.elapsed() < lasts {
                let mut stream = connected(receiver);
                let _ended = stream.write_all(format!("{HEAD}transfer-encoding: chunked\r\n\r\n").as_bytes());
                while start.elapsed() < lasts && stream.write_all(chunk.as_bytes()).is_ok() {}
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(endless);
            }
        });
    });
}

#[test]
fn bodies_in_chunks_of_one_byte_take_no_more_memory_than_others() {
    let chunks = "1\r\nx\r\n".repeat(250_000);
    Siege::of("").holds("40 bodies of 250,000 chunks", |receiver| {
        let one = || {
            let mut stream = connected(receiver);
            let head = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
            let _ended = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(chunks.as_bytes()));
            // All of it was read when its time is over.
            let _ended = stream.read(&mut [0; 1024]);
        };
        thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(one);
            }
        });
    });
}

#[test]
fn a_compressed_body_is_not_unpacked() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 100 << 20]).unwrap();
    let bomb = packed.finish().unwrap();
    let siege = Siege::of("");
    // The signature is of the bytes as they came, whoever sends them.
    let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, HOOK_SECRET.as_bytes()), &bomb);
    let good = diffpurge::display::hex(tag.as_ref());
    siege.holds("bombs of 100 MiB", |receiver| {
        for (signature, status) in [("00", 401), (good.as_str(), 202)].repeat(20) {
            let head = format!(
                "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-encoding: gzip\r\nx-sig: {signature}\r\n\
                 content-length: {}\r\n\r\n",
                bomb.len()
            );
            assert_eq!(receiver.raw(&[head.as_bytes(), &bomb].concat()).status, status);
        }
    });
}

#[test]
fn silent_connections_give_way_to_an_honest_delivery() {
    let silent = size(10_000, 1_000);
    if !files(silent as u64 + 1_000) {
        return;
    }
    // As many as may be open by default, and then all of them.
    for lines in ["", "connections = 11000\n"] {
        let taken = Siege::of(lines).holds(&format!("{silent} silent connections, {lines:?}"), |receiver| {
            (0..silent).map(|_| connected(receiver)).collect::<Vec<_>>()
        });
        // Who says nothing has no buffers, which would be 16 KB.
        assert!(taken / (silent as u64) < 6 << 10, "{taken} bytes for {silent} connections");
    }
}

#[test]
fn a_burst_of_connections_waits_for_a_receiver_that_is_busy() {
    const BURST: usize = 2_000;
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap_or_default();
    let may_wait = most.trim().parse::<usize>().is_ok_and(|most| most > BURST);
    if !required(may_wait, "a system that lets 2,000 connections wait") || !files(BURST as u64 + 1_000) {
        return;
    }
    let siege = Siege::of("");
    let signal = |name: &str| {
        let sent = std::process::Command::new("kill").args([name, &siege.receiver.pid().to_string()]).status();
        assert!(sent.unwrap().success());
    };
    // It accepts nothing. One that the system turned away would come again after a second.
    signal("-STOP");
    let address = siege.receiver.address();
    let connected: Vec<_> =
        (0..BURST).map_while(|_| TcpStream::connect_timeout(&address, Duration::from_millis(900)).ok()).collect();
    signal("-CONT");
    assert_eq!(connected.len(), BURST);
    siege.holds("a burst of 2,000 connections", move |_| connected);
}

#[test]
fn silent_connections_that_use_up_all_files_give_way_to_an_honest_delivery() {
    let runs = std::process::Command::new("prlimit").arg("--version").output().is_ok();
    if !required(runs, "the program `prlimit`: `apt-get install util-linux`") {
        return;
    }
    Siege::with_files(64).holds("300 silent connections, 64 files", |receiver| {
        (0..300).map(|_| connected(receiver)).collect::<Vec<_>>()
    });
}

/// Sends a request again and again over four connections, and asserts what each is answered with.
fn repeated(receiver: &Receiver, request: &str, times: usize, status: u16) {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut stream = connected(receiver);
                let (mut answer, wanted) = ([0; 4096], format!("HTTP/1.1 {status} "));
                for _ in 0..times / 4 {
                    // The oldest that was not let in may have to give way.
                    let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.read(&mut answer));
                    let Ok(read @ 1..) = sent else {
                        stream = connected(receiver);
                        continue;
                    };
                    assert!(answer[..read].starts_with(wanted.as_bytes()), "{}", answer[..read].escape_ascii());
                }
            });
        }
    });
}

#[test]
fn bad_signatures_cost_little_and_fill_no_log() {
    let times = size(100_000, 4_000);
    let body = "x".repeat(4096);
    let bad = signed("another-secret-of-16", &body);
    let request =
        format!("POST /hooks/www HTTP/1.1\r\nhost: x\r\nx-sig: {bad}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let siege = Siege::of("");
    let start = Instant::now();
    siege.holds(&format!("{times} bad signatures"), |receiver| repeated(receiver, &request, times, 401));
    let seconds = start.elapsed().as_secs() + 2;
    let lines = siege.receiver.logged("delivery").iter().filter(|line| line["status"] == 401).count() as u64;
    assert!((20..=20 * seconds).contains(&lines), "{lines} lines in {seconds} s");
}

#[test]
fn runs_that_are_asked_for_with_wrong_secrets_cost_little() {
    let times = size(100_000, 4_000);
    let long = "0".repeat(20_000);
    for (id, secret) in [("0123456789abcdef0123456789abcdef", "a-hook-secret-of-the-test"), (&long, "x"), ("x", &long)]
    {
        let request = format!("GET /runs/{id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n\r\n");
        let siege = Siege::of("");
        siege.holds(&format!("{times} wrong secrets"), |receiver| repeated(receiver, &request, times, 401));
    }
}

#[test]
fn requests_behind_each_other_whose_answers_nobody_reads_take_no_memory() {
    let one = format!("{HEAD}content-length: 1\r\n\r\nx");
    let many = one.repeat(20_000);
    Siege::of("").holds("100 connections of 20,000 requests each", |receiver| {
        let streams: Vec<TcpStream> = (0..100).map(|_| connected(receiver)).collect();
        for mut stream in &streams {
            stream.set_nonblocking(true).unwrap();
            // As much as goes: nobody reads the answers, so neither side can go on at last.
            let mut rest = many.as_bytes();
            let start = Instant::now();
            while !rest.is_empty() && start.elapsed() < Duration::from_millis(100) {
                match stream.write(rest) {
                    Ok(written) => rest = &rest[written..],
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => thread::yield_now(),
                    Err(_) => break,
                }
            }
        }
        streams
    });
}
