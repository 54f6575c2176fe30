//! `diffpurge purge`: the plan, then the sending, then the proof.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::configuration::Sites;
use super::consent::Consent;
use super::ends::Ends;
use super::error::{Error, Failed};
use super::format::Format;
use super::mistyped::Mistyped;
use super::notifier::{HookText, Notifier};
use super::output::Output;
use super::plan::show;
use super::proving::Proving;
use super::publisher::Publisher;
use super::rim::Rim;
use super::subject::{Subject, saved_plans};
use super::vetted::vetted;
use super::watcher::Watcher;
use crate::engine::{self, Delivery, ExitStatus, MarkUse, Planning, Run, SiteRun};
use crate::report::outcome::SiteOutcome;
use crate::send::Stop;

/// `diffpurge purge`.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// The ends that are compared, and how they are shown.
    #[command(flatten)]
    pub subject: Subject,
    /// Send the plan in this file as it is; `diffpurge plan --out FILE` writes one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "paths", "events", "forms", "everything", "host", "prefix", "tag"])]
    pub plan: Option<PathBuf>,
    /// With --plan: send only the operations that the report in this file lists as not accepted
    #[arg(long, requires = "plan")]
    pub only_failed: bool,
    /// The proof once it is purged.
    #[command(flatten)]
    pub proving: Proving,
    /// Send nothing, as `diffpurge plan`
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: exit with 5 when there is something to purge
    #[arg(long, requires = "dry_run")]
    pub exit_code: bool,
    /// The marks.
    #[command(flatten)]
    pub marks: Marks,
    /// The sending.
    #[command(flatten)]
    pub sending: Sending,
}

/// How a purge is sent.
#[derive(Debug, Args)]
pub struct Sending {
    /// Do not ask before a broad purge; needed where there is no terminal for what is asked for by hand
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Try a failed request again for this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = crate::send::DEADLINE.as_secs())]
    pub retry_for: u64,
    /// Then post the outcome to this URL as JSON, as Slack, Discord or Teams take it, or for a program [default: $DIFFPURGE_NOTIFY]
    #[arg(long, value_name = "URL", conflicts_with = "dry_run")]
    pub notify: Option<HookText>,
}

/// The use of marks in a purge.
#[derive(Debug, Args)]
pub struct Marks {
    /// Move the mark back to TO, though TO is older than the last purge
    #[arg(long, conflicts_with = "plan")]
    pub rollback: bool,
    /// Fail, and name the other run, if one works on the mark of a site; do not wait for it
    #[arg(long)]
    pub no_wait: bool,
}

impl PurgeArgs {
    /// Refuses what cannot be meant.
    fn checked(&self) -> Result<(), Error> {
        match self.subject.format {
            Format::Urls if !self.dry_run => return Err(Error::Mistyped(Mistyped::PlanFormat("urls"))),
            Format::Requests if !self.dry_run => return Err(Error::Mistyped(Mistyped::PlanFormat("requests"))),
            Format::Urls | Format::Requests | Format::Human | Format::Json | Format::Markdown | Format::Html => {}
        }
        self.proving
            .idle_option(self.dry_run)
            .map_or(Ok(()), |option| Err(Error::Mistyped(Mistyped::NothingAsked(option))))
    }

    fn mark_use(&self) -> MarkUse {
        match (self.subject.no_mark, self.dry_run) {
            (true, _) => MarkUse::None,
            (false, true) => MarkUse::Read,
            (false, false) => MarkUse::Write { wait: !self.marks.no_wait },
        }
    }

    fn delivery(&self) -> Delivery {
        let retry_for = Duration::from_secs(self.sending.retry_for);
        Delivery { retry_for, stop: Stop::Signal, proof: self.proving.options() }
    }
}

/// Plans, and purges; then whoever wants to hear of it is told.
pub(super) fn run(rim: Rim<'_, '_>, args: &PurgeArgs) -> Result<ExitStatus, Failed> {
    args.checked()?;
    let notifier = Notifier::new(rim, args.sending.notify.as_ref(), args.dry_run)?;
    let mut outcomes = Vec::new();
    let ended = purge(rim, args, &mut outcomes);
    notifier.tell(rim, outcomes, &ended);
    ended
}

/// Plans, and purges.
fn purge(rim: Rim<'_, '_>, args: &PurgeArgs, outcomes: &mut Vec<SiteOutcome>) -> Result<ExitStatus, Failed> {
    let mut publisher = Publisher::new(rim, &args.subject)?;
    let saved = args.plan.as_deref().map(|file| saved_plans(file, args.only_failed)).transpose()?;
    let is_saved = saved.is_some();
    if !is_saved {
        publisher.begin()?;
    }
    let load = if args.dry_run { Sites::load } else { vetted };
    let sites = load(rim, &args.subject.described)?;
    let subject = saved.map_or_else(|| args.subject.read(&sites, args.marks.rollback), Ok)?;
    let by_hand = matches!(subject, engine::Subject::Asked(_));
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
    let consent = Consent::find(args.sending.yes, rim.environment);
    if by_hand {
        consent.covers(&run).map_err(engine::Error::from)?;
    }
    let watcher = Watcher::new(rim).showing(&publisher, consent);
    let delivered = engine::deliver(&sites.ground(rim, &watcher), &mut run, &args.delivery());
    drop(watcher);
    report(&publisher, run, delivered.err(), (rim.output, outcomes))
}

/// Prints and writes what became of a run. The outcome is written wherever it can be, even if one place fails.
fn report(
    publisher: &Publisher,
    run: Run,
    failed: Option<engine::Error>,
    (output, outcomes): (&Output<'_>, &mut Vec<SiteOutcome>),
) -> Result<ExitStatus, Failed> {
    let is_sent = run.sites.iter().any(|one| one.receipts.is_some());
    let failed = match failed {
        Some(error) if !is_sent => return Err(error.into()),
        failed => failed,
    };
    let reports: Vec<_> = run.sites.iter().map(SiteRun::report).collect();
    outcomes.extend(reports.iter().map(SiteOutcome::of));
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
