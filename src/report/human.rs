//! The report for a person at 6 pm: what, between what, how much, how long, then the list.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Detail, Failure, SiteReport, human_proofs};
use crate::config::Mode;
use crate::display::{counted, grouped, shown};
use crate::mapping::Kind;
use crate::mark::Outcome;
use crate::plan::{ACCEPTED_BEFORE, Base, BaseOf, Basis, Batch, Plan, Planned};
use crate::provider::Cloudflare;
use crate::snapshot::SnapshotName;

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The widest URL that reasons are still aligned behind.
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
        if !matches!(plan.basis, Basis::Unknown { .. }) {
            writeln!(out, "  {}", paths(plan))?;
        }
        writeln!(out, "  {}", cost(site))?;
    }
    for note in &plan.notes {
        writeln!(out, "  {WARN}note{WARN:#}: {note}")?;
    }
    held_back(out, plan, detail)?;
    list(out, site, detail)
}

/// The files that are not purged since they differ only in what is volatile.
fn held_back(out: &mut dyn Write, plan: &Plan, detail: Detail) -> io::Result<()> {
    /// Files that are named where there is no room for all.
    const NAMED: usize = 3;
    let files = &plan.changes.held_back;
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
    writeln!(out, "  {DIM}held back, as only volatile parts differ: {}{more}{DIM:#}", named.join(", "))
}

/// `nothing changed between A (…) and B (…)`.
#[must_use]
pub fn nothing(plan: &Plan) -> String {
    let counts = plan.counts;
    let mut but = Vec::new();
    if counts.ignored > 0 {
        but.push(format!("{} ignored", counted(counts.ignored, "changed path")));
    }
    if counts.left > 0 {
        let stays = if counts.left == 1 { "stays" } else { "stay" };
        but.push(format!("{} with a content hash in the name {stays} cached", counted(counts.left, "deleted file")));
    }
    if counts.held_back > 0 {
        let differ = if counts.held_back == 1 { "differs" } else { "differ" };
        but.push(format!("{} {differ} only in what is volatile", counted(counts.held_back, "file")));
    }
    let without = counts.total().saturating_sub(counts.ignored + counts.left);
    if without > 0 && plan.notes.iter().all(|note| note != ACCEPTED_BEFORE) {
        but.push(format!("{} to which the rules give no URL", counted(without, "changed path")));
    }
    let but = if but.is_empty() { String::new() } else { format!(" ({})", but.join("; ")) };
    let what =
        if counts.total() > counts.ignored || counts.held_back > 0 { "nothing to purge" } else { "nothing changed" };
    match &plan.basis {
        Basis::Snapshots { from, to, base } => format!("{what} between {} and {}{but}", was(from, base), name(to)),
        Basis::Unknown { .. } | Basis::Paths { .. } | Basis::Events { .. } => {
            format!("nothing to purge: {}{but}", basis(plan))
        }
    }
}

fn name(snapshot: &SnapshotName) -> String {
    if snapshot.spec == snapshot.id {
        snapshot.short_id().to_owned()
    } else {
        format!("{} ({})", shown(snapshot.spec.as_bytes()), snapshot.short_id())
    }
}

/// That the mark has moved, or why it has not.
fn mark(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let Some(marked) = site.mark.as_ref().filter(|_| detail != Detail::Brief) else { return Ok(()) };
    let (Basis::Snapshots { to, .. } | Basis::Unknown { to, .. }) = &site.plan.basis else { return Ok(()) };
    let (site, store) = (&site.plan.site, &marked.store);
    match &marked.outcome {
        Outcome::Moved => writeln!(out, "{STRONG}{site}{STRONG:#}: the mark is at {} now ({store})", name(to)),
        // Why it stays is a note of the plan, and why it could not be moved the run's error.
        Outcome::Stays(_) | Outcome::Failed(_) | Outcome::Untouched | Outcome::There => Ok(()),
    }
}

/// `HEAD~1 (0123456789)`, `the mark (0123456789)`; with whatever else was compared with TO.
fn was(from: &SnapshotName, base: &Base) -> String {
    let marked = |mark: &SnapshotName| format!("the mark ({})", mark.short_id());
    let mut all = vec![if base.of == BaseOf::Mark { marked(from) } else { name(from) }];
    all.extend(base.mark.as_ref().map(marked));
    all.extend(base.open.iter().map(|open| format!("{}, not purged completely", open.short_id())));
    all.join(" and ")
}

/// `HEAD~1 (0123456789) → HEAD (9876543210)`, `12 paths from changed.txt`.
pub(super) fn basis(plan: &Plan) -> String {
    match &plan.basis {
        Basis::Snapshots { from, to, base } => format!("{} → {}", was(from, base), name(to)),
        Basis::Unknown { to, .. } => format!("unknown → {}", name(to)),
        Basis::Paths { source, count } => {
            format!("{} from {}", counted(*count, "path"), named(source))
        }
        Basis::Events { source, records, paths, .. } => {
            format!("{} in {} from {}", counted(*paths, "path"), counted(*records, "event"), named(source))
        }
    }
}

