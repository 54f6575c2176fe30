//! What can be typed. No option exists both here and in the file, so nothing has to be merged.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

mod mark;
mod proof;
mod purge;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use mark::{MarkClearArgs, MarkCommand, MarkSetArgs, MarkShowArgs};
pub use proof::{Asking, ProofFormat, Proving, VerifyArgs};
pub use purge::{Marks, PlanArgs, PurgeArgs, Subject};

use crate::snapshot::Hash;

/// Purges from the CDN exactly the URLs that a deploy changed.
#[derive(Debug, Parser)]
#[command(name = "diffpurge", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, or nothing to do; 1 something was not purged, or a check failed;\n\
    2 usage or configuration; 3 a snapshot cannot be read; 4 refused by `then = \"fail\"`;\n\
    5 there is work (with --exit-code)")]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The configuration [default: purge.toml, in DIR]
    #[arg(short, long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Only this site of the configuration; repeatable [default: all]
    #[arg(short, long, value_name = "NAME", global = true)]
    pub site: Vec<String>,
    /// The repository [default: the one around the current directory]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// List everything, and every request
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// No lists and no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Colour on the terminal; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

impl Global {
    /// True when an option says what to work on.
    #[must_use]
    pub fn names_a_subject(&self) -> bool {
        self.config.is_some() || self.directory.is_some() || !self.site.is_empty()
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and help prints them")]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would be purged, and why; sends nothing, needs no token
    Plan(PlanArgs),
    /// Plan, then purge
    Purge(PurgeArgs),
    /// Show the URLs of a file and why, or the files behind a URL
    Explain(ExplainArgs),
    /// Ask for the live URLs, and say of each whether it is what was deployed
    Verify(VerifyArgs),
    /// Look whether configuration, token, zone and hosts belong together; purges nothing
    Check(CheckArgs),
    /// Show, set or clear what was last purged completely
    #[command(subcommand)]
    Mark(MarkCommand),
    /// Write down what a snapshot holds, for a later run to compare with
    Manifest(ManifestArgs),
    /// Show the whole loop on this machine: a site, an edge cache, two deploys, a purge
    Demo(DemoArgs),
}

/// A site described by options, in place of a configuration.
#[derive(Debug, Args, Clone)]
pub struct Described {
    /// Without a configuration: the site's URL; repeatable
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "site"])]
    pub base_url: Vec<String>,
    /// With --base-url: the web root inside the revisions [default: the whole tree]
    #[arg(long, value_name = "DIR", requires = "base_url")]
    pub output: Option<String>,
    /// With --base-url: the Cloudflare zone's id [default: $CLOUDFLARE_ZONE_ID]
    #[arg(long, value_name = "ID", requires = "base_url")]
    pub zone_id: Option<String>,
}

/// `diffpurge explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A path relative to the web root (or to the repository), or a URL
    #[arg(value_name = "PATH|URL")]
    pub what: String,
    /// Where files are looked for: a git revision, dir:PATH, manifest:FILE
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    pub revision: String,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// `diffpurge check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// How an explanation or a check is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// `diffpurge manifest`.
#[derive(Debug, Args)]
pub struct ManifestArgs {
    /// What is written down: dir:PATH, or a git revision's `output`
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: String,
    /// Replace this file, at once or not at all; compressed if it ends in .gz [default: print it]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How the files of a directory are hashed [default: sha1]
    ///
    /// A revision is hashed as its repository is; only what is hashed alike compares.
    #[arg(long, value_name = "HASH")]
    pub hash: Option<HashName>,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}

/// How files are hashed, as in git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and help prints them")]
pub enum HashName {
    Sha1,
    Sha256,
}

impl From<HashName> for Hash {
    fn from(name: HashName) -> Hash {
        match name {
            HashName::Sha1 => Hash::Sha1,
            HashName::Sha256 => Hash::Sha256,
        }
    }
}

/// `diffpurge demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Leave the repository behind, and print commands to play on
    #[arg(long)]
    pub keep: bool,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs; the README describes it
    Json,
    /// One URL per line, sorted, nothing else (not for a purge)
    Urls,
    /// The exact requests, one per line: their bodies, or method, URL and headers (not for a purge)
    Requests,
    /// For job summaries and comments
    Markdown,
}
