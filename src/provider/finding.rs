//! One line of `diffpurge check`: what was looked at, how it is, and what to do about it.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it has to be.
    Ok,
    /// It may be wrong, or it cannot be told.
    Warn,
    /// A purge would fail, or go to the wrong place.
    Fail,
}

/// The state of one thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it is.
    pub level: Level,
    /// The thing, in one word.
    pub subject: &'static str,
    /// The state, on one line.
    pub text: String,
    /// The next thing to do.
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn ok(subject: &'static str, text: impl Into<String>) -> Finding {
        Finding { level: Level::Ok, subject, text: text.into(), advice: None }
    }

    /// A doubt, with what to do about it.
    #[must_use]
    pub fn warn(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { level: Level::Warn, subject, text: text.into(), advice: Some(advice.into()) }
    }

    /// A fault, with what to do about it.
    #[must_use]
    pub fn fail(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { level: Level::Fail, ..Finding::warn(subject, text, advice) }
    }
}

impl Level {
    /// The word that stands in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        }
    }
}
