//! What can be typed about proof: `diffpurge verify`, and what a purge does when all is accepted.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Described;
use crate::proof::Door;

/// What a purge does when all is accepted.
#[derive(Debug, Args, Clone)]
pub struct Proving {
    /// Then ask for each URL, and say whether it is what was deployed
    #[arg(long, conflicts_with = "dry_run")]
    pub verify: bool,
    /// Then ask for the URLs so that the edge has them, the most important first; for N of them at most
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, conflicts_with = "dry_run")]
    pub warm: Option<Option<NonZeroUsize>>,
    /// How they are asked for.
    #[command(flatten)]
    pub asking: Asking,
}

impl Proving {
    /// True when what is there has to be compared with what should be.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.verify || self.asking.repair
    }

    /// The option that says how to ask for URLs, where nothing asks for them.
    #[must_use]
    pub fn idle_option(&self, dry_run: bool) -> Option<&'static str> {
        let compares = self.compares() && !dry_run;
        let asks = compares || self.warm.is_some();
        let Asking { sample, repair, edge } = &self.asking;
        let idle = [
            ("--repair", *repair && !compares),
            ("--sample", sample.is_some() && !compares),
            ("--edge", edge.is_some() && !asks),
        ];
        idle.into_iter().find(|(_, is_idle)| *is_idle).map(|(option, _)| option)
    }
}

/// How URLs are asked for.
#[derive(Debug, Args, Clone)]
pub struct Asking {
    /// Ask for N of the URLs, some of each directory [default: all]
    #[arg(long, value_name = "N")]
    pub sample: Option<NonZeroUsize>,
    /// Purge what is stale once more, with all variants, and ask again
    #[arg(long)]
    pub repair: bool,
    /// Ask this address in place of where the host's name leads: an IP address (with :PORT), or http://HOST:PORT
    #[arg(long, value_name = "ADDRESS")]
    pub edge: Option<Door>,
}

/// `diffpurge verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// What was live before [default: unknown, and all of TO is asked for]
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// What should be live now [default: HEAD]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Ask for the URLs of the plan in this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub plan: Option<PathBuf>,
    /// How.
    #[command(flatten)]
    pub asking: Asking,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ProofFormat,
}

/// How proofs are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProofFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// For job summaries and comments
    Markdown,
}
