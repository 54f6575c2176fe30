//! Work that two threads share, where there is enough of it.
//!
//! The result is the same as of one, so what only computes may use it. Which work that is, and how the halves become one, is left to
//! whoever has it.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread::{available_parallelism, scope};

/// Files from which on a second thread pays: it costs as much as some hundred of them, and its result is merged with the first's.
const ENOUGH: usize = 8_000;

/// Returns how many threads can run at once. The system reads files of its own to tell, which takes as long as to read a dozen trees: it is
/// asked once, and only by who has work for several.
pub(crate) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| available_parallelism().map_or(1, NonZero::get))
}

/// Returns true where a second thread pays for so many files, and there is a core for it.
pub(crate) fn are_worth_it(files: usize) -> bool {
    files >= ENOUGH && cores() > 1
}

/// Does two things at once, and returns what came of both.
pub(crate) fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}
