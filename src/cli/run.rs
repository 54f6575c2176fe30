//! From a command line to its end: the command, the errors in words, the exit status.

use std::path::Path;

use clap::CommandFactory as _;

use super::error::{Error, Failed};
use super::github::in_github;
use super::output::Output;
use super::rim::Rim;
#[cfg(feature = "serve")]
use super::serve;
use super::typed::{Cli, Command};
use super::{check, completions, demo, explain, init, man, manifest, mark, plan, purge, verify};
use crate::config::Environment;
use crate::engine::ExitStatus;
use crate::snapshot::Repository;

/// Carries a command out, and tells why it ended badly.
#[must_use]
pub fn run(cli: &Cli, environment: &Environment, output: &Output<'_>) -> ExitStatus {
    let rim = Rim { global: &cli.global, command: cli.command.name(), environment, output };
    if matches!(cli.command, Command::Plan(_) | Command::Purge(_)) {
        Repository::stay_open();
    }
    let ended = match &cli.command {
        Command::Plan(args) => plan::run(rim, args),
        Command::Purge(args) => purge::run(rim, args),
        Command::Explain(args) => explain::run(rim, args),
        Command::Verify(args) => verify::run(rim, args),
        Command::Init(args) => init::run(rim, args),
        Command::Check(args) => check::run(rim, args),
        Command::Mark(command) => mark::run(rim, command),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(rim, args),
        Command::Manifest(args) => manifest::run(rim, args),
        Command::Completions(args) => completions::run(args, output),
        Command::Man(args) => man::run(args, Cli::command()),
        Command::Demo(args) => demo::run(rim, args),
    };
    let Failed { errors, reported } = match ended {
        Ok(status) => return status,
        Err(failed) => failed,
    };
    let in_github = in_github(environment);
    output.aside(|err| errors.iter().try_for_each(|error| error.print(err, in_github)).and_then(|()| err.flush()));
    let is_of_purging = matches!(cli.command, Command::Plan(_) | Command::Purge(_));
    if in_github
        && is_of_purging
        && !reported
        && let Ok(Some(path)) = environment.get("GITHUB_STEP_SUMMARY")
    {
        summarise(Path::new(path), &errors);
    }
    errors.last().map_or(ExitStatus::NotPurged, |error| error.row().status)
}

/// Writes errors into the summary of a job. They are printed already: a summary that cannot be written changes nothing.
fn summarise(path: &Path, errors: &[Error]) {
    use std::io::Write as _;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let text: String = errors.iter().map(Error::summary).collect();
    let _unwritten = file.and_then(|mut file| file.write_all(text.as_bytes()));
}
