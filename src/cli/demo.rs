//! `diffpurge demo`: the whole loop on this machine.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;

use super::error::{Error, Failed};
use super::mistyped::Mistyped;
use super::rim::Rim;
use crate::demo;
use crate::engine::ExitStatus;

/// `diffpurge demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the repository, and print commands to try in it
    #[arg(long)]
    pub keep: bool,
}

/// Runs the demo.
pub(super) fn run(rim: Rim<'_, '_>, args: &DemoArgs) -> Result<ExitStatus, Failed> {
    if rim.global.names_a_subject() {
        return Err(Error::Mistyped(Mistyped::DemoSubject).into());
    }
    let say = |text: &str| rim.output.raw_result(|out| out.write_all(text.as_bytes()));
    demo::run(args.keep, rim.view(), &say).map_err(|error| Error::Demo(error).into())
}
