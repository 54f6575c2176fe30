//! The annotations of a proof in GitHub Actions: the stale URLs, as warnings at the top of a run.

use super::report::ProofReport;
use crate::display::{counted, line};
use crate::proof::{Freshness, Proof};
use crate::report::github::annotation;

/// Annotations of a kind that GitHub shows of a step
/// (<https://docs.github.com/actions/reference/limits>).
const SHOWN: usize = 10;

/// Returns a warning for each stale URL, and one for those that are too many to be shown.
#[must_use]
pub fn annotations(report: &ProofReport<'_>) -> Vec<String> {
    let ProofReport { site, proofs } = report;
    let stale: Vec<&Proof> = proofs.all.iter().filter(|proof| proof.freshness == Freshness::Stale).collect();
    let most = if stale.len() > SHOWN { SHOWN - 1 } else { SHOWN };
    let one = |proof: &&Proof| {
        let text = format!("{site}: {} is stale: {}", proof.url, proof.why);
        annotation("warning", &line(&text))
    };
    let mut lines: Vec<String> = stale.iter().take(most).map(one).collect();
    if stale.len() > most {
        let more = counted(stale.len() - most, "more URL");
        let are = if stale.len() - most == 1 { "is" } else { "are" };
        lines.push(annotation("warning", &format!("{site}: {more} {are} stale")));
    }
    lines
}
