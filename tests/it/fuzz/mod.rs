//! Nearly valid documents for everything that reads: none of them makes it panic, overflow its stack, or take for ever.
//!
//! `DIFFPURGE_FUZZ_SECONDS` is the time of each target, one second by default; `DIFFPURGE_FUZZ_SEED` repeats a run, and
//! `DIFFPURGE_FUZZ_KEEP` names a directory in which each target leaves the document that it reads, for a crash without a message.

mod answers;
mod deliveries;
mod documents;
mod hooks;
mod mutation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mutation::Mutator;

/// One document may take so long; most take a thousandth of a second, and the machine has more to do.
const SLOW: Duration = Duration::from_secs(30);

/// Bytes that the whole process may have had, all tests at once.
const MEMORY: u64 = 3 << 30;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).map_or(0, |kib| kib << 10)
}

/// Feeds a reader for its time.
#[allow(clippy::print_stderr, reason = "how much was read, and with how much memory, is the result")]
fn fuzz(name: &str, corpus: Vec<Vec<u8>>, mut read: impl FnMut(&[u8], &mut Mutator)) {
    let time = Duration::from_secs(number("DIFFPURGE_FUZZ_SECONDS").unwrap_or(1));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let seed = number("DIFFPURGE_FUZZ_SEED").unwrap_or_else(|| u64::try_from(now % u128::from(u64::MAX)).unwrap());
    let keep = std::env::var_os("DIFFPURGE_FUZZ_KEEP").map(|directory| std::path::Path::new(&directory).join(name));
    let mut mutator = Mutator::new(seed, corpus);
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < time {
        // The first is right, so that a target that reads nothing is noticed by whoever wrote it.
        let document = if count == 0 { mutator.valid() } else { mutator.next() };
        if let Some(keep) = &keep {
            std::fs::write(keep, &document).unwrap();
        }
        let began = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| read(&document, &mut mutator)));
        let took = began.elapsed();
        let shown = || document[..document.len().min(4000)].escape_ascii().to_string();
        assert!(ended.is_ok(), "{name} panics at document {count} of seed {seed}:\n{}", shown());
        assert!(took < SLOW, "{name} takes {took:?} for document {count} of seed {seed}:\n{}", shown());
        count += 1;
    }
    let peak = peak();
    eprintln!(
        "fuzz: {name}: {count} documents in {} s, seed {seed}, peak memory of the process {} MiB",
        start.elapsed().as_secs(),
        peak >> 20
    );
    assert!(count > 3, "{name}: {count} documents");
    assert!(peak < MEMORY, "{name}: {} MiB", peak >> 20);
}

/// Text as bytes.
fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Asserts that a message keeps to its line, and holds nothing that a terminal obeys.
#[track_caller]
fn is_a_message(text: &str) {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    assert!(text.chars().all(is_plain), "{text:?}");
}
