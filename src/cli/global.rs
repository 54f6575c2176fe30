//! Options of every command.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::completing;
use crate::report::Detail;

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The configuration [default: purge.toml, in DIR]
    #[arg(short, long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Only this site of the configuration; repeatable [default: all]
    #[arg(short, long, value_name = "NAME", global = true, add = completing::sites())]
    pub site: Vec<String>,
    /// The repository [default: the one around the current directory]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Let the configuration send this variable of another system, as GITHUB_TOKEN; repeatable
    #[arg(long, value_name = "NAME", global = true, hide_short_help = true)]
    pub allow_env: Vec<String>,
    /// Let git run the programs that only the repository's own configuration names, as core.sshCommand
    #[arg(long, global = true, hide_short_help = true)]
    pub trust_repository: bool,
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
    pub(super) fn names_a_subject(&self) -> bool {
        self.config.is_some() || self.directory.is_some() || !self.site.is_empty()
    }

    /// Returns how much of a list is shown.
    pub(super) fn detail(&self) -> Detail {
        Detail::asked_for(self.verbose, self.quiet)
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
