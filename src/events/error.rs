//! Why there are no notifications at all, and how that is mended.

/// Why there are no notifications at all. Exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// They could not be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// There is nothing.
    #[error("there is nothing in it, not even an empty list")]
    Empty,
    /// No line of it is JSON.
    #[error("it is no JSON: {0}")]
    NotJson(String),
}

impl EventsError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            EventsError::Unreadable(_) => "name a file with notifications as JSON, or `-` for standard input",
            EventsError::Empty => {
                "did the command that writes it fail? `aws sqs receive-message` prints nothing when the queue is empty: purge only when there is something"
            }
            EventsError::NotJson(_) => {
                "pass the notifications on as they came: one JSON document, an array of them, or one on each line"
            }
        }
    }
}
