//! `diffpurge man`: the manual, one page for each command.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use std::path::PathBuf;

use clap::{Args, Command};

use super::error::{Error, Failed};
use super::unwritten::Unwritten;
use crate::engine::ExitStatus;

/// `diffpurge man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The directory that the pages are written to; it is made where it is missing
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

/// Writes the pages. They are what the help is made of, in the form that `man` reads.
pub(super) fn run(args: &ManArgs, command: Command) -> Result<ExitStatus, Failed> {
    let directory = &args.directory;
    let written = std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory));
    written.map_err(|source| Error::Unwritten(Unwritten::Before(directory.clone(), source)))?;
    Ok(ExitStatus::Done)
}
