//! The proof of a purge, as it is typed.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::num::NonZeroUsize;

use clap::Args;

use crate::engine::{ProofOptions, Warm};
use crate::proof::Door;

/// The steps of a purge once all is accepted.
#[derive(Debug, Args, Clone)]
pub struct Proving {
    /// Ask for each URL afterwards, and say whether it is fresh
    #[arg(long, conflicts_with = "dry_run")]
    pub verify: bool,
    /// Ask for the URLs afterwards, so that the edge has them: the most important first, N of them at most
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, conflicts_with = "dry_run")]
    #[allow(clippy::option_option, reason = "an option that may have a value is typed in three ways")]
    pub warm: Option<Option<NonZeroUsize>>,
    /// How they are asked for.
    #[command(flatten)]
    pub asking: Asking,
}

impl Proving {
    /// Returns the option that says how to ask for URLs, where nothing asks for them.
    pub(super) fn idle_option(&self, dry_run: bool) -> Option<&'static str> {
        let compares = self.options().compares() && !dry_run;
        let asks = compares || self.warm.is_some();
        let Asking { sample, repair, edge } = &self.asking;
        let idle = [
            ("--repair", *repair && !compares),
            ("--sample", sample.is_some() && !compares),
            ("--edge", edge.is_some() && !asks),
        ];
        idle.into_iter().find(|(_, is_idle)| *is_idle).map(|(option, _)| option)
    }

    /// Returns the same as the engine takes it.
    pub(super) fn options(&self) -> ProofOptions {
        let warm = self.warm.map(|most| most.map_or(Warm::All, Warm::AtMost));
        ProofOptions { verify: self.verify, warm, ..self.asking.options() }
    }
}

/// How URLs are asked for.
#[derive(Debug, Args, Clone)]
pub struct Asking {
    /// Ask for N of the URLs, some of each directory [default: all]
    #[arg(long, value_name = "N")]
    pub sample: Option<NonZeroUsize>,
    /// Purge stale URLs once more, with all variants, and ask again
    #[arg(long)]
    pub repair: bool,
    /// Ask this address, not the one that the host's name leads to: an IP address (with :PORT), or http://HOST:PORT
    #[arg(long, value_name = "ADDRESS")]
    pub edge: Option<Door>,
}

impl Asking {
    /// Returns the same as the engine takes it.
    pub(super) fn options(&self) -> ProofOptions {
        let Asking { sample, repair, edge } = self.clone();
        ProofOptions { sample, repair, door: edge, ..ProofOptions::default() }
    }
}
