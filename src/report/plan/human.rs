//! A plan for a person at 6 pm: the comparison, the amount, the time, then the list; and what became of it.

use std::io::{self, Write};

use super::site::{Failure, SiteReport};
use super::words::{basis, name, nothing, paths};
use crate::config::Mode;
use crate::display::{counted, grouped, line, shown};
use crate::mapping::Kind;
use crate::mark::Standing;
use crate::plan::{Basis, Batch, PlannedOperation};
use crate::report::detail::Detail;
use crate::report::proof::{self, ProofReport};
use crate::report::style::{BAD, DIM, GOOD, STRONG, WARN};

/// The widest URL behind which reasons are still aligned, in bytes.
const URL_COLUMN: usize = 60;

/// Writes one site's plan.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    let headline = match (&plan.fallback, &plan.refused) {
        (Some(because), _) => format!("{WARN}{because}{WARN:#}"),
        (_, Some(r)) => {
            format!("{BAD}{}: refused, nothing is purged{BAD:#}", r.what())
        }
        _ if plan.is_empty() => nothing(plan),
        _ => basis(plan),
    };
    writeln!(out, "{STRONG}{}{STRONG:#}: {headline}", plan.title())?;
    if !plan.is_empty() {
        if plan.fallback.is_some() || plan.refused.is_some() {
            writeln!(out, "  {}", basis(plan))?;
        }
        if !matches!(plan.basis, Basis::Unknown { .. } | Basis::Asked(_)) {
            writeln!(out, "  {}", paths(plan))?;
        }
        writeln!(out, "  {}", cost(site))?;
    }
    for note in &plan.notes {
        writeln!(out, "  {WARN}note{WARN:#}: {note}")?;
    }
    let changes = &plan.changes;
    files(out, "held back, as only volatile parts differ", &changes.held_back, detail)?;
    files(out, "deleted, and left cached for open tabs", &changes.left, detail)?;
    list(out, site, detail)
}

/// Writes the files that are not purged for a reason of their own.
fn files(out: &mut dyn Write, why: &str, files: &[Box<[u8]>], detail: Detail) -> io::Result<()> {
    /// Files that are named where there is no room for all.
    const NAMED: usize = 3;
    let most = if detail == Detail::Screenful { NAMED } else { detail.most() };
    if files.is_empty() || most == 0 {
        return Ok(());
    }
    let named: Vec<String> = files.iter().take(most).map(|path| shown(path)).collect();
    let more = if files.len() > most {
        format!(" and {} more (all with -v)", grouped(files.len() - most))
    } else {
        String::new()
    };
    writeln!(out, "  {DIM}{why}: {}{more}{DIM:#}", named.join(", "))
}

/// Writes that the mark has moved.
fn mark(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let Some(marked) = site.mark.as_ref().filter(|_| detail != Detail::Brief) else { return Ok(()) };
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &site.plan.basis else { return Ok(()) };
    let (site, store) = (&site.plan.site, &marked.store);
    match &marked.standing {
        Standing::Moved => writeln!(out, "{STRONG}{site}{STRONG:#}: the mark is at {} now ({store})", name(to)),
        // Why it stays is a note of the plan, and why it could not be moved the run's error.
        Standing::Stays(_) | Standing::Failed(_) | Standing::Untouched | Standing::There => Ok(()),
    }
}

/// Writes what the pages prove, and the next thing to type where they prove that something is wrong.
fn proved(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let Some(proofs) = site.proofs else { return Ok(()) };
    let name = site.plan.site.as_str();
    proof::human(out, &ProofReport { site: name, proofs }, detail)?;
    if proofs.hold() {
        return Ok(());
    }
    let mark = if site.mark.is_some() { "the mark stays, so that the next run purges all this again; " } else { "" };
    writeln!(out, "  hint: {mark}`diffpurge purge --repair` purges the stale pages once more, with all their variants")
}

/// Says what a plan costs: `31 URLs in 1 request to zone 023e…, at once`.
pub(super) fn cost(site: &SiteReport<'_>) -> String {
    let operations = operations(&site.plan.operations);
    if site.plan.refused.is_some() {
        return operations;
    }
    let seconds = site.expected_seconds();
    let pace = if seconds < 1.0 { "at once".to_owned() } else { format!("in about {seconds:.0} s") };
    let to = site.provider.destination().words.map_or(String::new(), |words| format!(" to {words}"));
    let invalid = |batch: &&Batch| site.plan.mode_of(batch) == Mode::Invalidate;
    let invalidated: usize = site.plan.batches.iter().filter(invalid).map(Batch::size).sum();
    let mode = match invalidated {
        0 => String::new(),
        all if all == site.plan.operations.len() => ", to be invalidated,".to_owned(),
        some => format!(", {} of them to be invalidated,", grouped(some)),
    };
    format!("{operations}{mode} in {}{to}, {pace}", counted(site.plan.batches.len(), "request"))
}

