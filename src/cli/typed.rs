//! A whole command line, as it can be typed.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::{Parser, Subcommand};

use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::demo::DemoArgs;
use super::explain::ExplainArgs;
use super::format::Format;
use super::global::Global;
use super::init::InitArgs;
use super::man::ManArgs;
use super::manifest::ManifestArgs;
use super::mark::MarkCommand;
use super::plan::PlanArgs;
use super::purge::PurgeArgs;
#[cfg(feature = "serve")]
use super::serve::ServeArgs;
use super::verify::VerifyArgs;

/// Purges from the CDN exactly the URLs that a deploy changed.
#[derive(Debug, Parser)]
#[command(name = "diffpurge", version, long_version = super::version::LONG, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, or nothing to do; 1 something was not purged, or a check failed;\n\
    2 usage or configuration; 3 a snapshot cannot be read; 4 refused by `then = \"fail\"`, or by you;\n\
    5 there is work (with --exit-code)")]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would be purged, and why; sends nothing, needs no token
    Plan(PlanArgs),
    /// Plan, then purge
    Purge(Box<PurgeArgs>),
    /// Show the URLs of a file and why, or the files behind a URL
    Explain(ExplainArgs),
    /// Ask for the live URLs, and say whether each is fresh
    Verify(VerifyArgs),
    /// Write a purge.toml for this repository, after a look at it, and show a first plan
    Init(InitArgs),
    /// Check that the configuration, the token, the zone and the hosts belong together; purges nothing
    Check(CheckArgs),
    /// Show, set or clear the mark: the record of what was last purged completely
    #[command(subcommand)]
    Mark(MarkCommand),
    /// Write down the contents of a snapshot, for a later run to compare with
    Manifest(ManifestArgs),
    /// Receive deploy webhooks, and purge for them
    #[cfg(feature = "serve")]
    Serve(ServeArgs),
    /// Show the whole loop on this machine: a site, an edge cache, two deploys, a purge
    Demo(DemoArgs),
    /// Print the script by which a shell completes commands, sites and revisions
    Completions(CompletionsArgs),
    /// Write the manual: diffpurge.1, and a page for each command
    Man(ManArgs),
}

impl Cli {
    /// Returns true where the result is a list of URLs, in which there is no colour to be taken out.
    #[must_use]
    pub fn lists_urls(&self) -> bool {
        matches!(&self.command, Command::Plan(plan) if plan.subject.format == Format::Urls)
    }
}

impl Command {
    /// Returns the command as it is typed.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Command::Plan(_) => "plan",
            Command::Purge(_) => "purge",
            Command::Explain(_) => "explain",
            Command::Verify(_) => "verify",
            Command::Init(_) => "init",
            Command::Check(_) => "check",
            Command::Mark(MarkCommand::Show(_)) => "mark show",
            Command::Mark(MarkCommand::Set(_)) => "mark set",
            Command::Mark(MarkCommand::Clear(_)) => "mark clear",
            Command::Manifest(_) => "manifest",
            #[cfg(feature = "serve")]
            Command::Serve(_) => "serve",
            Command::Demo(_) => "demo",
            Command::Completions(_) => "completions",
            Command::Man(_) => "man",
        }
    }
}
