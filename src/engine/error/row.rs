//! One row for each error: its text, the next thing to type, and the exit status, together in one place.

/// The process's exit codes, as `--help` and the documentation list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Done, or nothing to do (said aloud).
    Done = 0,
    /// Something was not purged, or a check failed.
    NotPurged = 1,
    /// Usage or configuration.
    Usage = 2,
    /// A snapshot cannot be read.
    Unreadable = 3,
    /// Refused by policy.
    Refused = 4,
    /// With `--exit-code`: there is work.
    Work = 5,
}

/// Everything that a person reads about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The exit status that it ends a run with.
    pub status: ExitStatus,
    /// Its text: lower case, no full stop, the user's own words in it.
    pub text: String,
    /// The next thing to type.
    pub hint: String,
}

impl Row {
    /// Makes a row.
    pub fn new(status: ExitStatus, text: impl Into<String>, hint: impl Into<String>) -> Row {
        Row { status, text: text.into(), hint: hint.into() }
    }
}
