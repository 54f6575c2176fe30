//! Where in a document something stands, in words: `record 3, body, record 1`.

use std::fmt;

/// One step inwards; numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The lines that a document or something unreadable takes up.
    Lines(usize, usize),
    /// An entry of `Records`, or of an array.
    Record(usize),
    /// An entry of a list of queue messages.
    Message(usize),
    /// The body of a queue message.
    Body,
    /// The message of an SNS notification.
    Notification,
    /// The data of a `CloudEvent`.
    Data,
}

/// A step and the place that it starts from.
pub(super) struct Trail<'p> {
    above: Option<&'p Trail<'p>>,
    step: Option<Step>,
}

impl<'p> Trail<'p> {
    /// Returns the document itself.
    pub(super) fn top() -> Trail<'static> {
        Trail { above: None, step: None }
    }

    /// Returns a place in what holds several documents.
    pub(super) fn from_step(step: Step) -> Trail<'static> {
        Trail { above: None, step: Some(step) }
    }

    /// Returns one step further in.
    pub(super) fn then(&'p self, step: Step) -> Trail<'p> {
        Trail { above: Some(self), step: Some(step) }
    }

    /// Returns true for a document that was read by itself, in nothing else; what it lists directly counts as it.
    pub(super) fn is_document(&self) -> bool {
        self.above.is_none() && matches!(self.step, None | Some(Step::Lines(..)))
    }

    /// Returns how many steps lead here.
    pub(super) fn depth(&self) -> usize {
        1 + self.above.map_or(0, Trail::depth)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Lines(first, last) if first == last => write!(f, "line {first}"),
            Step::Lines(first, last) => write!(f, "lines {first} to {last}"),
            Step::Record(n) => write!(f, "record {n}"),
            Step::Message(n) => write!(f, "message {n}"),
            Step::Body => f.write_str("body"),
            Step::Notification => f.write_str("Message"),
            Step::Data => f.write_str("data"),
        }
    }
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let above = self.above.filter(|above| above.step.is_some());
        match (above, self.step) {
            (Some(above), Some(step)) => write!(f, "{above}, {step}"),
            (None, Some(step)) => step.fmt(f),
            (_, None) => f.write_str("the document"),
        }
    }
}
