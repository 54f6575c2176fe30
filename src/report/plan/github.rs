//! The annotations of a run in GitHub Actions; their escaping is left to [`crate::report::annotation`].

use super::site::SiteReport;
use crate::display::{counted, grouped};
use crate::report::github::annotation;
use crate::report::proof::{self, ProofReport};

/// Returns the annotations of one site: an error where something was not purged, a warning where more was than had changed.
#[must_use]
pub fn annotations(site: &SiteReport<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(because) = &site.plan.fallback {
        lines.push(annotation("warning", &format!("{}: {because}", site.plan.title())));
    }
    lines.extend(site.warnings().iter().map(|w| annotation("warning", &format!("{}: {w}", site.plan.title()))));
    let (accepted, not) = site.accepted_and_not();
    if let Some(first) = site.failures().next() {
        let operations = &site.plan.operations[first.batch.operations()];
        let named = operations.first().map_or("", |p| p.operation.text());
        let total = counted(accepted + not, "operation");
        let why = first.why().unwrap_or_default();
        lines.push(annotation(
            "error",
            &format!("{}: {} of {total} not purged; {named}: {why}", site.plan.title(), grouped(not)),
        ));
    }
    lines.extend(site.proofs.into_iter().flat_map(|proofs| {
        let report = ProofReport { site: site.plan.site.as_str(), proofs };
        proof::annotations(&report)
    }));
    lines
}
