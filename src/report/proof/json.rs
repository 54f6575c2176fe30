//! A proof for programs: a document of its own, and a part of a plan's.

use std::io::{self, Write};

use serde::Serialize;

use super::report::ProofReport;
use super::words::sorted;
use crate::config::RequestHeaders;
use crate::proof::{Freshness, Proof, Proofs};
use crate::report::json::{self, Schema};

/// Writes the proofs of all sites as one document, its keys in alphabetical order; the documentation describes it.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, reports: &[ProofReport<'_>]) -> io::Result<()> {
    let one = |report: &ProofReport<'_>| serde_json::to_value(ProofsDocument::new(Some(report.site), report.proofs));
    let proofs = reports.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    json::write(out, &serde_json::json!({ "proofs": proofs, "schema": Schema }))
}

/// A site's proof. It stands in the site's plan too, and there the name is left out.
#[derive(Serialize)]
pub(in crate::report) struct ProofsDocument<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'p str>,
    asked: usize,
    of: usize,
    fresh: usize,
    stale: usize,
    rewritten: usize,
    unknown: usize,
    unreachable: usize,
    repaired: usize,
    warmed: Option<usize>,
    places: Vec<&'p str>,
    urls: Vec<ProofDocument<'p>>,
}

#[derive(Serialize)]
struct ProofDocument<'p> {
    url: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'p RequestHeaders>,
    verdict: Freshness,
    why: &'p str,
    cache: Option<&'p str>,
    place: Option<&'p str>,
}

impl<'p> ProofsDocument<'p> {
    /// Makes the document of a site's proof.
    pub(in crate::report) fn new(site: Option<&'p str>, proofs: &'p Proofs) -> ProofsDocument<'p> {
        let one = |proof: &'p Proof| ProofDocument {
            url: proof.url.as_str(),
            headers: proof.url.headers(),
            verdict: proof.freshness,
            why: &proof.why,
            cache: proof.cache_status.as_deref(),
            place: proof.data_centre.as_deref(),
        };
        ProofsDocument {
            site,
            asked: proofs.all.len(),
            of: proofs.of,
            fresh: proofs.count(Freshness::Fresh),
            stale: proofs.count(Freshness::Stale),
            rewritten: proofs.count(Freshness::Rewritten),
            unknown: proofs.count(Freshness::Unknown),
            unreachable: proofs.count(Freshness::Unreachable),
            repaired: proofs.repaired,
            warmed: proofs.warmed,
            places: proofs.data_centres(),
            urls: sorted(proofs).into_iter().map(one).collect(),
        }
    }
}
