//! A proof as Markdown: for a job summary or a comment on a pull request.

use std::io::{self, Write};

use super::report::ProofReport;
use super::words::{done, sorted, summary};
use crate::display::{counted, shown};
use crate::proof::{Freshness, Proof};
use crate::report::detail::Detail;
use crate::report::markdown::{code, folded, most};

/// URLs that are not folded away.
const AT_ONCE: usize = 10;

/// Writes one site's proof: the pages that are not as they should be.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, report: &ProofReport<'_>, detail: Detail) -> io::Result<()> {
    let ProofReport { site, proofs } = report;
    writeln!(out, "### Proof of {site}\n\n- {}", summary(proofs))?;
    for done in done(proofs) {
        writeln!(out, "- {done}")?;
    }
    writeln!(out)?;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(|proof| proof.freshness != Freshness::Fresh).collect();
    let entry = |proof: &&Proof| {
        let url = code(&shown(proof.url.to_string().as_bytes()));
        let status = proof.cache_status.as_ref().map_or(String::new(), |status| format!(" ({})", code(status)));
        format!("**{}** {url}: {}{status}", proof.freshness.word(), proof.why)
    };
    if listed.len() > AT_ONCE {
        let summary = format!("{} not as it should be", counted(listed.len(), "URL"));
        return folded(out, &summary, listed.iter().map(entry), most(detail));
    }
    for proof in listed.iter().map(entry) {
        writeln!(out, "- {proof}")?;
    }
    if listed.is_empty() { Ok(()) } else { writeln!(out) }
}
