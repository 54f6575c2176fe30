//! The log: one line for each delivery and each run, as text or as JSON. No body, no secret and no header of a delivery is in it.

use std::io;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object on each line.
    Json,
}

/// Lets everything that is logged from now on go to standard error.
pub(super) fn start(format: LogFormat) {
    let lines =
        tracing_subscriber::fmt().with_writer(io::stderr).with_target(false).with_max_level(tracing::Level::INFO);
    // A second receiver in one process, as in a test, logs where the first does.
    match format {
        LogFormat::Text => drop(tracing::subscriber::set_global_default(lines.with_ansi(false).finish())),
        LogFormat::Json => drop(tracing::subscriber::set_global_default(lines.json().flatten_event(true).finish())),
    }
}
