//! A proof as Markdown: for a job summary or a comment on a pull request.

use std::io::{self, Write};

use super::report::ProofReport;
use super::words::{done, sorted, summary};
use crate::display::{grouped, shown};
use crate::proof::{Freshness, Proof};
use crate::report::markdown::{LISTED, code};

/// Writes one site's proof: the pages that are not as they should be.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, report: &ProofReport<'_>) -> io::Result<()> {
    let ProofReport { site, proofs } = report;
    writeln!(out, "### Proof of {site}\n\n- {}", summary(proofs))?;
    for done in done(proofs) {
        writeln!(out, "- {done}")?;
    }
    writeln!(out)?;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(|proof| proof.freshness != Freshness::Fresh).collect();
    for proof in listed.iter().take(LISTED) {
        let url = code(&shown(proof.url.to_string().as_bytes()));
        let status = proof.cache_status.as_ref().map_or(String::new(), |status| format!(" ({})", code(status)));
        writeln!(out, "- **{}** {url}: {}{status}", proof.freshness.word(), proof.why)?;
    }
    if listed.len() > LISTED {
        writeln!(out, "- and {} more", grouped(listed.len() - LISTED))?;
    }
    if listed.is_empty() { Ok(()) } else { writeln!(out) }
}
