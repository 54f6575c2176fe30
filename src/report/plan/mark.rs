//! The mark of a site as a plan's document has it: as it was, and what became of it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::mark::{Marked, Outcome};

/// A mark in the document for programs.
#[derive(Serialize, Deserialize)]
pub(super) struct MarkDocument<'d> {
    store: Cow<'d, str>,
    was: Option<Cow<'d, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<Cow<'d, str>>,
    outcome: OutcomeWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<Cow<'d, str>>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum OutcomeWord {
    Untouched,
    Moved,
    There,
    Stays,
    Failed,
}

impl<'d> MarkDocument<'d> {
    /// Describes a mark.
    pub(super) fn new(marked: &'d Marked) -> MarkDocument<'d> {
        let (outcome, why) = match &marked.outcome {
            Outcome::Untouched => (OutcomeWord::Untouched, None),
            Outcome::Moved => (OutcomeWord::Moved, None),
            Outcome::There => (OutcomeWord::There, None),
            Outcome::Stays(why) => (OutcomeWord::Stays, Some(why.into())),
            Outcome::Failed(why) => (OutcomeWord::Failed, Some(why.into())),
        };
        MarkDocument {
            store: (&*marked.store).into(),
            was: marked.was.as_deref().map(Cow::Borrowed),
            open: marked.open.iter().map(|id| id.as_str().into()).collect(),
            outcome,
            why,
        }
    }

    /// Returns the mark that it describes.
    pub(super) fn marked(self) -> Marked {
        let outcome = match self.outcome {
            OutcomeWord::Untouched => Outcome::Untouched,
            OutcomeWord::Moved => Outcome::Moved,
            OutcomeWord::There => Outcome::There,
            OutcomeWord::Stays => Outcome::Stays(self.why.unwrap_or_default().into()),
            OutcomeWord::Failed => Outcome::Failed(self.why.unwrap_or_default().into()),
        };
        let open = self.open.into_iter().map(Cow::into_owned).collect();
        Marked { store: self.store.into(), was: self.was.map(Cow::into_owned), open, outcome }
    }
}
