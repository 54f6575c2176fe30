//! `diffpurge plan`: everything but the sending.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;

use super::configuration::Sites;
use super::ends::Ends;
use super::error::{Error, Failed};
use super::mistyped::Mistyped;
use super::output::Output;
use super::publisher::Publisher;
use super::rim::Rim;
use super::subject::Subject;
use super::watcher::Watcher;
use crate::engine::{self, ExitStatus, MarkUse, Planning, Run, SiteRun};

/// `diffpurge plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The ends that are compared, and how they are shown.
    #[command(flatten)]
    pub subject: Subject,
    /// Exit with 5 when there is something to purge
    #[arg(long)]
    pub exit_code: bool,
    /// Typed by people who know `purge --dry-run`: it is refused with a word
    #[arg(long, hide = true)]
    pub dry_run: bool,
}

/// Plans, and shows the plans.
pub(super) fn run(rim: Rim<'_, '_>, args: &PlanArgs) -> Result<ExitStatus, Failed> {
    if args.dry_run {
        return Err(Error::Mistyped(Mistyped::PlanIsDry).into());
    }
    let publisher = Publisher::new(rim, &args.subject)?;
    publisher.begin()?;
    let sites = Sites::load(rim, &args.subject.described)?;
    let watcher = Watcher::new(rim);
    let ground = sites.ground(rim, &watcher);
    let marks = if args.subject.no_mark { MarkUse::None } else { MarkUse::Read };
    let mut run = engine::plan(&ground, Planning { subject: args.subject.read(&sites, false)?, marks })?;
    publisher.draw(&mut run)?;
    show(publisher, run, args.exit_code, rim.output)
}

/// Shows plans and sends nothing.
pub(super) fn show(
    mut publisher: Publisher,
    mut run: Run,
    exit_code: bool,
    output: &Output<'_>,
) -> Result<ExitStatus, Failed> {
    run.refuse();
    publisher.unplanned = run.without_plan();
    let reports: Vec<_> = run.sites.iter().map(SiteRun::report).collect();
    let written: Result<(), Error> = if reports.is_empty() {
        Ok(())
    } else {
        let printed = publisher.plans(output, &reports);
        publisher.files(output, &reports).and(printed)
    };
    let (reported, work) = (!reports.is_empty(), run.has_work());
    drop(reports);
    let is_complete = run.unused == 0;
    let status = Ends { run, own: written.err(), is_complete, reported }.status()?;
    Ok(if exit_code && work && status == ExitStatus::Done { ExitStatus::Work } else { status })
}