/// Counts operations by kind: `31 URLs, 1 prefix`.
fn operations(operations: &[PlannedOperation]) -> String {
    let count = |kind| operations.iter().filter(|p| p.operation.kind() == kind).count();
    let kinds = [
        (count(Kind::Url), "URL", "URLs"),
        (count(Kind::Prefix), "prefix", "prefixes"),
        (count(Kind::Tag), "tag", "tags"),
        (count(Kind::Host), "host", "hosts"),
        (count(Kind::Everything), "purge of everything", "purges of everything"),
    ];
    let said: Vec<String> = kinds
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| format!("{} {}", grouped(n), if n == 1 { one } else { many }))
        .collect();
    said.join(", ")
}

fn list(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    let most = detail.most();
    // One line more would only say "and 1 more".
    let most = if plan.operations.len() == most.saturating_add(1) { plan.operations.len() } else { most };
    let listed = &plan.operations[..plan.operations.len().min(most)];
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let labels: Vec<String> = listed.iter().map(|p| site.named(&p.operation)).collect();
    let width = labels.iter().map(String::len).max().unwrap_or(0).min(URL_COLUMN);
    for (planned, label) in listed.iter().zip(&labels) {
        let reasons: Vec<String> = planned.reasons.iter().map(|r| plan.why(r)).collect();
        if reasons.is_empty() {
            writeln!(out, "  {label}")?;
        } else {
            writeln!(out, "  {label:width$}  {DIM}{}{DIM:#}", reasons.join("; "))?;
        }
    }
    if listed.len() < plan.operations.len() {
        writeln!(out, "  {DIM}and {} more (all with -v){DIM:#}", grouped(plan.operations.len() - listed.len()))?;
    }
    Ok(())
}

/// Writes what became of one site's plan.
///
/// # Errors
/// When `out` cannot be written.
pub fn outcome_human(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    let requests = site.receipts.unwrap_or_default().iter().filter(|r| r.is_accepted() && r.attempts > 0).count();
    let (accepted, not) = site.accepted_and_not();
    if let Some(why) = &site.failed {
        return writeln!(out, "{STRONG}{}{STRONG:#}: {BAD}NOT purged{BAD:#}: {}", plan.title(), line(why));
    }
    if not == 0 && accepted > 0 {
        let (all, requests) = (operations(&plan.operations), counted(requests, "request"));
        writeln!(out, "{STRONG}{}{STRONG:#}: {GOOD}accepted{GOOD:#}: {all} in {requests}", plan.title())?;
    }
    if not == 0 {
        nodes(out, site, detail)?;
        mark(out, site, detail)?;
        return proved(out, site, detail);
    }
    let total = counted(accepted + not, "operation");
    writeln!(out, "{STRONG}{}{STRONG:#}: {BAD}NOT purged{BAD:#}: {} of {total}", plan.title(), grouped(not))?;
    for failure in site.failures_by_reason() {
        self::failure(out, site, &failure, detail)?;
    }
    if accepted > 0 {
        writeln!(out, "  accepted: {} in {}", counted(accepted, "operation"), counted(requests, "request"))?;
    }
    nodes(out, site, detail)?;
    writeln!(out, "  hint: run the same command again when that is mended; to purge twice does no harm")
}

/// Writes the answers of a cache's nodes, and what is odd about them.
fn nodes(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    for tally in site.tallies().iter().filter(|_| detail != Detail::Brief) {
        writeln!(out, "  {tally}")?;
    }
    site.warnings().iter().try_for_each(|warning| writeln!(out, "  {WARN}warning{WARN:#}: {warning}"))
}

fn failure(out: &mut dyn Write, site: &SiteReport<'_>, failure: &Failure<'_>, detail: Detail) -> io::Result<()> {
    /// Operations that are named where there is no room for all.
    const NAMED: usize = 3;
    let operations: Vec<&PlannedOperation> =
        failure.receipts.iter().flat_map(|r| &site.plan.operations[r.batch.operations()]).collect();
    let most = if detail == Detail::Screenful { NAMED } else { detail.most() };
    writeln!(out, "  {BAD}{}{BAD:#}: {}", failure.word, failure.why)?;
    for planned in operations.iter().take(most) {
        writeln!(out, "    {}", site.named(&planned.operation))?;
    }
    if most < operations.len() {
        writeln!(out, "    {DIM}{} in all (named with -v){DIM:#}", grouped(operations.len()))?;
    }
    failure.advice.map_or(Ok(()), |advice| writeln!(out, "    hint: {advice}"))
}
