//! A mark for people.

use std::io::{self, Write};

use super::report::{MarkReport, Step};
use crate::display::{grouped, shown};
use crate::mark::Moment;
use crate::report::date::dated;
use crate::report::page::Page;
use crate::report::style::{STRONG, WARN};
use crate::report::view::View;

/// Open moments that are named; more say nothing new.
const MOST_NAMED: usize = 3;

/// Writes one site's mark: `www: 90cd55fdaa of 2026-11-20 12:00 UTC (refs/diffpurge/www)`, `www: no mark (…)`; with the moments that are
/// open, and what it is for.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, report: &MarkReport<'_>, view: View) -> io::Result<()> {
    let page = &mut Page::new(out, view);
    let MarkReport { site, store, mark, identity, .. } = report;
    let at = mark.at.as_ref().map_or_else(|| format!("{WARN}no mark{WARN:#}"), short);
    let of = report.committed.map_or(String::new(), |seconds| format!(" of {}", dated(seconds)));
    let (purged, open): (Vec<&Moment>, Vec<&Moment>) = mark.open.iter().partition(|open| open.is_purged());
    let open = beside(&format!("{WARN}live since, and not purged completely{WARN:#}"), &open);
    let purged = beside("purged beside it, so that it is compared with too", &purged);
    page.line(&format!("{STRONG}{site}{STRONG:#}: {at}{of} ({store}){open}{purged}"))?;
    if let Some(seconds) = report.written {
        page.line(&format!("  written {}", dated(seconds)))?;
    }
    let caches: Vec<String> = identity.caches.iter().map(ToString::to_string).collect();
    let output = match report.record().map(|record| &*record.output) {
        None => String::new(),
        Some("") => "the whole tree as ".to_owned(),
        Some(output) => format!("{} as ", shown(output.as_bytes())),
    };
    page.line(&format!("  for {output}{} in {}", identity.base_urls.join(", "), caches.join(", then ")))
}

/// Names some moments beside the mark; nothing where there are none.
fn beside(what: &str, moments: &[&Moment]) -> String {
    let mut named: Vec<String> = moments.iter().take(MOST_NAMED).map(|moment| short(moment)).collect();
    if moments.len() > MOST_NAMED {
        named.push(format!("and {} more", grouped(moments.len() - MOST_NAMED)));
    }
    if named.is_empty() { String::new() } else { format!("; {what}: {}", named.join(", ")) }
}

/// Writes that a site's mark was set or cleared: `www: mark set to HEAD (90cd55fdaa) (refs/diffpurge/www)`.
///
/// # Errors
/// When `out` cannot be written.
pub fn step_human(out: &mut dyn Write, site: &str, store: &str, step: Step<'_>) -> io::Result<()> {
    match step {
        Step::Set { spec, id } => {
            writeln!(out, "{site}: mark set to {} ({}) ({store})", shown(spec.as_bytes()), digits(id))
        }
        Step::Cleared => writeln!(out, "{site}: mark cleared ({store})"),
    }
}

/// Returns the first digits of the revision, or else of the web root's tree.
fn short(moment: &Moment) -> String {
    match &moment.revision {
        Some(revision) => digits(revision),
        None => format!("tree {}", digits(&moment.id)),
    }
}

fn digits(id: &str) -> String {
    id.chars().take(10).collect()
}
