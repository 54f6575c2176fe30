//! The thin binary: parse, run, exit code.

use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use diffpurge::cli::{Cli, Color, Output, complete, run, terminal_width, tipped};
use diffpurge::config::Environment;

/// The status of a program that panicked, as Rust has it.
const PANICKED: i32 = 101;

fn main() -> ExitCode {
    end_at_a_panic();
    complete();
    let cli = match Cli::read(std::env::args_os().collect()).map_err(tipped) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed terminal cannot be told.
            let _closed = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let choice = match cli.global.color {
        _ if cli.lists_urls() => ColorChoice::AlwaysAnsi,
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let (mut out, mut err) = (AutoStream::new(std::io::stdout(), choice).lock(), std::io::stderr());
    let environment = Environment::capture();
    let output = Output::new(&mut out, &mut err).within(terminal_width(&environment));
    let status = run(&cli, &environment, &output);
    ExitCode::from(status as u8)
}

/// A panic ends the process, with a status and not with a signal: the system may keep the memory of an aborted process on the disk,
/// and a token is in it.
fn end_at_a_panic() {
    let message = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        message(panic);
        #[allow(clippy::exit, reason = "nothing is left to return to")]
        std::process::exit(PANICKED)
    }));
}
