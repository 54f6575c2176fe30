//! Errors of the command line itself, and how every error is printed.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use super::init_error::InitError;
use super::mistyped::Mistyped;
use super::unwritten::Unwritten;
use crate::changes::NamedError;
use crate::demo::DemoError;
use crate::display::{line, shown};
use crate::engine::{self, ExitStatus, Row};
use crate::events::EventsError;
use crate::report::annotation;
use crate::report::plan::SavedError;
use crate::send::HookError;
#[cfg(feature = "serve")]
use crate::serve::ServeError;

/// Why a command ends badly.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant's row says it")]
pub enum Error {
    Engine(engine::Error),
    PlanUnreadable {
        path: PathBuf,
        source: io::Error,
    },
    Plan(SavedError),
    PathsUnreadable {
        path: PathBuf,
        source: io::Error,
    },
    Paths {
        path: PathBuf,
        source: NamedError,
    },
    Events {
        path: PathBuf,
        source: EventsError,
    },
    Mistyped(Mistyped),
    NoDirectory(PathBuf),
    Init(InitError),
    Demo(DemoError),
    NoHook(&'static str, HookError),
    #[cfg(feature = "serve")]
    Serve(ServeError),
    Unwritten(Unwritten),
    Output(io::Error),
}

/// Why a command ended: the errors, in the order in which they are printed.
#[derive(Debug)]
pub struct Failed {
    /// At least one; the last decides the exit status.
    pub errors: Vec<Error>,
    /// A report of the run was written, so that no summary has to say that nothing happened.
    pub reported: bool,
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed { errors: vec![error.into()], reported: false }
    }
}

impl<E: Into<engine::Error>> From<E> for Error {
    fn from(error: E) -> Error {
        Error::Engine(error.into())
    }
}

/// Returns the row of something that was typed wrongly.
fn usage(text: impl Into<String>, hint: impl Into<String>) -> Row {
    Row::new(ExitStatus::Usage, text, hint)
}

impl Error {
    /// Returns the error's row: text, hint and exit status.
    #[must_use]
    pub fn row(&self) -> Row {
        let file = |path: &PathBuf| shown(path.as_os_str().as_encoded_bytes());
        match self {
            Error::Engine(e) => e.row(),
            Error::PlanUnreadable { path, .. } => usage(
                format!("cannot read the plan {}", file(path)),
                "name the file that `diffpurge plan … --out FILE` wrote",
            ),
            Error::Plan(e) => usage(e.to_string(), e.hint()),
            Error::PathsUnreadable { path, .. } => usage(
                format!("cannot read the list of paths {}", file(path)),
                "name a file with one path per line, or `-` for standard input",
            ),
            Error::Paths { path, source } => {
                usage(format!("cannot use the list of paths {}", file(path)), source.hint())
            }
            Error::Events { path, source } => usage(format!("cannot use the events {}", file(path)), source.hint()),
            Error::Mistyped(e) => e.row(),
            Error::NoDirectory(path) if path.exists() => usage(
                format!("-C {}: this is a file, and no directory", file(path)),
                "`-C` takes the directory of the repository, and `-c` the file of a configuration",
            ),
            Error::NoDirectory(path) => usage(
                format!("-C {}: there is no such directory", file(path)),
                "name the directory of the repository, or one in it",
            ),
            Error::Init(e) => e.row(),
            Error::Demo(e) => e.row(),
            Error::NoHook(source, fault) => {
                usage(format!("{source}: {fault}"), "give the whole URL that the service shows, in quotes")
            }
            #[cfg(feature = "serve")]
            Error::Serve(e) => e.row(),
            Error::Unwritten(e) => e.row(),
            Error::Output(_) => Row::new(
                ExitStatus::NotPurged,
                "cannot print the result",
                "`--out FILE` keeps the report in a file too",
            ),
        }
    }

    /// Returns the error as Markdown, for the summary of a job in which nothing was purged.
    pub(super) fn summary(&self) -> String {
        let Row { text, hint, .. } = self.row();
        let code = |text: &str| text.lines().map(|l| format!("    {}\n", line(l))).collect::<Vec<_>>().concat();
        let (error, hint) = (code(&format!("error: {text}")), code(&format!("hint: {hint}")));
        format!("### diffpurge: nothing was purged\n\n{error}{hint}\n")
    }

    /// Prints `error:`, each `caused by:` and the `hint:`; in GitHub Actions an annotation too.
    pub(super) fn print(&self, err: &mut dyn Write, in_github: bool) -> io::Result<()> {
        let Row { text, hint, .. } = self.row();
        // A message may show lines of the user's file; nothing in them leaves its line.
        let message: Vec<String> = text.split('\n').map(line).collect();
        writeln!(err, "error: {}", message.join("\n"))?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            writeln!(err, "caused by: {}", line(&cause.to_string()))?;
            source = cause.source();
        }
        writeln!(err, "hint: {}", line(&hint))?;
        if in_github {
            writeln!(err, "{}", annotation("error", &message[0]))?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().text)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Engine(e) => e.source(),
            Error::Plan(e) => e.source(),
            Error::Demo(e) => e.source(),
            Error::PlanUnreadable { source, .. } | Error::PathsUnreadable { source, .. } | Error::Output(source) => {
                Some(source)
            }
            Error::Paths { source, .. } => Some(source),
            Error::Events { source, .. } => Some(source),
            #[cfg(feature = "serve")]
            Error::Serve(_) => None,
            Error::Unwritten(e) => e.source().map(|source| source as _),
            Error::Mistyped(_) | Error::NoHook(..) | Error::NoDirectory(_) | Error::Init(_) => None,
        }
    }
}
