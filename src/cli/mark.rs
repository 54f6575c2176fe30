//! `diffpurge mark`: shows, sets and clears what was last purged completely.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::{Args, Subcommand};

use super::completing;
use super::configuration::{Described, Sites};
use super::error::{Error, Failed};
use super::format::AnswerFormat;
use super::rim::Rim;
use super::vetted::vetted;
use super::watcher::Watcher;
use crate::engine::ExitStatus;
use crate::engine::marking::{Found, Written, clear, read, set};
use crate::report;
use crate::report::mark::{MarkReport, Step};

/// `diffpurge mark`.
#[derive(Debug, Subcommand)]
pub enum MarkCommand {
    /// Show the mark of each site
    Show(MarkShowArgs),
    /// Set the mark: everything up to this snapshot is purged. It is a git revision, dir:PATH, manifest:FILE
    Set(MarkSetArgs),
    /// Forget the mark: the next run does not know what was live before
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
    /// The snapshot that is live, and purged
    #[arg(value_name = "SNAPSHOT", add = completing::revisions())]
    pub snapshot: String,
    /// Fail, and name the other run, if one works on the mark; do not wait for it
    #[arg(long)]
    pub no_wait: bool,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}

/// `diffpurge mark clear`.
#[derive(Debug, Args)]
pub struct MarkClearArgs {
    /// Fail, and name the other run, if one works on the mark; do not wait for it
    #[arg(long)]
    pub no_wait: bool,
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
}

impl MarkCommand {
    fn described(&self) -> &Described {
        match self {
            MarkCommand::Show(args) => &args.described,
            MarkCommand::Set(args) => &args.described,
            MarkCommand::Clear(args) => &args.described,
        }
    }
}

/// Shows, sets or clears the marks of the sites.
pub(super) fn run(rim: Rim<'_, '_>, command: &MarkCommand) -> Result<ExitStatus, Failed> {
    let load = if matches!(command, MarkCommand::Show(_)) { Sites::load } else { vetted };
    let sites = load(rim, command.described())?;
    let watcher = Watcher::new(rim);
    let ground = sites.ground(rim, &watcher);
    match command {
        MarkCommand::Show(args) => show(rim, &read(&ground)?, args.format),
        MarkCommand::Set(args) => {
            let (id, written) = set(&ground, &args.snapshot, !args.no_wait)?;
            tell(rim, written, Step::Set { spec: &args.snapshot, id: &id })
        }
        MarkCommand::Clear(args) => tell(rim, clear(&ground, !args.no_wait)?, Step::Cleared),
    }
}

fn show(rim: Rim<'_, '_>, marks: &[Found], format: AnswerFormat) -> Result<ExitStatus, Failed> {
    let report = |found| {
        let Found { site, store, identity, held, committed, written }: &Found = found;
        let (committed, written) = (*committed, *written);
        MarkReport { site, store: store.clone(), identity, mark: held, committed, written }
    };
    let reports: Vec<MarkReport<'_>> = marks.iter().map(report).collect();
    rim.output.result(|out| match format {
        AnswerFormat::Json => report::mark::json(out, &reports),
        AnswerFormat::Human => reports.iter().try_for_each(|one| report::mark::human(out, one, rim.view())),
    })?;
    Ok(ExitStatus::Done)
}

/// Tells which marks were written.
fn tell(rim: Rim<'_, '_>, written: Vec<Written>, step: Step<'_>) -> Result<ExitStatus, Failed> {
    let mut errors = Vec::new();
    for Written { site, store, failed } in written {
        match failed {
            Some(error) => errors.push(Error::from(error)),
            None if rim.global.quiet => {}
            None => rim.output.result(|out| report::mark::step_human(out, &site, &store, step))?,
        }
    }
    if errors.is_empty() { Ok(ExitStatus::Done) } else { Err(Failed { errors, reported: true }) }
}
