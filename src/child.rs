//! Runs a program of the system to its end: with nothing to read, within a time, and with an output that is bounded.
//!
//! A program may wait for somebody who is not there, print without end, or leave children behind that keep its output open for
//! ever. Each of these is an error here, and the program is then killed and reaped. The arguments, and the meaning of the output,
//! are left to the callers.

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a program that has closed its output is asked whether it ended.
const POLL: Duration = Duration::from_millis(5);

/// How far a program may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// From its start until it has ended and its output is closed.
    pub(crate) time: Duration,
    /// Bytes of each of its outputs.
    pub(crate) bytes: u64,
}

/// A program that ended by itself, within its bounds.
#[derive(Debug)]
pub(crate) struct Ended {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output, whole.
    pub(crate) out: Vec<u8>,
    /// Its standard error, whole, where the caller asked for a pipe.
    pub(crate) err: Vec<u8>,
}

/// Why a program did not end by itself. No text of the program's is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// The program cannot be started.
    #[error("it cannot be started")]
    Start(#[source] io::Error),
    /// It did not end in time, or something that it started still holds its output.
    #[error("it did not end within {} s", .0.as_secs())]
    Late(Duration),
    /// It printed more than it may.
    #[error("it printed more than {0} bytes")]
    TooMuch(u64),
    /// The system cannot read its output or wait for it.
    #[error("{}", .0.kind())]
    Lost(io::Error),
}

/// Runs a program. Its standard error is kept if `command` pipes it, and goes where `command` says otherwise.
///
/// # Errors
/// When it cannot be started, or leaves its bounds. It runs no longer then.
pub(crate) fn run(command: &mut Command, bounds: Bounds) -> Result<Ended, ChildError> {
    let until = Instant::now() + bounds.time;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(ChildError::Start)?;
    let ended = ended(&mut child, bounds, until);
    if ended.is_err() {
        // It may have ended by itself meanwhile.
        let _gone = child.kill();
        let _reaped = child.wait();
    }
    ended
}

fn ended(child: &mut Child, bounds: Bounds, until: Instant) -> Result<Ended, ChildError> {
    let out = child.stdout.take().map(|out| reading(out, bounds.bytes));
    let err = child.stderr.take().map(|err| reading(err, bounds.bytes));
    let (out, err) = (read(out, bounds, until)?, read(err, bounds, until)?);
    loop {
        if let Some(status) = child.try_wait().map_err(ChildError::Lost)? {
            return Ok(Ended { status, out, err });
        }
        if Instant::now() >= until {
            return Err(ChildError::Late(bounds.time));
        }
        thread::sleep(POLL);
    }
}

/// An output that is being read on a thread of its own.
type Reading = mpsc::Receiver<io::Result<Vec<u8>>>;

/// Begins to read on a thread of its own, since two outputs fill at once, and a program's children can keep one open for ever. One
/// byte more than `most` is read, and tells that there are too many.
fn reading(from: impl io::Read + Send + 'static, most: u64) -> Reading {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut read = Vec::new();
        let done = from.take(most.saturating_add(1)).read_to_end(&mut read).map(|_| read);
        // Nobody waits any more when it took too long.
        let _late = send.send(done);
    });
    receive
}

/// Waits for the whole of an output; one that was not piped is empty.
fn read(reading: Option<Reading>, bounds: Bounds, until: Instant) -> Result<Vec<u8>, ChildError> {
    let Some(reading) = reading else { return Ok(Vec::new()) };
    let left = until.saturating_duration_since(Instant::now());
    let read = reading.recv_timeout(left).map_err(|_| ChildError::Late(bounds.time))?.map_err(ChildError::Lost)?;
    if read.len() as u64 > bounds.bytes { Err(ChildError::TooMuch(bounds.bytes)) } else { Ok(read) }
}

// The programs that these run are those of Unix.
#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { time: Duration::from_secs(30), bytes: 1000 };

    fn sh(script: &str, bounds: Bounds) -> Result<Ended, ChildError> {
        run(Command::new("sh").args(["-c", script]).stderr(Stdio::piped()), bounds)
    }

    #[test]
    fn a_program_that_ends_is_told_with_all_that_it_printed() {
        let ended = sh("printf out; printf err >&2; read nothing; exit 3", BOUNDS).unwrap();
        assert_eq!((ended.status.code(), &ended.out[..], &ended.err[..]), (Some(3), &b"out"[..], &b"err"[..]));
        let ended = sh("head -c 1000 /dev/zero", BOUNDS).unwrap();
        assert_eq!((ended.status.success(), ended.out.len()), (true, 1000));
    }

    #[test]
    fn a_program_that_does_not_end_is_ended_and_reaped() {
        let start = Instant::now();
        let time = Duration::from_millis(200);
        let place = tempfile::TempDir::new().unwrap();
        let pid = place.path().join("pid");
        for script in ["exec sleep 60", "exec >&- 2>&-; exec sleep 60"] {
            let script = format!("echo $$ > {}; {script}", pid.display());
            let error = sh(&script, Bounds { time, ..BOUNDS }).unwrap_err();
            assert!(matches!(error, ChildError::Late(late) if late == time), "{error}");
            let pid = std::fs::read_to_string(&pid).unwrap();
            let left = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status().unwrap();
            assert!(!left.success(), "{script}: it is still there");
        }
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn children_that_keep_the_output_open_are_not_awaited_for_ever() {
        let start = Instant::now();
        let time = Duration::from_millis(300);
        for script in ["sleep 20 & exit 0", "sleep 20 >&- & exit 0"] {
            let error = sh(script, Bounds { time, ..BOUNDS }).unwrap_err();
            assert!(matches!(error, ChildError::Late(_)), "{script}: {error}");
        }
        assert!(start.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn an_output_that_is_too_long_is_an_error_and_never_cut() {
        for script in ["exec yes", "yes >&2", "trap '' PIPE; head -c 1001 /dev/zero; exit 0"] {
            let error = sh(script, BOUNDS).unwrap_err();
            assert_eq!(error.to_string(), "it printed more than 1000 bytes", "{script}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_cannot_be_started() {
        let error = run(&mut Command::new("/nowhere/to-be-found"), BOUNDS).unwrap_err();
        assert!(matches!(error, ChildError::Start(error) if error.kind() == io::ErrorKind::NotFound));
    }
}
