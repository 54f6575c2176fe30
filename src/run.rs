//! From what was typed to the command that does it.

use crate::cli::{Cli, Command};
use crate::config::Environment;
use crate::demo;
use crate::error::{Error, ExitStatus};
use crate::pipeline::{self, Output};

/// Carries out a command.
///
/// # Errors
/// When it ends before it did anything; what goes wrong while sending is in the report and the exit status.
pub fn run(cli: &Cli, environment: &Environment, output: &mut Output<'_>) -> Result<ExitStatus, Error> {
    match &cli.command {
        Command::Plan(args) => pipeline::plan(&cli.global, &args.subject, args.exit_code, environment, output),
        Command::Purge(args) => pipeline::purge(&cli.global, args, environment, output),
        Command::Explain(args) => pipeline::explain(&cli.global, args, output),
        Command::Verify(args) => pipeline::verify(&cli.global, args, environment, output),
        Command::Check(args) => pipeline::check(&cli.global, args, environment, output),
        Command::Mark(command) => pipeline::mark(&cli.global, command, output),
        Command::Manifest(args) => pipeline::manifest(&cli.global, args, output),
        Command::Demo(_) if cli.global.names_a_subject() => Err(Error::DemoSubject),
        Command::Demo(args) => demo::run(&cli.global, args.keep, output),
    }
}
