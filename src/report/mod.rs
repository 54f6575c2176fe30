//! What people and programs read: the plan, and what became of it.
//!
//! Every format shows the same data; none decides anything. Foreign text goes through [`crate::display`] first, so that
//! no file name can start a line, colour a terminal or command a CI runner.

mod basis;
mod check;
mod digest;
mod document;
mod explanation;
mod github;
mod human;
mod json;
mod lines;
mod markdown;
mod marked;
mod nodes;
mod progress;
mod proofs;
mod saved;
mod words;

use crate::mapping::Operation;
use crate::mark::Marked;
use crate::plan::Plan;
use crate::proof::Proofs;
use crate::provider::Provider;
use crate::send::{Ending, Receipt};

pub use check::{Checked, check_human, check_json};
pub use explanation::{PathExplained, UrlExplained};
pub use github::{annotation, annotations};
pub use human::{human, human_outcome};
pub use json::json;
pub use lines::{requests, urls};
pub use markdown::markdown;
pub use progress::{Progress, ProgressStyle};
pub use proofs::{ProofsDocument, human_proofs, markdown_proofs};
pub use saved::{Saved, SavedError, Unplanned, saved};
pub use words::nothing;

/// One site's part of a run.
#[derive(Clone)]
pub struct SiteReport<'r> {
    /// What is asked for.
    pub plan: &'r Plan,
    /// Who is asked.
    pub provider: &'r Provider,
    /// What became of it; `None` when nothing was to be sent (a dry run).
    pub receipts: Option<&'r [Receipt]>,
    /// What its pages prove, where they were asked for.
    pub proofs: Option<&'r Proofs>,
    /// Its mark, and what became of that.
    pub mark: Option<Marked>,
    /// Why nothing of it was sent, though the run went on for other sites.
    pub failed: Option<String>,
}

/// Batches that ended the same way for the same reason.
pub struct Failure<'r> {
    /// How they ended, in one word.
    pub word: &'static str,
    /// Why.
    pub why: &'r str,
    /// The next thing to do.
    pub advice: Option<&'static str>,
    /// The batches, at least one.
    pub receipts: Vec<&'r Receipt>,
}

/// How much of a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// No list at all.
    Brief,
    /// A screenful, and a count of the rest.
    Screenful,
    /// All of it.
    Full,
}

impl Detail {
    /// Entries of a list that fit a screen beside the rest of a report.
    const SCREENFUL: usize = 20;

    /// How many entries are shown.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Detail::Brief => 0,
            Detail::Screenful => Self::SCREENFUL,
            Detail::Full => usize::MAX,
        }
    }
}

impl<'r> SiteReport<'r> {
    /// An operation in words.
    #[must_use]
    pub fn named(&self, operation: &Operation) -> String {
        match operation {
            Operation::Everything => format!("everything in the {}", self.provider.capabilities().whole),
            Operation::Url(_) | Operation::Prefix(_) | Operation::Tag(_) | Operation::Host(_) => operation.to_string(),
        }
    }

    /// The receipts of batches that were not accepted.
    pub fn failures(&self) -> impl Iterator<Item = &'r Receipt> + use<'r> {
        self.receipts.unwrap_or_default().iter().filter(|r| !r.is_accepted())
    }

    /// The same, gathered by how and why, in the order of the first of each.
    #[must_use]
    pub fn failures_by_reason(&self) -> Vec<Failure<'r>> {
        let mut groups: Vec<Failure<'r>> = Vec::new();
        for receipt in self.failures() {
            let (word, why) = (receipt.word(), receipt.why().unwrap_or_default());
            if let Some(group) = groups.iter_mut().find(|g| g.word == word && g.why == why) {
                group.receipts.push(receipt);
            } else {
                let advice = if let Ending::Refused { advice, .. } = receipt.ending { advice } else { None };
                groups.push(Failure { word, why, advice, receipts: vec![receipt] });
            }
        }
        groups
    }

    /// How many operations were accepted, and how many were not.
    #[must_use]
    pub fn accepted_and_not(&self) -> (usize, usize) {
        let accepted =
            self.receipts.unwrap_or_default().iter().filter(|r| r.is_accepted()).map(|r| r.batch.size()).sum();
        (accepted, self.failures().map(|r| r.batch.size()).sum())
    }

    /// Seconds from the first request to the last one's start, at the pace the account may keep.
    #[must_use]
    pub fn expected_seconds(&self) -> f64 {
        self.provider.capabilities().pace.forecast(&self.plan.batches).as_secs_f64()
    }
}
