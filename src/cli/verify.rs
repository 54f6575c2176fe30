//! `diffpurge verify`: asks for the live URLs, and says of each what it is.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::Args;

use super::completing;
use super::configuration::Described;
use super::ends::Ends;
use super::error::{Error, Failed};
use super::format::ProofFormat;
use super::github::in_github;
use super::proving::Asking;
use super::rim::Rim;
use super::subject::{range, saved_plans};
use super::vetted::vetted;
use super::watcher::Watcher;
use crate::engine::{self, ExitStatus, ProofOptions, Run, SiteRun, Subject};
use crate::report;
use crate::report::proof::ProofReport;

/// `diffpurge verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The snapshot that was live before [default: the mark and the history say it, and all of TO is asked for]
    #[arg(value_name = "FROM", add = completing::revisions())]
    pub from: Option<String>,
    /// The snapshot that should be live now [default: the site's `branch`, or HEAD]
    #[arg(value_name = "TO", add = completing::revisions())]
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

/// Asks, and prints what was found.
pub(super) fn run(rim: Rim<'_, '_>, args: &VerifyArgs) -> Result<ExitStatus, Failed> {
    let subject = if let Some(file) = &args.plan {
        saved_plans(file, false)?
    } else {
        let range = range(args.from.as_deref(), args.to.as_deref())?;
        Subject::Revisions { range, rollback: true, allow_empty: false }
    };
    let sites = vetted(rim, &args.described)?;
    let watcher = Watcher::new(rim);
    let ground = sites.ground(rim, &watcher);
    let run = engine::verify(&ground, subject, &ProofOptions { verify: true, ..args.asking.options() })?;
    let own = print(rim, args, &run).err();
    let is_complete = run.sites.iter().all(SiteRun::is_proved);
    Ends { run, own, is_complete, reported: true }.status()
}

fn print(rim: Rim<'_, '_>, args: &VerifyArgs, run: &Run) -> Result<(), Error> {
    let proved = run.sites.iter().filter_map(|one| Some((one.site.name.as_str(), one.proofs.as_ref()?)));
    let all: Vec<ProofReport<'_>> = proved.map(|(site, proofs)| ProofReport { site, proofs }).collect();
    rim.output.result(|out| match args.format {
        ProofFormat::Json => report::proof::json(out, &all),
        ProofFormat::Human => all.iter().try_for_each(|one| report::proof::human(out, one, rim.view())),
        ProofFormat::Html => report::proof::html(out, &all),
        ProofFormat::Markdown => report::fitted(out, rim.global.detail(), |out, detail| {
            all.iter().try_for_each(|one| report::proof::markdown(out, one, detail))
        }),
    })?;
    if in_github(rim.environment) {
        let mut lines = all.iter().flat_map(report::proof::annotations);
        rim.output.aside(|err| lines.try_for_each(|line| writeln!(err, "{line}")));
    }
    Ok(())
}
