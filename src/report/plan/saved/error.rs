//! The errors of reading a plan back: the text and the hint of each in one row.

use std::borrow::Cow;
use std::fmt;

use crate::report::json::SCHEMA;

/// The reason for which a document is no plan that can be sent. Exit code 2.
#[derive(Debug)]
pub enum SavedError {
    /// It is no JSON, perhaps cut off, or of another shape.
    Shape(serde_json::Error),
    /// It was written by a later version.
    Schema(u64),
    /// It was edited or cut off.
    Digest,
    /// Something in it cannot be sent.
    Content(String),
}

impl SavedError {
    /// Returns the text and the next thing to type.
    fn told(&self) -> (Cow<'static, str>, &'static str) {
        const WRITE_AGAIN: &str = "write it again with `diffpurge plan … --out FILE`, and pass it on as it is";
        const OTHER_VERSION: &str = "send it with the version that wrote it; its `tool` says which";
        match self {
            SavedError::Shape(_) => ("this is no plan, or only a part of one".into(), WRITE_AGAIN),
            SavedError::Schema(schema) => {
                (format!("the plan has schema {schema}, and this version knows {SCHEMA}").into(), OTHER_VERSION)
            }
            SavedError::Digest => {
                ("the plan's digest does not fit: it was changed after it was written".into(), WRITE_AGAIN)
            }
            SavedError::Content(part) => (format!("{part} in the plan cannot be sent").into(), WRITE_AGAIN),
        }
    }

    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.told().1
    }
}

impl fmt::Display for SavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told().0)
    }
}

impl std::error::Error for SavedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SavedError::Shape(source) => Some(source),
            SavedError::Schema(_) | SavedError::Digest | SavedError::Content(_) => None,
        }
    }
}
