//! Plans, and what became of them, as a page.

use std::io::{self, Write};

use super::human::cost;
use super::site::SiteReport;
use super::words::{basis, nothing, paths};
use crate::config::RequestHeaders;
use crate::display::{counted, grouped, line, shown};
use crate::mapping::{Kind, PublicUrl, Reason};
use crate::mark::Standing;
use crate::plan::{Basis, Batch, PlannedOperation};
use crate::report::html::{self as page, Directory, Failed, Listing, Request, Row, Section, Tone};
use crate::report::proof;
use crate::send::Receipt;

/// Operations that a page lists. A browser shows them in a second, and nobody reads on.
const MOST: usize = 50_000;
/// Requests that a page lists one by one.
const MOST_REQUESTS: usize = 100;
/// Names that stand below a reason of failure.
const NAMED: usize = 5;
/// Bytes of a body that are shown.
const LARGEST_BODY: usize = 16 * 1024;

/// Writes all sites as one page, also those that have no plan, with the reason.
///
/// # Errors
/// When `out` cannot be written.
pub fn html(out: &mut dyn Write, sites: &[SiteReport<'_>], unplanned: &[(String, String)]) -> io::Result<()> {
    let mut sections = sites.iter().map(section).collect::<io::Result<Vec<_>>>()?;
    for (name, why) in unplanned {
        let mut section = Section::new(line(name), &Listing::default())?;
        (section.tone, section.verdict) = (Tone::Bad, format!("no plan: {}", line(why)));
        sections.push(section);
    }
    let mut names: Vec<String> = sites.iter().map(|site| site.plan.site.to_string()).collect();
    names.extend(unplanned.iter().map(|(name, _)| name.clone()));
    names.dedup();
    let what = if sites.iter().any(|site| site.receipts.is_some()) { "Purge of" } else { "Plan for" };
    page::write(out, &format!("{what} {}", names.join(", ")), &sections)
}

fn section(site: &SiteReport<'_>) -> io::Result<Section> {
    let plan = site.plan;
    let mut listing = listing(site);
    if let Some(proofs) = site.proofs {
        proof::answers(&mut listing, proofs);
    }
    let mut section = Section::new(plan.title(), &listing)?;
    (section.tone, section.verdict) = verdict(site);
    section.facts = facts(site);
    section.notes.clone_from(&plan.notes);
    section.notes.extend(site.warnings());
    if plan.operations.len() > MOST {
        section.notes.push(format!(
            "this page lists {} of the {}",
            grouped(MOST),
            counted(plan.operations.len(), "operation")
        ));
    }
    section.failures = failures(site);
    let changes = &plan.changes;
    section.kept = [
        ("Held back, as only volatile parts differ", &changes.held_back),
        ("Deleted, and left cached for open tabs", &changes.left),
    ]
    .into_iter()
    .filter(|(_, files)| !files.is_empty())
    .map(|(why, files)| (why.to_owned(), files.iter().map(|path| shown(path)).collect()))
    .collect();
    let takes_all = |planned: &PlannedOperation| matches!(planned.operation.kind(), Kind::Everything | Kind::Host);
    if plan.operations.iter().any(takes_all) {
        section.unchanged_word = "unchanged, and evicted too";
    }
    section.list_heading =
        if site.proofs.is_some() { "The URLs, and what visitors get" } else { "What is purged, and why" };
    requests(site, &mut section);
    if !changes.paths.is_empty() || site.outline.is_some() {
        section.draw(&Directory::top(changes, site.outline));
    }
    Ok(section)
}

/// Says how it went, or what would happen, in one sentence.
fn verdict(site: &SiteReport<'_>) -> (Tone, String) {
    let plan = site.plan;
    if let Some(refused) = &plan.refused {
        return (Tone::Bad, format!("Refused, and nothing is purged: {refused}"));
    }
    if let Some(why) = &site.failed {
        return (Tone::Bad, format!("Not purged: {}", line(why)));
    }
    if plan.is_empty() {
        return (Tone::Good, nothing(plan));
    }
    let (accepted, not) = site.accepted_and_not();
    if not > 0 {
        return (Tone::Bad, format!("Not purged: {} of {}", grouped(not), counted(accepted + not, "operation")));
    }
    match (site.proofs, site.receipts, &plan.fallback) {
        (Some(proofs), ..) if !proofs.hold() => (Tone::Bad, proof::summary(proofs)),
        (Some(proofs), ..) => (Tone::Good, proof::summary(proofs)),
        (None, Some(_), _) => (Tone::Good, format!("Accepted: {}", cost(site))),
        (None, None, Some(because)) => (Tone::Broad, because.clone()),
        (None, None, None) => (Tone::Plain, format!("To be purged: {}", cost(site))),
    }
}

fn facts(site: &SiteReport<'_>) -> Vec<String> {
    let plan = site.plan;
    if plan.is_empty() {
        return Vec::new();
    }
    let mut facts = vec![basis(plan)];
    if !matches!(plan.basis, Basis::Unknown { .. }) {
        facts.push(paths(plan));
    }
    if let Some(because) = plan.fallback.as_ref().filter(|_| site.receipts.is_some()) {
        facts.push(because.clone());
    }
    // Where the verdict is about something else.
    if plan.fallback.is_some() || plan.refused.is_some() || site.proofs.is_some() || site.failed.is_some() {
        facts.push(cost(site));
    }
    facts.extend(site.tallies().iter().map(ToString::to_string));
    if let Some(marked) = &site.mark {
        match &marked.standing {
            Standing::Moved => facts.push(format!("the mark has moved: {}", marked.store)),
            Standing::Failed(why) => facts.push(format!("the mark could not be moved: {}", line(why))),
            Standing::Stays(_) | Standing::Untouched | Standing::There => {}
        }
    }
    facts
}

fn failures(site: &SiteReport<'_>) -> Vec<Failed> {
    let failed = |failure: super::site::Failure<'_>| {
        let all = failure.receipts.iter().flat_map(|receipt| &site.plan.operations[receipt.batch.operations()]);
        let named: Vec<String> = all.clone().take(NAMED).map(|planned| site.named(&planned.operation)).collect();
        Failed {
            word: failure.word.to_owned(),
            why: line(failure.why),
            more: all.count() - named.len(),
            named,
            advice: failure.advice.map(str::to_owned),
        }
    };
    site.failures_by_reason().into_iter().map(failed).collect()
}

