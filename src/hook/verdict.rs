//! What is made of a delivery.

use super::deploy::Deploy;
use crate::display::line;

/// What is made of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is not genuine. The reason is for the log alone: the sender is told nothing.
    Refused(&'static str),
    /// It is genuine, and means no deploy that is done; why, on one line.
    Ignored(String),
    /// It is genuine, and asks whether somebody is there: this is the whole answer.
    Challenge(String),
    /// A deploy is done.
    Deploy(Box<Deploy>),
}

impl Verdict {
    /// Makes the verdict for a delivery that means no deploy.
    pub(super) fn ignored(why: impl AsRef<str>) -> Verdict {
        Verdict::Ignored(line(why.as_ref()))
    }

    /// Makes the verdict for a genuine delivery that is not as its sender documents it.
    pub(super) fn strange(what: &str) -> Verdict {
        Verdict::ignored(format!("the body is not as it should be: {what}"))
    }
}
