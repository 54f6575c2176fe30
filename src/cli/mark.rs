//! `diffpurge mark`: shows, sets and clears what was last purged completely.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::{Args, Subcommand};
use serde::Serialize;

use super::configuration::{Described, Sites};
use super::error::{Error, Failed};
use super::format::AnswerFormat;
use super::global::Global;
use super::output::Output;
use super::run::ground;
use super::watcher::Watcher;
use crate::config::Environment;
use crate::display::shown;
use crate::engine::ExitStatus;
use crate::engine::marking::{Found, Written, clear, read, set};
use crate::mark::Moment;

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
pub(super) fn run(
    global: &Global,
    command: &MarkCommand,
    environment: &Environment,
    output: &Output<'_>,
) -> Result<ExitStatus, Failed> {
    let sites = Sites::load(global, command.described(), output)?;
    let watcher = Watcher::new(global, environment, output);
    let ground = ground(global, &sites, environment, &watcher);
    match command {
        MarkCommand::Show(args) => show(&read(&ground)?, args.format, output),
        MarkCommand::Set(args) => {
            let (id, written) = set(&ground, &args.snapshot, !args.no_wait)?;
            let short: String = id.chars().take(10).collect();
            tell(global, written, &format!("set to {} ({short})", shown(args.snapshot.as_bytes())), output)
        }
        MarkCommand::Clear(args) => tell(global, clear(&ground, !args.no_wait)?, "cleared", output),
    }
}

/// All marks, for programs.
#[derive(Serialize)]
struct Document<'s> {
    schema: u32,
    marks: Vec<Shown<'s>>,
}

/// A site's mark, for programs.
#[derive(Serialize)]
struct Shown<'s> {
    site: &'s str,
    store: &'s str,
    mark: Option<&'s str>,
    revision: Option<&'s str>,
    open: Vec<&'s str>,
}

fn show(marks: &[Found], format: AnswerFormat, output: &Output<'_>) -> Result<ExitStatus, Failed> {
    output.result(|out| match format {
        AnswerFormat::Json => {
            let marks = marks.iter().map(|found| Shown {
                site: &found.site,
                store: &found.store,
                mark: found.held.at.as_ref().map(|at| &*at.id),
                revision: found.held.at.as_ref().and_then(|at| at.revision.as_deref()),
                open: found.held.open.iter().map(|open| &*open.id).collect(),
            });
            serde_json::to_writer_pretty(&mut *out, &Document { schema: 1, marks: marks.collect() })?;
            writeln!(out)
        }
        AnswerFormat::Human => marks.iter().try_for_each(|found| writeln!(out, "{}: {}", found.site, words(found))),
    })?;
    Ok(ExitStatus::Done)
}

/// `90cd55fdaa (refs/diffpurge/www)`, `no mark (…)`; with what is open.
fn words(found: &Found) -> String {
    let at = found.held.at.as_ref().map_or_else(|| "no mark".to_owned(), short);
    let open: Vec<String> = found.held.open.iter().map(short).collect();
    let open = if open.is_empty() {
        String::new()
    } else {
        format!("; live since, and not purged completely: {}", open.join(", "))
    };
    format!("{at} ({}){open}", found.store)
}

/// The first digits of the revision, or else of the web root's tree.
fn short(moment: &Moment) -> String {
    match &moment.revision {
        Some(revision) => revision.chars().take(10).collect(),
        None => format!("tree {}", moment.id.chars().take(10).collect::<String>()),
    }
}

/// Tells which marks were written.
fn tell(global: &Global, written: Vec<Written>, what: &str, output: &Output<'_>) -> Result<ExitStatus, Failed> {
    let mut errors = Vec::new();
    for Written { site, store, failed } in written {
        match failed {
            Some(error) => errors.push(Error::from(error)),
            None if global.quiet => {}
            None => output.result(|out| writeln!(out, "{site}: mark {what} ({store})"))?,
        }
    }
    if errors.is_empty() { Ok(ExitStatus::Done) } else { Err(Failed { errors, reported: true }) }
}
