//! The thin binary: parse, run, print, exit code.

use std::io::Write as _;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::Parser as _;
use diffpurge::cli::{Cli, Color};
use diffpurge::config::Environment;
use diffpurge::pipeline::Output;
use diffpurge::run::run;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed terminal cannot be told.
            let _closed = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let choice = match cli.global.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut out = AutoStream::new(std::io::stdout(), choice).lock();
    let mut err = std::io::stderr();
    let environment = Environment::capture();
    let status = run(&cli, &environment, &mut Output { out: &mut out, err: &mut err }).unwrap_or_else(|error| {
        let in_github = matches!(environment.get("GITHUB_ACTIONS"), Ok(Some("true")));
        let _closed = error.print(&mut err, in_github).and_then(|()| err.flush());
        if let (true, true, Ok(Some(path))) =
            (in_github, error.is_before_sending(), environment.get("GITHUB_STEP_SUMMARY"))
        {
            // The error is printed already; a summary that cannot be written changes nothing.
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
            let _unwritten = file.and_then(|mut file| file.write_all(error.summary().as_bytes()));
        }
        error.status()
    });
    ExitCode::from(status as u8)
}
