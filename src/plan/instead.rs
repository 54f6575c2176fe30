//! The outcome of a site's policy: the operations that are sent in the end, and the reason where they are broader than the changes.

use super::broad::Broad;
use super::cause::Cause;
use super::planned::PlannedOperation;
use super::refused::Refused;
use crate::config::Mode;

/// The operations that are sent in the end.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) operations: Vec<PlannedOperation>,
    pub(super) fallback: Option<Instead>,
    pub(super) refused: Option<Refused>,
    pub(super) notes: Vec<String>,
    /// The facts behind the fallback, or the refusal.
    pub(super) causes: Vec<Cause>,
    /// Unchanged URLs that go along.
    pub(super) wasted: usize,
}

/// Something broader than the changes, in words.
#[derive(Debug)]
pub(super) struct Instead {
    /// `1,234 URLs changed, more than threshold.urls = 500`.
    pub(super) because: String,
    /// `everything in the zone`.
    pub(super) name: String,
}

/// Operations that stay a list, with the note on why nothing broader takes their place.
pub(super) type Listed = (String, Vec<PlannedOperation>);

impl Decision {
    /// The decision for something broad.
    pub(super) fn broad(because: String, Broad { operations, name, notes }: Broad) -> Decision {
        Decision { operations, fallback: Some(Instead { because, name }), notes, ..Decision::default() }
    }
}

impl Instead {
    /// Returns the plan's first line: what was exceeded, and what is done.
    pub(super) fn sentence(&self, mode: Mode) -> String {
        format!("{}: {} {}", self.because, mode.doing(), self.name)
    }
}
