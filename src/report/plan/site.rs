//! One site's part of a run, as every format shows it: the plan, and what became of it.

use crate::changes::Outline;
use crate::display::line;
use crate::mapping::Operation;
use crate::mark::Marked;
use crate::plan::Plan;
use crate::proof::Proofs;
use crate::provider::Provider;
use crate::send::{Ending, Receipt};

/// One site's part of a run.
#[derive(Clone)]
pub struct SiteReport<'r> {
    /// The plan.
    pub plan: &'r Plan,
    /// The site's base URLs.
    pub base_urls: Vec<&'r str>,
    /// The web root inside a revision.
    pub output: &'r str,
    /// The provider that is asked.
    pub provider: &'r Provider,
    /// The receipts; `None` when nothing was to be sent (a dry run).
    pub receipts: Option<&'r [Receipt]>,
    /// The proof by its pages, where they were asked for.
    pub proofs: Option<&'r Proofs>,
    /// The mark, and what became of it.
    pub mark: Option<Marked>,
    /// The outline of the site, where it is drawn.
    pub outline: Option<&'r Outline>,
    /// The reason for which nothing of it was sent, though the run went on for other sites.
    pub failed: Option<String>,
}

/// Batches that ended the same way for the same reason.
pub struct Failure<'r> {
    /// The end that they came to, in one word.
    pub word: &'static str,
    /// The reason.
    pub why: &'r str,
    /// The next thing to do.
    pub advice: Option<&'static str>,
    /// The batches, at least one.
    pub receipts: Vec<&'r Receipt>,
}

impl<'r> SiteReport<'r> {
    /// Says an operation in words, on one line.
    #[must_use]
    pub fn named(&self, operation: &Operation) -> String {
        match operation {
            Operation::Everything => format!("everything in the {}", self.provider.capabilities().whole),
            Operation::Url(_) | Operation::Prefix(_) | Operation::Tag(_) | Operation::Host(_) => {
                line(&operation.to_string())
            }
        }
    }

    /// Says what its plan was made from: `HEAD~1 (0123456789) → HEAD (9876543210)`.
    #[must_use]
    pub fn basis(&self) -> String {
        super::words::basis(self.plan)
    }

    /// Returns the receipts of batches that were not accepted.
    pub fn failures(&self) -> impl Iterator<Item = &'r Receipt> + use<'r> {
        self.receipts.unwrap_or_default().iter().filter(|r| !r.is_accepted())
    }

    /// Gathers those receipts by outcome and reason, in the order of the first of each.
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

    /// Counts the operations that were accepted, and those that were not.
    #[must_use]
    pub fn accepted_and_not(&self) -> (usize, usize) {
        let accepted =
            self.receipts.unwrap_or_default().iter().filter(|r| r.is_accepted()).map(|r| r.batch.size()).sum();
        (accepted, self.failures().map(|r| r.batch.size()).sum())
    }

    /// Returns the seconds from the first request to the last one's start, at the pace that the account may keep.
    #[must_use]
    pub fn expected_seconds(&self) -> f64 {
        self.provider.capabilities().pace.forecast(&self.plan.batches).as_secs_f64()
    }
}
