//! Ids that nobody can guess: of runs, of sessions, and of the process that takes runs.

use ring::rand::{SecureRandom as _, SystemRandom};

use crate::display::hex;

/// Returns the id of a run.
pub(super) fn run() -> String {
    hex(&chance())
}

/// Returns bytes that nobody can guess.
pub(super) fn chance() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Where the system gives no randomness, the clock tells runs apart, and the secret still guards them.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        let nanoseconds = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        bytes = nanoseconds.to_be_bytes();
    }
    bytes
}
