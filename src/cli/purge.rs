//! `diffpurge purge`: the plan, then the sending, then the proof.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::configuration::Sites;
use super::ends::Ends;
use super::error::{Error, Failed};
use super::format::Format;
use super::output::Output;
use super::plan::show;
use super::proving::Proving;
use super::publisher::Publisher;
use super::rim::Rim;
use super::subject::{Subject, saved_plans};
use super::watcher::Watcher;
use crate::engine::{self, Delivery, ExitStatus, MarkUse, Planning, Run, SiteRun};

/// `diffpurge purge`.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// The ends that are compared, and how they are shown.
    #[command(flatten)]
    pub subject: Subject,
    /// Send the plan in this file as it is; `diffpurge plan --out FILE` writes one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "paths", "events"])]
    pub plan: Option<PathBuf>,
    /// With --plan: only what was not accepted when the report in this file was written
    #[arg(long, requires = "plan")]
    pub only_failed: bool,
    /// The proof once it is purged.
    #[command(flatten)]
    pub proving: Proving,
    /// The same as `diffpurge plan`: send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 when there is something to purge
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// The marks.
    #[command(flatten)]
    pub marks: Marks,
    /// Seconds for which a failed request is tried again
    #[arg(long, value_name = "SECONDS", default_value_t = crate::send::DEADLINE.as_secs())]
    pub retry_for: u64,
}

/// The use of marks in a purge.
#[derive(Debug, Args)]
pub struct Marks {
    /// TO is older than what was last purged, and means to be: the mark goes back to it
    #[arg(long, conflicts_with = "plan")]
    pub rollback: bool,
    /// Fail when another run works on the mark of a site, and say who, instead of waiting for it
    #[arg(long)]
    pub no_wait: bool,
}

impl PurgeArgs {
    /// Refuses what cannot be meant.
    fn checked(&self) -> Result<(), Error> {
        match self.subject.format {
            Format::Urls if !self.dry_run => return Err(Error::PlanFormat("urls")),
            Format::Requests if !self.dry_run => return Err(Error::PlanFormat("requests")),
            Format::Urls | Format::Requests | Format::Human | Format::Json | Format::Markdown | Format::Html => {}
        }
        self.proving.idle_option(self.dry_run).map_or(Ok(()), |option| Err(Error::NothingAsked(option)))
    }

    fn mark_use(&self) -> MarkUse {
        match (self.subject.no_mark, self.dry_run) {
            (true, _) => MarkUse::None,
            (false, true) => MarkUse::Read,
            (false, false) => MarkUse::Write { wait: !self.marks.no_wait },
        }
    }

    fn delivery(&self) -> Delivery {
        Delivery { retry_for: Duration::from_secs(self.retry_for), until: None, proof: self.proving.options() }
    }
}

/// Plans, and purges.
pub(super) fn run(rim: Rim<'_, '_>, args: &PurgeArgs) -> Result<ExitStatus, Failed> {
    args.checked()?;
    let mut publisher = Publisher::new(rim, &args.subject)?;
    let saved = args.plan.as_deref().map(|file| saved_plans(file, args.only_failed)).transpose()?;
    let is_saved = saved.is_some();
    if !is_saved {
        publisher.begin()?;
    }
    let load = if args.dry_run { Sites::load } else { Sites::load_to_send };
    let sites = load(rim, &args.subject.described)?;
    let subject = saved.map_or_else(|| args.subject.read(args.marks.rollback), Ok)?;
    let mut run = {
        let watcher = Watcher::new(rim);
        let ground = sites.ground(rim, &watcher);
        engine::plan(&ground, Planning { subject, marks: args.mark_use() })?
    };
    if is_saved {
        // The plan that is sent may stand in the very file of the report: it has been read by now.
        publisher.begin()?;
    }
    publisher.unplanned = run.without_plan();
    publisher.draw(&mut run)?;
    if args.dry_run {
        return show(publisher, run, args.exit_code, rim.output);
    }
    let watcher = Watcher::new(rim).showing(&publisher);
    let delivered = engine::deliver(&sites.ground(rim, &watcher), &mut run, &args.delivery());
    drop(watcher);
    report(&publisher, run, delivered.err(), rim.output)
}

/// Prints and writes what became of a run. The outcome is written wherever it can be, even if one place fails.
fn report(
    publisher: &Publisher,
    run: Run,
    failed: Option<engine::Error>,
    output: &Output<'_>,
) -> Result<ExitStatus, Failed> {
    let is_sent = run.sites.iter().any(|one| one.receipts.is_some());
    let failed = match failed {
        Some(error) if !is_sent => return Err(error.into()),
        failed => failed,
    };
    let reports: Vec<_> = run.sites.iter().map(SiteRun::report).collect();
    let printed = if is_sent {
        publisher.outcomes(output, &reports)
    } else if reports.iter().any(|site| site.plan.refused.is_some()) {
        // A plan that a policy refused is shown all the same.
        publisher.plans(output, &reports)
    } else {
        Ok(())
    };
    let written = if reports.is_empty() { Ok(()) } else { publisher.files(output, &reports) };
    let reported = !reports.is_empty();
    drop(reports);
    let own = written.and(printed).and(failed.map_or(Ok(()), |error| Err(error.into()))).err();
    let is_complete = run.is_complete();
    Ends { run, own, is_complete, reported }.status()
}
