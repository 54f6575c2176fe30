//! A plan as Markdown: for a job summary or a comment on a pull request.

use std::io::{self, Write};

use super::broad::broad;
use super::list;
use super::rows::Rows;
use super::site::SiteReport;
use super::{human, words};
use crate::display::{counted, grouped, shown};
use crate::mark::Standing;
use crate::plan::{Basis, PlannedOperation};
use crate::report::detail::Detail;
use crate::report::markdown::{LISTED, code, folded, loud, most, plain};
use crate::report::proof::{self, ProofReport};

/// Writes one site's part.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn markdown(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    writeln!(out, "### Purge of {}\n", plan.title())?;
    if let Some(because) = broad(site) {
        writeln!(out, "> {}\n", loud(&because))?;
    }
    if !plan.is_empty() {
        writeln!(out, "{}\n", code(&words::basis(plan)))?;
    }
    if plan.is_empty() {
        writeln!(out, "{}.\n", words::nothing(plan).replacen('n', "N", 1))?;
        notes(out, site)?;
        return unpurged(out, site, detail);
    }
    if let Some(refused) = &plan.refused {
        writeln!(out, "> **Refused, nothing is purged:** {}\n", plain(&refused.to_string()))?;
    }
    notes(out, site)?;
    if !matches!(plan.basis, Basis::Unknown { .. } | Basis::Asked(_)) {
        writeln!(out, "- {}", words::paths(plan))?;
    }
    writeln!(out, "- {}", human::cost(site))?;
    if let Some(why) = &site.failed {
        writeln!(out, "- **NOT purged**: {}", code(why))?;
    } else if let Some(receipts) = site.receipts {
        outcome(out, site, receipts.iter().filter(|receipt| receipt.attempts > 0).count())?;
        mark(out, site)?;
    }
    writeln!(out)?;
    unpurged(out, site, detail)?;
    list(out, site, detail)?;
    site.proofs.map_or(Ok(()), |proofs| proof::markdown(out, &ProofReport { site: plan.site.as_str(), proofs }, detail))
}

/// Writes the files that are not purged, each kind with its reason.
fn unpurged(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let changes = &site.plan.changes;
    files(out, "held back, as only volatile parts differ", &changes.held_back, detail)?;
    files(out, "deleted, and left cached for open tabs", &changes.left, detail)
}

fn files(out: &mut dyn Write, why: &str, files: &[Box<[u8]>], detail: Detail) -> io::Result<()> {
    let summary = format!("{why}: {}", counted(files.len(), "file"));
    folded(out, &summary, files.iter().map(|path| code(&shown(path))), most(detail).min(LISTED))
}

fn outcome(out: &mut dyn Write, site: &SiteReport<'_>, requests: usize) -> io::Result<()> {
    let (accepted, not) = site.accepted_and_not();
    if not == 0 {
        writeln!(out, "- **accepted**: {} in {}", counted(accepted, "operation"), counted(requests, "request"))?;
        return nodes(out, site);
    }
    writeln!(out, "- **NOT purged**: {} of {}", grouped(not), counted(accepted + not, "operation"))?;
    for failure in site.failures_by_reason() {
        let operations: usize = failure.receipts.iter().map(|r| r.batch.size()).sum();
        let first = &site.plan.operations[failure.receipts[0].batch.operations()][0];
        let more = if operations > 1 { format!(" and {} more", grouped(operations - 1)) } else { String::new() };
        writeln!(out, "  - {}: {} ({}{more})", failure.word, code(failure.why), code(&site.named(&first.operation)))?;
    }
    nodes(out, site)
}

/// Writes the answers of a cache's nodes, and what is odd about them.
fn nodes(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    site.tallies().iter().try_for_each(|tally| writeln!(out, "  - {}", code(&tally.to_string())))?;
    site.warnings().iter().try_for_each(|warning| writeln!(out, "- **warning**: {}", code(warning)))
}

/// Writes that the mark has moved, or could not be moved.
fn mark(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    let Some(marked) = &site.mark else { return Ok(()) };
    match &marked.standing {
        Standing::Moved => writeln!(out, "- the mark has moved: {}", code(&marked.store)),
        Standing::Failed(why) => writeln!(out, "- **the mark has not moved**: {}", code(why)),
        // Why it stays is a note of the plan.
        Standing::Stays(_) | Standing::Untouched | Standing::There => Ok(()),
    }
}

fn notes(out: &mut dyn Write, site: &SiteReport<'_>) -> io::Result<()> {
    site.plan.notes.iter().try_for_each(|note| writeln!(out, "> note: {}\n", code(note)))
}

/// Writes a line for each file, folded as on a terminal, and each operation below it where one can open that.
fn list(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let rows = Rows::of(site.plan);
    let most = Detail::Screenful.most();
    for number in rows.alone.iter().take(most) {
        writeln!(out, "- {}", operation(site, &site.plan.operations[*number]))?;
    }
    if rows.alone.len() > most {
        writeln!(out, "- and {} more", grouped(rows.alone.len() - most))?;
    }
    let files = list::folded(site, &rows, most);
    for row in &files {
        let amount = if row.amount.is_empty() { String::new() } else { format!(" ({})", row.amount) };
        let bears_on = if row.bears_on.is_empty() { String::new() } else { format!("; {}", row.bears_on) };
        let name = if row.is_rest { row.name.clone() } else { code(&row.name) };
        let status = row.status.map_or(String::new(), |status| format!("{} ", status.word()));
        writeln!(out, "- {status}{name}{amount}: {}{bears_on}", row.kinds)?;
    }
    if !files.is_empty() || !rows.alone.is_empty() {
        writeln!(out)?;
    }
    operations(out, site, detail)
}

fn operations(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let operations = &site.plan.operations;
    let entries = operations.iter().map(|planned| operation(site, planned));
    folded(out, &counted(operations.len(), "operation"), entries, most(detail))
}

/// Says one operation with its reasons.
fn operation(site: &SiteReport<'_>, planned: &PlannedOperation) -> String {
    let reasons: Vec<String> = planned.reasons.iter().map(|r| site.plan.why(r)).collect();
    let because = if reasons.is_empty() { String::new() } else { format!(": {}", code(&reasons.join("; "))) };
    format!("{}{because}", code(&site.named(&planned.operation)))
}
