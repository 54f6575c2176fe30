//! The outcome of a plan for a person: what was accepted, what was not and why, where the mark is, what the pages prove.

use std::io::{self, Write};

use super::kinds::Kinds;
use super::site::{Failure, SiteReport};
use super::words::name;
use crate::display::{counted, grouped, line};
use crate::mark::Standing;
use crate::plan::{Basis, PlannedOperation};
use crate::report::detail::Detail;
use crate::report::page::Page;
use crate::report::proof::{ProofReport, proof};
use crate::report::style::{BAD, DIM, GOOD, STRONG, WARN};
use crate::report::view::View;

/// Writes what became of one site's plan.
///
/// # Errors
/// When `out` cannot be written.
pub fn outcome_human(out: &mut dyn Write, site: &SiteReport<'_>, view: View) -> io::Result<()> {
    let page = &mut Page::new(out, view);
    let title = site.plan.title();
    let requests = site.receipts.unwrap_or_default().iter().filter(|r| r.is_accepted() && r.attempts > 0).count();
    let (accepted, not) = site.accepted_and_not();
    if let Some(why) = &site.failed {
        return page.line(&format!("{STRONG}{title}{STRONG:#}: {BAD}NOT purged{BAD:#}: {}", line(why)));
    }
    if not == 0 && accepted > 0 {
        let (all, requests) = (Kinds::of(&site.plan.operations), counted(requests, "request"));
        page.line(&format!("{STRONG}{title}{STRONG:#}: {GOOD}accepted{GOOD:#}: {all} in {requests}"))?;
    }
    if not == 0 {
        nodes(page, site)?;
        mark(page, site)?;
        return proved(page, site);
    }
    let total = counted(accepted + not, "operation");
    page.line(&format!("{STRONG}{title}{STRONG:#}: {BAD}NOT purged{BAD:#}: {} of {total}", grouped(not)))?;
    for failure in site.failures_by_reason() {
        self::failure(page, site, &failure)?;
    }
    if accepted > 0 {
        page.line(&format!("  accepted: {} in {}", counted(accepted, "operation"), counted(requests, "request")))?;
    }
    nodes(page, site)?;
    page.line("  hint: run the same command again when that is mended; to purge twice does no harm")
}

/// Returns where the mark of a site has moved to, and where it is kept.
pub(super) fn marked(site: &SiteReport<'_>) -> Option<(String, String)> {
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &site.plan.basis else { return None };
    let marked = site.mark.as_ref()?;
    match &marked.standing {
        Standing::Moved => Some((name(to), marked.store.clone())),
        // Why it stays is a note of the plan, and why it could not be moved the run's error.
        Standing::Stays(_) | Standing::Failed(_) | Standing::Untouched | Standing::There => None,
    }
}

/// Writes that the mark has moved.
fn mark(page: &mut Page<'_>, site: &SiteReport<'_>) -> io::Result<()> {
    match marked(site).filter(|_| page.detail() != Detail::Brief) {
        Some((at, store)) => {
            page.line(&format!("{STRONG}{}{STRONG:#}: the mark is at {at}, in {store}", site.plan.site))
        }
        None => Ok(()),
    }
}

/// Writes what the pages prove, and the next thing to type where they prove that something is wrong.
fn proved(page: &mut Page<'_>, site: &SiteReport<'_>) -> io::Result<()> {
    let Some(proofs) = site.proofs else { return Ok(()) };
    let name = site.plan.site.as_str();
    proof(page, &ProofReport { site: name, proofs })?;
    if proofs.hold() {
        return Ok(());
    }
    let mark = if site.mark.is_some() { "the mark stays, so that the next run purges all this again; " } else { "" };
    page.line(&format!(
        "  hint: {mark}`diffpurge purge --repair` purges the stale pages once more, with all their variants"
    ))
}

/// Writes the answers of a cache's nodes, and what is odd about them.
fn nodes(page: &mut Page<'_>, site: &SiteReport<'_>) -> io::Result<()> {
    let tallies = if page.detail() == Detail::Brief { Vec::new() } else { site.tallies() };
    tallies.iter().try_for_each(|tally| page.line(&format!("  {tally}")))?;
    site.warnings().iter().try_for_each(|warning| page.line(&format!("  {WARN}warning{WARN:#}: {warning}")))
}

fn failure(page: &mut Page<'_>, site: &SiteReport<'_>, failure: &Failure<'_>) -> io::Result<()> {
    /// Operations that are named where there is no room for all.
    const NAMED: usize = 3;
    let operations: Vec<&PlannedOperation> =
        failure.receipts.iter().flat_map(|r| &site.plan.operations[r.batch.operations()]).collect();
    let detail = page.detail();
    let most = if detail == Detail::Screenful { NAMED } else { detail.most() };
    page.line(&format!("  {BAD}{}{BAD:#}: {}", failure.word, failure.why))?;
    for planned in operations.iter().take(most) {
        page.line(&format!("    {}", site.named(&planned.operation)))?;
    }
    if most < operations.len() {
        page.line(&format!("    {DIM}{} in all (named with -v){DIM:#}", grouped(operations.len())))?;
    }
    failure.advice.map_or(Ok(()), |advice| page.line(&format!("    hint: {advice}")))
}
