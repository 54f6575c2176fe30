//! diffpurge against git and the scripts that people write: whole processes in turn, with the ratios and their spread.
//!
//! `cargo bench --bench compare` prints Markdown tables; it takes bash, git and curl, and `purge-static` where it is installed. All sizes
//! are arguments, so that a row can be repeated alone:
//!
//! ```sh
//! cargo bench --bench compare -- trees=1000000 flat= loose= jobs= checkout= sites= rounds=7
//! ```

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use self::whole::{Done, Sizes, print};

#[path = "whole.rs"]
mod whole;

fn main() -> Done<()> {
    let mut sizes = Sizes::usual();
    for argument in std::env::args().skip(1).filter(|argument| argument != "--bench") {
        sizes.set(&argument)?;
    }
    print(&sizes, &mut std::io::stdout().lock())
}