/// A file, or where else a list came from.
fn named(source: &str) -> String {
    if source == "-" { "standard input".to_owned() } else { shown(source.as_bytes()) }
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
    let left = if counts.left > 0 {
        format!("; {} deleted with a content hash in the name stay cached", grouped(counts.left))
    } else {
        String::new()
    };
    let held_back = if counts.held_back > 0 {
        format!("; {} more only in what is volatile", grouped(counts.held_back))
    } else {
        String::new()
    };
    if matches!(plan.basis, Basis::Paths { .. }) {
        return format!("{} named, and taken for modified{ignored}", counted(counts.total(), "path"));
    }
    if matches!(plan.basis, Basis::Events { .. }) {
        let told = [(counts.modified, "written"), (counts.deleted, "removed")].into_iter().filter(|(n, _)| *n > 0);
        let told: Vec<String> = told.map(|(n, word)| format!("{} {word}", grouped(n))).collect();
        return format!("{}: {}{ignored}{left}", counted(counts.total(), "path"), told.join(", "));
    }
    format!("{} changed: {}{ignored}{left}{held_back}", counted(counts.total(), "path"), by_status.join(", "))
}

/// `31 URLs in 1 request to zone 023e…, at once`.
pub(super) fn cost(site: &SiteReport<'_>) -> String {
    let operations = operations(&site.plan.operations);
    if site.plan.refused.is_some() {
        return operations;
    }
    let seconds = site.expected_seconds();
    let pace = if seconds < 1.0 { "at once".to_owned() } else { format!("in about {seconds:.0} s") };
    let to = destination(site);
    let invalid = |batch: &&Batch| site.plan.mode_of(batch) == Mode::Invalidate;
    let invalidated: usize = site.plan.batches.iter().filter(invalid).map(Batch::size).sum();
    let mode = match invalidated {
        0 => String::new(),
        all if all == site.plan.operations.len() => ", to be invalidated,".to_owned(),
        some => format!(", {} of them to be invalidated,", grouped(some)),
    };
    format!("{operations}{mode} in {}{to}, {pace}", counted(site.plan.batches.len(), "request"))
}

/// ` to zone 023e…`, ` to http://127.0.0.1:6081`, ` to each of 3 endpoints`; nothing where it is not known.
fn destination(site: &SiteReport<'_>) -> String {
    match site.provider.endpoints() {
        [] => {}
        [one] => return format!(" to {one}"),
        all => return format!(" to each of {} endpoints", grouped(all.len())),
    }
    let environment = site.provider.cloudflare().and_then(Cloudflare::environment);
    let environment = environment.map_or(String::new(), |id| format!("environment {} of ", id.as_str()));
    site.zone.map_or(String::new(), |zone| format!(" to {environment}zone {}", zone.as_str()))
}

/// `31 URLs, 1 prefix`: the operations by kind.
fn operations(operations: &[Planned]) -> String {
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
pub fn human_outcome(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    let plan = site.plan;
    let requests = site.receipts.unwrap_or_default().iter().filter(|r| r.is_accepted()).count();
    let (accepted, not) = site.accepted_and_not();
    if let Some(why) = &site.failed {
        return writeln!(out, "{STRONG}{}{STRONG:#}: {BAD}NOT purged{BAD:#}: {why}", plan.title());
    }
    if not == 0 && accepted > 0 {
        let (all, requests) = (operations(&plan.operations), counted(requests, "request"));
        writeln!(out, "{STRONG}{}{STRONG:#}: {GOOD}accepted{GOOD:#}: {all} in {requests}", plan.title())?;
    }
    if not == 0 {
        nodes(out, site, detail)?;
        mark(out, site, detail)?;
        return site.proofs.map_or(Ok(()), |proofs| human_proofs(out, plan.site.as_str(), proofs, detail));
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

/// What the nodes of a cache answered.
fn nodes(out: &mut dyn Write, site: &SiteReport<'_>, detail: Detail) -> io::Result<()> {
    for tally in site.tallies().iter().filter(|_| detail != Detail::Brief) {
        writeln!(out, "  {tally}")?;
    }
    site.warnings().iter().try_for_each(|warning| writeln!(out, "  {WARN}warning{WARN:#}: {warning}"))
}

fn failure(out: &mut dyn Write, site: &SiteReport<'_>, failure: &Failure<'_>, detail: Detail) -> io::Result<()> {
    /// Operations that are named where there is no room for all.
    const NAMED: usize = 3;
    let operations: Vec<&Planned> =
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
