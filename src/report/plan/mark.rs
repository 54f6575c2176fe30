//! The mark of a site as a plan's document has it: as it was, and what became of it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::mark::{Marked, Standing};

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
        let (outcome, why) = match &marked.standing {
            Standing::Untouched => (OutcomeWord::Untouched, None),
            Standing::Moved => (OutcomeWord::Moved, None),
            Standing::There => (OutcomeWord::There, None),
            Standing::Stays(why) => (OutcomeWord::Stays, Some(why.into())),
            Standing::Failed(why) => (OutcomeWord::Failed, Some(why.into())),
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
        let standing = match self.outcome {
            OutcomeWord::Untouched => Standing::Untouched,
            OutcomeWord::Moved => Standing::Moved,
            OutcomeWord::There => Standing::There,
            OutcomeWord::Stays => Standing::Stays(self.why.unwrap_or_default().into()),
            OutcomeWord::Failed => Standing::Failed(self.why.unwrap_or_default().into()),
        };
        let open = self.open.into_iter().map(Cow::into_owned).collect();
        Marked { store: self.store.into(), was: self.was.map(Cow::into_owned), open, standing }
    }
}