fn listing(site: &SiteReport<'_>) -> Listing {
    let plan = site.plan;
    let mut listing = Listing::default();
    let names: Vec<String> = plan.changes.paths.iter().map(|change| shown(&change.path)).collect();
    for (name, change) in names.iter().zip(&plan.changes.paths) {
        listing.file(name.clone(), change.status.word());
    }
    for planned in plan.operations.iter().take(MOST) {
        let url = planned.operation.url();
        let reason = |reason: &Reason| {
            let words = plan.why(reason);
            let file = file_of(*reason).filter(|file| words.starts_with(&names[*file]));
            match file {
                Some(file) => (Some(file), words[names[file].len()..].to_owned()),
                None => (None, words),
            }
        };
        listing.row(Row {
            text: line(planned.operation.text()),
            kind: word(planned.operation.kind()),
            headers: url.and_then(PublicUrl::headers).map(RequestHeaders::to_string).map(|text| line(&text)),
            reasons: planned.reasons.iter().map(reason).collect(),
        });
    }
    for receipt in site.receipts.unwrap_or_default() {
        listing.receipt(receipt.batch.operations().start, receipt.batch.size(), receipt.word());
    }
    listing
}

/// Names a kind, as the documents do.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Url => "url",
        Kind::Prefix => "prefix",
        Kind::Tag => "tag",
        Kind::Host => "host",
        Kind::Everything => "everything",
    }
}

/// Returns the number of the changed path that a reason is about.
fn file_of(reason: Reason) -> Option<usize> {
    match reason {
        Reason::Path(i, ..)
        | Reason::Rewrite(i, ..)
        | Reason::SideEffect(i, ..)
        | Reason::Template(i, ..)
        | Reason::Rule(_, i, _) => Some(i as usize),
        Reason::Asked | Reason::Directory(..) | Reason::Entry(..) | Reason::Always | Reason::Cover(..) => None,
    }
}

fn requests(site: &SiteReport<'_>, section: &mut Section) {
    let plan = site.plan;
    let call = |batch: &Batch| site.provider.call(plan.mode_of(batch), &plan.items(batch));
    let row = |batch: &Batch, receipt: Option<&Receipt>| {
        let call = call(batch);
        let host = call.host.as_ref().map_or(String::new(), |host| format!(" ({host})"));
        Request {
            line: line(&format!("{} {}{host}", call.method, call.path)),
            operations: operations(site, batch),
            answer: receipt.map(answer).unwrap_or_default(),
            is_bad: receipt.is_some_and(|receipt| !receipt.is_accepted()),
        }
    };
    section.is_sent = site.receipts.is_some();
    let (all, rows): (usize, Vec<Request>) = match site.receipts {
        Some(receipts) => {
            // Those that failed are what somebody looks for.
            let mut sorted: Vec<&Receipt> = receipts.iter().collect();
            sorted.sort_by_key(|receipt| receipt.is_accepted());
            (receipts.len(), sorted.into_iter().take(MOST_REQUESTS).map(|one| row(&one.batch, Some(one))).collect())
        }
        None => (plan.batches.len(), plan.batches.iter().take(MOST_REQUESTS).map(|batch| row(batch, None)).collect()),
    };
    section.more_requests = all - rows.len();
    section.requests = rows;
    let body = plan.batches.first().and_then(|batch| call(batch).body).map(|body| body.bytes);
    section.body = body.filter(|bytes| bytes.len() <= LARGEST_BODY).and_then(|bytes| String::from_utf8(bytes).ok());
}

/// Names the operations of a request: the one, or how many from which on.
fn operations(site: &SiteReport<'_>, batch: &Batch) -> String {
    let operations = &site.plan.operations[batch.operations()];
    let first = operations.first().map(|planned| site.named(&planned.operation)).unwrap_or_default();
    if operations.len() > 1 { format!("{first} and {} more", grouped(operations.len() - 1)) } else { first }
}

/// Says what came back: `accepted, 200, 2 attempts, 0.4 s`.
fn answer(receipt: &Receipt) -> String {
    let status = receipt.status.map(|status| format!(", {status}")).unwrap_or_default();
    let attempts = if receipt.attempts > 1 { format!(", {} attempts", receipt.attempts) } else { String::new() };
    let ray = receipt.support_id.as_ref().map(|id| format!(", {}", line(id))).unwrap_or_default();
    let why = receipt.why().map(|why| format!(": {}", line(why))).unwrap_or_default();
    format!("{}{status}{attempts}, {:.1} s{ray}{why}", receipt.word(), receipt.seconds)
}
