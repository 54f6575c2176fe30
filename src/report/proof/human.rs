//! A proof for people.

use std::io::{self, Write};

use super::report::ProofReport;
use super::words::{because, done, sorted, summary};
use crate::display::{grouped, line};
use crate::proof::{Freshness, Proof};
use crate::report::detail::Detail;
use crate::report::page::Page;
use crate::report::style::{ALARM, GOOD, STRONG, Style, WARN};
use crate::report::view::View;
use crate::report::width::columns;

/// Writes one site's proof: the pages that are not as they should be, and all of them where everything is to be listed.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, report: &ProofReport<'_>, view: View) -> io::Result<()> {
    proof(&mut Page::new(out, view), report)
}

/// Writes the same on a page.
///
/// # Errors
/// When it cannot be written.
pub(in crate::report) fn proof(page: &mut Page<'_>, report: &ProofReport<'_>) -> io::Result<()> {
    let ProofReport { site, proofs } = report;
    page.line(&format!("{STRONG}{site}{STRONG:#}: {}", summary(proofs)))?;
    for done in done(proofs) {
        page.line(&format!("  {done}"))?;
    }
    let detail = page.detail();
    let is_listed = |proof: &&Proof| detail == Detail::Full || proof.freshness != Freshness::Fresh;
    let listed: Vec<&Proof> = sorted(proofs).into_iter().filter(is_listed).collect();
    // A proof that fails without a name helps nobody, however quiet it is to be.
    let detail = if detail == Detail::Brief { Detail::Screenful } else { detail };
    for proof in listed.iter().take(detail.most()) {
        one(page, proof)?;
    }
    let more = listed.len().saturating_sub(detail.most());
    if more > 0 && detail == Detail::Screenful {
        page.line(&format!("  and {} more (all with -v)", grouped(more)))?;
    }
    Ok(())
}

/// Writes one page's proof; on two lines where one is too narrow, so that the URL stays whole.
fn one(page: &mut Page<'_>, proof: &Proof) -> io::Result<()> {
    /// Columns before a URL.
    const BEFORE: usize = 14;
    let style: Style = match proof.freshness {
        Freshness::Fresh => GOOD,
        Freshness::Rewritten | Freshness::Unknown => WARN,
        Freshness::Stale | Freshness::Unreachable => ALARM,
    };
    let (url, why) = (line(&proof.url.to_string()), because(proof));
    let begin = format!("  {style}{:<11}{style:#} {url}", proof.freshness.word());
    let whole = format!("{begin}  {why}");
    if page.width().is_none_or(|width| columns(&whole) <= width) {
        return page.whole(&whole);
    }
    page.whole(&begin)?;
    page.hanging(&format!("{}{why}", " ".repeat(BEFORE)), BEFORE)
}
