//! `diffpurge check`: whether configuration, token, zone and hosts belong together.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;

use super::configuration::Described;
use super::error::Failed;
use super::format::AnswerFormat;
use super::rim::Rim;
use super::vetted::vetted;
use super::watcher::Watcher;
use crate::engine::ExitStatus;
use crate::engine::check::check;
use crate::provider::Level;
use crate::report;

/// `diffpurge check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The site, without a configuration.
    #[command(flatten)]
    pub described: Described,
    /// Get the token from token_command, token_ssm or token_secret too; without this no program is run, and no store asked
    #[arg(long)]
    pub credentials: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// Checks each site and prints what was found.
pub(super) fn run(rim: Rim<'_, '_>, args: &CheckArgs) -> Result<ExitStatus, Failed> {
    let sites = vetted(rim, &args.described)?;
    let watcher = Watcher::new(rim);
    let ground = sites.ground(rim, &watcher);
    let checked = check(&ground, args.credentials)?;
    rim.output.result(|out| match args.format {
        AnswerFormat::Human => report::check::human(out, &checked, rim.view()),
        AnswerFormat::Json => report::check::json(out, &checked),
    })?;
    let failed = checked.iter().flat_map(|site| &site.findings).any(|finding| finding.level == Level::Fail);
    Ok(if failed { ExitStatus::NotPurged } else { ExitStatus::Done })
}
