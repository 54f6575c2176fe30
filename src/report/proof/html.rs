//! Proofs as a page.

use std::io::{self, Write};

use super::report::ProofReport;
use super::words::{because, done, sorted, summary};
use crate::config::RequestHeaders;
use crate::display::line;
use crate::proof::Proofs;
use crate::report::html::{self as page, Listing, Section, Tone};

/// Writes the proofs of all sites as one page.
///
/// # Errors
/// When `out` cannot be written.
pub fn html(out: &mut dyn Write, reports: &[ProofReport<'_>]) -> io::Result<()> {
    let section = |report: &ProofReport<'_>| {
        let mut listing = Listing::default();
        answers(&mut listing, report.proofs);
        let mut section = Section::new(report.site.to_owned(), &listing)?;
        section.tone = if report.proofs.hold() { Tone::Good } else { Tone::Bad };
        section.verdict = summary(report.proofs);
        section.facts = done(report.proofs);
        section.list_heading = "What visitors get";
        Ok(section)
    };
    let sections = reports.iter().map(section).collect::<io::Result<Vec<_>>>()?;
    let names: Vec<&str> = reports.iter().map(|report| report.site).collect();
    page::write(out, &format!("Proof of {}", names.join(", ")), &sections)
}

/// Adds what visitors get to a list.
pub(in crate::report) fn answers(listing: &mut Listing, proofs: &Proofs) {
    for proof in sorted(proofs) {
        let headers = proof.url.headers().map(RequestHeaders::to_string).map(|text| line(&text));
        listing.answer(line(proof.url.as_str()), headers, proof.freshness.word(), &line(&because(proof)));
    }
}
