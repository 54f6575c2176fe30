//! `token_command`: a program of the user's that prints the token, like a password manager's.
//!
//! It is run without a shell, with nothing to read, and within a time. Its output is the token and so never shown; what it
//! says on stderr may hold the token too (a script with `set -x`), and is let go.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::CredentialsError;
use crate::config::TokenCommand;

/// How long a program may take: asking a cloud's secret store takes a second or two, more is a program that waits for somebody.
pub(super) const TIME: Duration = Duration::from_secs(30);

/// Bytes of output that are read; a token has a few dozen.
const MOST: usize = 64 << 10;

/// How often a program that has closed its output is asked whether it ended.
const POLL: Duration = Duration::from_millis(5);

/// What the program prints.
pub(super) fn output(command: &TokenCommand, time: Duration) -> Result<String, CredentialsError> {
    let failed = |how: String| CredentialsError::Failed { program: command.program().to_owned(), how };
    let start = Instant::now();
    let mut child = start_program(command)
        .map_err(|source| CredentialsError::Start { program: command.program().to_owned(), source })?;
    let ended = read_to_the_end(&mut child, time).and_then(|read| Ok((read, end(&mut child, start + time)?)));
    let (read, status) = match ended {
        Ok(ended) => ended,
        Err(e) => {
            // It may have ended by itself meanwhile.
            let _gone = child.kill();
            let _reaped = child.wait();
            let late = format!("it did not end within {} s", time.as_secs());
            return Err(failed(if e.kind() == io::ErrorKind::TimedOut { late } else { e.kind().to_string() }));
        }
    };
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    // The error is not kept: it would hold the bytes.
    String::from_utf8(read).map_err(|_| failed("its output is not text".to_owned()))
}

fn start_program(command: &TokenCommand) -> io::Result<Child> {
    let mut process = Command::new(program(command)?);
    process.args(command.arguments()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if command.directory() != Path::new("") {
        process.current_dir(command.directory());
    }
    process.spawn()
}

/// A name alone is looked for on the `PATH`; a path counts from the configuration file's directory, on every system.
fn program(command: &TokenCommand) -> io::Result<PathBuf> {
    let program = Path::new(command.program());
    if program.components().count() < 2 && !command.program().contains(std::path::is_separator) {
        return Ok(program.to_owned());
    }
    std::path::absolute(command.directory().join(program))
}

/// Reads on a thread of its own, since a program's children can keep its output open for ever.
fn read_to_the_end(child: &mut Child, time: Duration) -> io::Result<Vec<u8>> {
    let Some(stdout) = child.stdout.take() else { return Ok(Vec::new()) };
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut read = Vec::new();
        let done = stdout.take(MOST as u64).read_to_end(&mut read).map(|_| read);
        // Nobody waits any more when it took too long.
        let _late = send.send(done);
    });
    receive.recv_timeout(time).map_err(|_| io::ErrorKind::TimedOut)?
}

fn end(child: &mut Child, until: Instant) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(POLL);
    }
}

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
        let start = Instant::now();
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
    }

    #[test]
    fn arguments_are_passed_as_they_are() {
        assert_eq!(output(&command(r#"["printf", "%s|%s", "$HOME *", "a;b"]"#), TIME).unwrap(), "$HOME *|a;b");
    }
}
