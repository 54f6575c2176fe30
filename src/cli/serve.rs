//! `diffpurge serve`: receives deploy webhooks, and purges for them until it is asked to end.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::{Error, Failed};
use super::found_file::found_file;
use super::rim::Rim;
use crate::engine::ExitStatus;
use crate::serve::{self, LogFormat, Origin, Serving};

/// `diffpurge serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// How to write the log, which goes to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log: Log,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it, and help prints them")]
pub enum Log {
    Text,
    Json,
}

/// Serves.
pub(super) fn run(rim: Rim<'_, '_>, args: &ServeArgs) -> Result<ExitStatus, Failed> {
    let file: PathBuf = rim.global.config.clone().unwrap_or_else(|| found_file(rim.global.directory.as_deref()));
    let (sites, allowed) = (rim.global.site.clone(), rim.global.allow_env.clone());
    let origin = Origin { file, sites, allowed, environment: rim.environment.clone() };
    let log = match args.log {
        Log::Text => LogFormat::Text,
        Log::Json => LogFormat::Json,
    };
    // Programs that start it read the port from here, where it is the system's choice.
    let listening = |at| rim.output.raw_result(|out| writeln!(out, "listening at http://{at}"));
    serve::run(Serving { origin, log, listening: &listening }).map_err(Error::Serve)?;
    Ok(ExitStatus::Done)
}
