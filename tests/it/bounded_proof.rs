//! The cost of a proof: answers of any length are hashed as they come, and one that drips is not waited for.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "memory is measured as Linux tells it")
)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diffpurge::edge::{Handler, Loopback, response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Ran, Repo, diffpurge};

/// Bytes of each answer, as they are inflated. Without optimisation that takes minutes; there, sixteen answers are still more than
/// may be held.
const LONG: usize = if cfg!(debug_assertions) { 5 << 20 } else { 63 << 20 };

/// Memory that all answers together may take, beside what the program takes without any, in KiB.
const MOST: usize = 64 << 10;

fn site() -> Repo {
    Repo::of(&[(
        "purge.toml",
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n",
    )])
}

/// Runs `verify`, and says how many KiB of memory it had at most.
#[cfg(target_os = "linux")]
fn measured(repo: &Repo, address: std::net::SocketAddr) -> (Ran, usize) {
    let run = diffpurge(["verify", "--edge", &format!("http://{address}"), "-v"]).within(repo).start();
    let (status, mut most) = (format!("/proc/{}/status", run.id()), 0);
    // The mark only rises, and is gone when the process ends.
    while let Ok(text) = std::fs::read_to_string(&status) {
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(line) = line else { break };
        most = line.trim().trim_end_matches(" kB").parse().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    (Ran::of(run), most)
}

#[cfg(target_os = "linux")]
#[test]
fn sixteen_long_answers_are_compared_within_64_mib() {
    let repo = site();
    let content = vec![b'x'; LONG];
    std::fs::create_dir_all(repo.path().join("public")).unwrap();
    std::fs::write(repo.path().join("public/00.bin"), &content).unwrap();
    for i in 1..16 {
        let path = |i| repo.path().join(format!("public/{i:02}.bin"));
        std::fs::hard_link(path(0), path(i)).unwrap();
    }
    repo.commit();
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(&content).unwrap();
    let compressed: Arc<[u8]> = compressed.finish().unwrap().into();
    drop(content);
    let serving = |body: Arc<[u8]>, encoding: &'static str| {
        let handler: Handler = Arc::new(move |_| {
            let answer = response(200, &[("content-encoding", encoding)], body.to_vec());
            Box::pin(async move { answer })
        });
        Loopback::start(handler).unwrap()
    };
    let (short, long) = (serving(b"x".as_slice().into(), "identity"), serving(compressed, "gzip"));
    let (_, without) = measured(&repo, short.address());
    let (ran, with) = measured(&repo, long.address());
    ran.exits(0).says("16 fresh");
    assert!(with < without + MOST, "{without} KiB without, and {with} KiB with them");
}

#[test]
fn a_server_that_drips_is_given_up_after_the_time_of_one_answer() {
    let repo = site();
    repo.file("public/a.css", "a".repeat(1000).as_str()).commit();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut asked = [0; 1 << 10];
                let _asked = stream.read(&mut asked).unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").unwrap();
                while stream.write_all(b"a").is_ok() {
                    std::thread::sleep(Duration::from_secs(1));
                }
            });
        }
    });
    let start = Instant::now();
    let ran = diffpurge(["verify", "--edge", &format!("http://{address}")]).within(&repo).run().exits(1);
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
    ran.says("unreachable https://www.example.com/a.css  the answer came too slowly to be waited for");
}
