//! From a command line to its end: the command, the errors in words, the exit status.

use std::path::Path;
use std::time::SystemTime;

use super::configuration::Sites;
use super::error::{Error, Failed};
use super::global::Global;
use super::output::Output;
use super::typed::{Cli, Command};
use super::watcher::in_github;
use super::{check, demo, explain, manifest, mark, plan, purge, verify};
use crate::config::Environment;
use crate::engine::{ExitStatus, Ground, Listener, Run};

/// Carries a command out, and tells why it ended badly.
#[must_use]
pub fn run(cli: &Cli, environment: &Environment, output: &Output<'_>) -> ExitStatus {
    let global = &cli.global;
    let ended = match &cli.command {
        Command::Plan(args) => plan::run(global, args, environment, output),
        Command::Purge(args) => purge::run(global, args, environment, output),
        Command::Explain(args) => explain::run(global, args, environment, output),
        Command::Verify(args) => verify::run(global, args, environment, output),
        Command::Check(args) => check::run(global, args, environment, output),
        Command::Mark(command) => mark::run(global, command, environment, output),
        Command::Manifest(args) => manifest::run(global, args, output),
        Command::Demo(args) => demo::run(global, args, output),
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

/// Returns the ground that the engine stands on.
pub(super) fn ground<'g>(
    global: &'g Global,
    sites: &'g Sites,
    environment: &'g Environment,
    listener: &'g dyn Listener,
) -> Ground<'g> {
    Ground {
        all: &sites.all,
        chosen: &sites.chosen,
        named: &global.site,
        directory: global.directory.as_deref(),
        environment,
        listener,
        clock: SystemTime::now,
    }
}

/// How a run ended.
pub(super) struct Ends {
    pub(super) run: Run,
    /// What went wrong with the command itself, as with its reports: it hides no site's error, and comes last.
    pub(super) own: Option<Error>,
    /// All that was asked for was done.
    pub(super) is_complete: bool,
    /// A report was written.
    pub(super) reported: bool,
}

impl Ends {
    /// Returns the exit status where no error is to be told.
    pub(super) fn status(self) -> Result<ExitStatus, Failed> {
        let errors: Vec<Error> = self.run.into_errors().into_iter().map(Error::Engine).chain(self.own).collect();
        if !errors.is_empty() {
            return Err(Failed { errors, reported: self.reported });
        }
        Ok(if self.is_complete { ExitStatus::Done } else { ExitStatus::NotPurged })
    }
}
