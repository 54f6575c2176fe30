//! A proof in words, which the formats for people share.

use crate::display::{counted, grouped};
use crate::proof::{Freshness, Proof, Proofs};

/// The order of the answers: those that somebody has to look at come first.
const ORDER: [Freshness; 5] =
    [Freshness::Stale, Freshness::Unreachable, Freshness::Unknown, Freshness::Rewritten, Freshness::Fresh];

/// Sums a proof up: `asked for 29 URLs of 40, as CDG sees it: 28 fresh, 1 stale`.
pub(in crate::report) fn summary(proofs: &Proofs) -> String {
    let by_freshness: Vec<String> = ORDER
        .iter()
        .rev()
        .map(|freshness| (proofs.count(*freshness), freshness.word()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(n)))
        .collect();
    let of = if proofs.of > proofs.all.len() { format!(" of {}", grouped(proofs.of)) } else { String::new() };
    let centres = proofs.data_centres();
    let centres = if centres.is_empty() { String::new() } else { format!(", as {} sees it", centres.join(" and ")) };
    let found = if by_freshness.is_empty() { "nothing to ask for".to_owned() } else { by_freshness.join(", ") };
    format!("asked for {}{of}{centres}: {found}", counted(proofs.all.len(), "URL"))
}

/// Says in words what was done beside asking.
pub(super) fn done(proofs: &Proofs) -> Vec<String> {
    let repaired = (proofs.repaired > 0).then(|| {
        let were = if proofs.repaired == 1 { "was" } else { "were" };
        format!("{} {were} stale, and purged once more", counted(proofs.repaired, "URL"))
    });
    let warmed = proofs.warmed.map(|n| format!("{} more asked for, so that the edge has them", counted(n, "URL")));
    repaired.into_iter().chain(warmed).collect()
}

/// Returns the answers in [`ORDER`].
pub(super) fn sorted(proofs: &Proofs) -> Vec<&Proof> {
    let order = |proof: &&Proof| ORDER.iter().position(|freshness| *freshness == proof.freshness);
    let mut all: Vec<&Proof> = proofs.all.iter().collect();
    all.sort_by_key(order);
    all
}

/// Says why an answer is what it is, with what the cache says of itself: `the content is TO's (HIT, Age 300)`.
pub(super) fn because(proof: &Proof) -> String {
    let status = proof.cache_status.as_ref().map_or(String::new(), |status| format!(" ({status})"));
    format!("{}{status}", proof.why)
}
