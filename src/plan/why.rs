//! The reasons of a plan's operations, in words.

use super::Plan;
use super::basis::Basis;
use crate::changes::Changes;
use crate::display::shown;
use crate::mapping::Reason;

impl Plan {
    /// A reason in words.
    #[must_use]
    pub fn why(&self, reason: &Reason) -> String {
        let text = reason.text(&self.changes, &self.rules);
        if matches!(self.basis, Basis::Asked(_)) { without_status(text, &self.changes) } else { text }
    }
}

/// Takes the word for what changed out of a reason: the file is only one that would answer there.
fn without_status(text: String, changes: &Changes) -> String {
    let said = changes.paths.iter().map(|change| (shown(&change.path), change.status.word()));
    let said = said.map(|(path, word)| (format!("{path} {word}"), path)).find(|(said, _)| text.starts_with(said));
    match said {
        Some((said, path)) => text.replacen(&said, &path, 1),
        None => text,
    }
}
