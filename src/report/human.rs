//! The report for a person at 6 pm: what, between what, how much, how long, then the list.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Detail, SiteReport};
use crate::display::{counted, grouped, shown};
use crate::plan::{Operation, Plan, Planned};
use crate::send::{Outcome, Receipt};
use crate::snapshot::SnapshotName;

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The widest URL that reasons are still aligned behind.
const URL_COLUMN: usize = 60;

/// Writes one site's part.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    if let Some(because) = &plan.fallback {
        writeln!(out, "{STRONG}{}{STRONG:#}: {WARN}{because}{WARN:#}", plan.site)?;
        writeln!(out, "  {}", range(plan))?;
    } else if plan.is_empty() {
        let ignored = if plan.counts.ignored > 0 {
            format!(" ({} ignored)", counted(plan.counts.ignored, "changed path"))
        } else {
            String::new()
        };
        return writeln!(
            out,
            "{STRONG}{}{STRONG:#}: nothing changed between {} and {}{ignored}",
            plan.site,
            name(&plan.from),
            name(&plan.to)
        );
    } else {
        writeln!(out, "{STRONG}{}{STRONG:#}: {}", plan.site, range(plan))?;
    }
    writeln!(out, "  {}", paths(plan))?;
    writeln!(out, "  {}", cost(site))?;
    list(out, plan, detail)?;
    if site.receipts.is_some() {
        outcome(out, site, detail)?;
    }
    Ok(())
}

fn name(snapshot: &SnapshotName) -> String {
    if snapshot.spec == snapshot.id {
        snapshot.short_id().to_owned()
    } else {
        format!("{} ({})", shown(snapshot.spec.as_bytes()), snapshot.short_id())
    }
}

/// `HEAD~1 (0123456789) → HEAD (9876543210)`.
pub(super) fn range(plan: &Plan) -> String {
    format!("{} → {}", name(&plan.from), name(&plan.to))
}

/// `12 paths changed: 3 added, 8 modified, 1 deleted; 2 of them ignored`.
pub(super) fn paths(plan: &Plan) -> String {
    let counts = plan.counts;
    let by_status: Vec<String> = [(counts.added, "added"), (counts.modified, "modified"), (counts.deleted, "deleted")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", grouped(n)))
        .collect();
    let ignored =
        if counts.ignored > 0 { format!("; {} of them ignored", grouped(counts.ignored)) } else { String::new() };
    format!("{} changed: {}{ignored}", counted(counts.total(), "path"), by_status.join(", "))
}

/// `31 URLs in 1 request, at once`.
pub(super) fn cost(site: &SiteReport<'_>) -> String {
    let seconds = site.expected_seconds();
    let pace = if seconds < 1.0 { "at once".to_owned() } else { format!("in about {seconds:.0} s") };
    format!("{} in {}, {pace}", operations(&site.plan.operations), counted(site.plan.batches.len(), "request"))
}

/// `31 URLs, 1 prefix`: the operations by kind.
fn operations(operations: &[Planned]) -> String {
    let count = |matches: fn(&Operation) -> bool| operations.iter().filter(|p| matches(&p.operation)).count();
    let kinds = [
        (count(|o| matches!(o, Operation::Url(_))), "URL", "URLs"),
        (count(|o| matches!(o, Operation::Prefix(_))), "prefix", "prefixes"),
        (count(|o| matches!(o, Operation::Host(_))), "host", "hosts"),
        (count(|o| matches!(o, Operation::Everything)), "purge of everything", "purges of everything"),
    ];
    let said: Vec<String> = kinds
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| format!("{} {}", grouped(n), if n == 1 { one } else { many }))
        .collect();
    said.join(", ")
}

fn list(out: &mut dyn Write, plan: &Plan, detail: Detail) -> io::Result<()> {
    let most = detail.most();
    // One line more would only say "and 1 more".
    let most = if plan.operations.len() == most.saturating_add(1) { plan.operations.len() } else { most };
    let listed = &plan.operations[..plan.operations.len().min(most)];
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let width = listed.iter().map(|p| p.operation.text().len()).max().unwrap_or(0).min(URL_COLUMN);
    for planned in listed {
        let reasons: Vec<String> = planned.reasons.iter().map(|r| r.text(&plan.changes)).collect();
        let label = match &planned.operation {
            Operation::Everything => "everything in the zone".to_owned(),
            Operation::Prefix(prefix) => format!("{}*", prefix.as_str()),
            other => other.text().to_owned(),
        };
        let line = format!("  {label:width$}  {DIM}{}{DIM:#}", reasons.join("; "));
        writeln!(out, "{}", line.trim_end())?;
    }
    if listed.len() < plan.operations.len() {
        writeln!(out, "  {DIM}and {} more (all with -v){DIM:#}", grouped(plan.operations.len() - listed.len()))?;
    }
    Ok(())
}

fn outcome(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let receipts = site.receipts.unwrap_or_default();
    let taken: Vec<&Receipt> = receipts.iter().filter(|r| r.is_accepted()).collect();
    let (accepted, not) = site.accepted_and_not();
    if detail != Detail::Brief {
        writeln!(out)?;
    }
    if not == 0 {
        let all = operations(&site.plan.operations);
        return writeln!(out, "  {GOOD}accepted{GOOD:#}: {all} in {}", counted(taken.len(), "request"));
    }
    writeln!(out, "  {BAD}NOT purged{BAD:#}: {} of {}", grouped(not), counted(accepted + not, "operation"))?;
    for receipt in site.failures() {
        failure(out, site.plan, receipt, detail)?;
    }
    if accepted > 0 {
        writeln!(out, "  accepted: {} in {}", counted(accepted, "operation"), counted(taken.len(), "request"))?;
    }
    Ok(())
}

fn failure(out: &mut dyn Write, plan: &Plan, receipt: &Receipt, detail: Detail) -> io::Result<()> {
    /// Of a failed batch's operations, how many are named where there is no room for all.
    const NAMED: usize = 3;
    let operations = &plan.operations[receipt.batch.operations()];
    let most = if detail == Detail::Full { operations.len() } else { NAMED.min(operations.len()) };
    writeln!(out, "  {BAD}{}{BAD:#}: {}", receipt.word(), receipt.why().unwrap_or_default())?;
    for planned in &operations[..most] {
        writeln!(out, "    {}", planned.operation.text())?;
    }
    if most < operations.len() {
        writeln!(out, "    {DIM}and {} more (all with -v){DIM:#}", grouped(operations.len() - most))?;
    }
    match &receipt.outcome {
        Outcome::Refused { advice: Some(advice), .. } => writeln!(out, "    hint: {advice}"),
        _ => Ok(()),
    }
}
