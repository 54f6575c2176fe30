//! `token_command`: a program of the user's that prints the token, like a password manager's.
//!
//! It is run without a shell, with nothing to read, and within a time. Its output is the token and so never shown; what it
//! says on stderr may hold the token too (a script with `set -x`), and is let go.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::CredentialsError;
use crate::child::{self, Bounds, ChildError};
use crate::config::TokenCommand;

/// How long a program may take: asking a cloud's secret store takes a second or two, more is a program that waits for somebody.
pub(super) const TIME: Duration = Duration::from_secs(30);

/// Bytes that a program may print; a token has a few dozen.
const MOST: u64 = 64 << 10;

/// Runs the program, and gives its output.
pub(super) fn output(command: &TokenCommand, time: Duration) -> Result<String, CredentialsError> {
    let failed = |how: String| CredentialsError::Failed { program: command.program().to_owned(), how };
    let unstarted = |source| CredentialsError::Start { program: command.program().to_owned(), source };
    let mut process = process(command).map_err(unstarted)?;
    let ended = child::run(&mut process, Bounds { time, bytes: MOST }).map_err(|error| match error {
        ChildError::Start(source) => unstarted(source),
        error => failed(error.to_string()),
    })?;
    if !ended.status.success() {
        return Err(failed(ended.status.to_string()));
    }
    // The error is not kept: it would hold the bytes.
    String::from_utf8(ended.out).map_err(|_| failed("its output is not text".to_owned()))
}

fn process(command: &TokenCommand) -> io::Result<Command> {
    let mut process = Command::new(program(command)?);
    process.args(command.arguments()).stderr(Stdio::null());
    if command.directory() != Path::new("") {
        process.current_dir(command.directory());
    }
    Ok(process)
}

/// A name alone is looked for on the `PATH`; a path counts from the configuration file's directory, on every system.
fn program(command: &TokenCommand) -> io::Result<PathBuf> {
    let program = Path::new(command.program());
    if program.components().count() < 2 && !command.program().contains(std::path::is_separator) {
        return Ok(program.to_owned());
    }
    std::path::absolute(command.directory().join(program))
}

// The programs that these run are those of Unix.
#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, TokenSource};

    /// The command of a configuration with this list.
    fn command(words: &str) -> TokenCommand {
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.cloudflare]\n";
        let mut config = Config::parse(&format!("{site}token_command = {words}\n"), "purge.toml").unwrap();
        match config.sites.remove(0).cache.cloudflare().unwrap().token.clone() {
            TokenSource::Command(command) => command,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let start = std::time::Instant::now();
        for words in [r#"["sleep", "60"]"#, r#"["sh", "-c", "exec >&-; exec sleep 60"]"#] {
            let error = output(&command(words), Duration::from_millis(200)).unwrap_err();
            assert_eq!(error.to_string().split(" failed: ").nth(1), Some("it did not end within 0 s"), "{words}");
        }
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn an_endless_output_is_not_read_for_ever() {
        let error = output(&command(r#"["yes"]"#), TIME).unwrap_err();
        assert!(matches!(error, CredentialsError::Failed { .. }), "{error}");
        assert!(error.to_string().ends_with("it printed more than 65536 bytes"), "{error}");
    }

    #[test]
    fn arguments_are_passed_as_they_are() {
        assert_eq!(output(&command(r#"["printf", "%s|%s", "$HOME *", "a;b"]"#), TIME).unwrap(), "$HOME *|a;b");
    }
}
