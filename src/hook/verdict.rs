//! What is made of a delivery.

use super::deploy::Deploy;
use crate::display::line;

/// Characters of a reason that are kept. A body may hold a name of a mebibyte, and a log has a line for it.
const LONGEST: usize = 300;

/// What is made of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is not genuine. The reason is for the log alone: the sender is told nothing.
    Refused(&'static str),
    /// It is genuine, and means no deploy that is done; why, on one line.
    Ignored(String),
    /// It is genuine, and nothing can be made of it, so that a deploy may be missed; why, on one line.
    Strange(String),
    /// It is genuine, and asks whether somebody is there: this is the whole answer.
    Challenge(String),
    /// A deploy is done.
    Deploy(Box<Deploy>),
}

impl Verdict {
    /// Makes the verdict for a delivery that means no deploy.
    pub(super) fn ignored(why: impl AsRef<str>) -> Verdict {
        Verdict::Ignored(short(why.as_ref()))
    }

    /// Makes the verdict for a genuine delivery that is not as its sender documents it.
    pub(super) fn strange(what: &str) -> Verdict {
        Verdict::Strange(short(&format!("the body is not as it should be: {what}")))
    }
}

fn short(why: &str) -> String {
    let mut why = line(why);
    if let Some((end, _)) = why.char_indices().nth(LONGEST) {
        why.truncate(end);
        why.push('…');
    }
    why
}
