//! A receiver under attack, bounded and on loopback: honest deliveries are made all the while, and the memory is looked at.
//!
//! `DIFFPURGE_SIEGE=full` makes each attack as large as it is meant to be, and gives an honest delivery one second. That is for a machine
//! that does nothing else; in the usual run of the tests the attacks are smaller, and the patience is longer.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{HOOK_SECRET, Place, Receiver, config, required, signed, try_raw};

/// Bytes that an attack may take above the idle process.
const MOST: u64 = 64 << 20;

/// How often an honest sender comes while an attack goes on.
const PACE: Duration = Duration::from_millis(20);

fn is_full() -> bool {
    std::env::var("DIFFPURGE_SIEGE").as_deref() == Ok("full")
}

/// The size of an attack: in full, or in the usual run.
pub(super) fn size(full: usize, usual: usize) -> usize {
    if is_full() { full } else { usual }
}

/// How long an honest delivery may take.
fn soon() -> Duration {
    Duration::from_secs(if is_full() { 1 } else { 8 })
}

/// A receiver that can be attacked.
pub(super) struct Siege {
    pub(super) receiver: Receiver,
    _place: Place,
    idle: u64,
}

/// What became of the honest deliveries.
#[derive(Default)]
struct Honest {
    made: usize,
    slowest: Duration,
}

impl Siege {
    /// A receiver whose purges are of no interest, with these lines below `[serve]`.
    #[track_caller]
    pub(super) fn of(lines: &str) -> Siege {
        let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\nrate = 1000000\n";
        Siege::at(Place::new(&config(lines, hook), "http://127.0.0.1:9/client/v4"), &[])
    }

    /// The same with as few file descriptors as that.
    #[track_caller]
    pub(super) fn with_files(files: u32) -> Siege {
        let hook = "kind = \"hmac\"\nheader = \"X-Sig\"\nreaction = \"site\"\nrate = 1000000\n";
        let place = Place::new(&config("", hook), "http://127.0.0.1:9/client/v4");
        Siege::at(place, &["prlimit", &format!("--nofile={files}:{files}")])
    }

    #[track_caller]
    fn at(place: Place, before: &[&str]) -> Siege {
        let receiver = place.start_by(before, &[]);
        let mut siege = Siege { receiver, _place: place, idle: 0 };
        siege.delivers("before");
        siege.idle = siege.peak();
        siege
    }

    /// Attacks, and delivers all the while. What the attack leaves open is open until the last delivery. Returns the bytes that it took.
    #[track_caller]
    pub(super) fn holds<T: Send>(&self, what: &str, attack: impl FnOnce(&Receiver) -> T + Send) -> u64 {
        let over = AtomicBool::new(false);
        let mut honest = Honest::default();
        thread::scope(|scope| {
            let attack = scope.spawn(|| {
                let left = attack(&self.receiver);
                over.store(true, Ordering::SeqCst);
                left
            });
            while !over.load(Ordering::SeqCst) && !attack.is_finished() {
                honest.count(self.delivers("meanwhile"));
                thread::sleep(PACE);
            }
            let left = attack.join().unwrap();
            honest.count(self.delivers("afterwards"));
            drop(left);
        });
        let taken = self.peak().saturating_sub(self.idle);
        let told = format!(
            "{what}: {} MiB above idle, {} honest deliveries, the slowest {:?}\n",
            taken >> 20,
            honest.made,
            honest.slowest
        );
        if is_full() {
            let _written = std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes());
        }
        assert!(taken < MOST, "{told}");
        taken
    }

    /// Delivers as an honest sender does: one whose connection breaks comes again at once. Returns how long that took.
    #[track_caller]
    fn delivers(&self, body: &str) -> Duration {
        let start = Instant::now();
        let mut request = "POST /hooks/www HTTP/1.1\r\nhost: x\r\nconnection: close\r\n".to_owned();
        let signature = signed(HOOK_SECRET, body);
        write!(request, "x-sig: {signature}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        loop {
            let reply = try_raw(self.receiver.address(), request.as_bytes());
            let took = start.elapsed();
            let status = reply.as_ref().map(|reply| reply.status);
            assert!(matches!(status, None | Some(202 | 408 | 503)), "{reply:?}");
            assert!(took < soon(), "{took:?}, {status:?}\n{}", self.receiver.log());
            if status == Some(202) {
                return took;
            }
        }
    }

    /// The most memory that the process has had, in bytes.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.receiver.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
    }
}

impl Honest {
    fn count(&mut self, took: Duration) {
        self.made += 1;
        self.slowest = self.slowest.max(took);
    }
}

/// True when this process, and those that it starts, may have so many files open. A soft limit is raised; a hard one is not ours.
pub(super) fn files(wanted: u64) -> bool {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let numbers: Vec<u64> = line.split_whitespace().map_while(|n| n.parse().ok()).collect();
    let [soft, hard] = numbers[..] else { return required(false, "a limit of open files that is a number") };
    if soft >= wanted {
        return true;
    }
    let have = hard >= wanted && {
        let (pid, limit) = (std::process::id().to_string(), format!("--nofile={wanted}:{hard}"));
        Command::new("prlimit").args(["--pid", &pid, &limit]).status().is_ok_and(|status| status.success())
    };
    required(have, &format!("{wanted} open files: the hard limit is {hard} (`ulimit -Hn`)"))
}
