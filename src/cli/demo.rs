//! `diffpurge demo`: the whole loop on this machine.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::Args;

use super::error::{Error, Failed};
use super::global::Global;
use super::mistyped::Mistyped;
use super::output::Output;
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
pub(super) fn run(global: &Global, args: &DemoArgs, output: &Output<'_>) -> Result<ExitStatus, Failed> {
    if global.names_a_subject() {
        return Err(Error::Mistyped(Mistyped::DemoSubject).into());
    }
    let say = |text: &str| output.raw_result(|out| out.write_all(text.as_bytes()));
    demo::run(args.keep, global.detail(), &say).map_err(|error| Error::Demo(error).into())
}
