//! A value that cannot be right: what is wrong with it, and what to type instead. In which file it stands is known later.

use std::ops::Range;

use crate::display::{line, shown};

/// A value that cannot be right, before it is known in which file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where it stands, in bytes of the file; nothing for options.
    pub(super) span: Option<Range<usize>>,
    /// Lower case, with the user's own text.
    pub(super) message: String,
    /// The thing to type instead.
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Fault {
        // Both may hold what the user typed: neither leaves its line.
        Fault { span: None, message: line(&message.into()), hint: line(&hint.into()) }
    }

    pub(super) fn at(mut self, span: Range<usize>) -> Fault {
        self.span.get_or_insert(span);
        self
    }
}

/// Returns a value of the user's, to begin a sentence with; not repeated where it may hold a secret.
pub(super) fn value(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    // `https://user:…@host`, `?token=…`.
    let secret = text.contains('@') || SECRETS.iter().any(|word| lower.contains(&format!("{word}=")));
    if secret { "the value".to_owned() } else { shown(text.as_bytes()) }
}

/// Words beside which a secret stands.
pub(super) const SECRETS: [&str; 5] = ["token", "key", "secret", "password", "auth"];
