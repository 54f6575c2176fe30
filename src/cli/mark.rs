//! What can be typed about marks: `diffpurge mark`.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::{Args, Subcommand};

use super::{AnswerFormat, Described};

/// `diffpurge mark`.
#[derive(Debug, Subcommand)]
pub enum MarkCommand {
    /// Show what was last purged completely
    Show(MarkShowArgs),
    /// Say that all up to this snapshot is purged: a git revision, dir:PATH, manifest:FILE
    Set(MarkSetArgs),
    /// Forget it: the next run does not know what was live before
    Clear(MarkClearArgs),
}

/// `diffpurge mark show`.
#[derive(Debug, Args)]
pub struct MarkShowArgs {
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// `diffpurge mark set`.
#[derive(Debug, Args)]
pub struct MarkSetArgs {
    /// What is live, and purged
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: String,
    /// Fail when another run works on the mark, and say who, instead of waiting for it
    #[arg(long)]
    pub no_wait: bool,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}

/// `diffpurge mark clear`.
#[derive(Debug, Args)]
pub struct MarkClearArgs {
    /// Fail when another run works on the mark, and say who, instead of waiting for it
    #[arg(long)]
    pub no_wait: bool,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}
