//! A plan for a person at 6 pm: the comparison, the amount, the time, then the list. Its outcome is left to [`super::outcome`].

use std::io::{self, Write};

use super::kinds::Kinds;
use super::list::list;
use super::site::SiteReport;
use super::words::{basis, broad, nothing, paths};
use crate::config::Mode;
use crate::display::{counted, grouped, shown};
use crate::plan::{Basis, Batch};
use crate::report::detail::Detail;
use crate::report::page::Page;
use crate::report::style::{BAD, DIM, LOUD, STRONG, WARN};
use crate::report::view::View;

/// Writes one site's plan.
///
/// # Errors
/// When `out` cannot be written.
pub fn human(out: &mut dyn Write, site: &SiteReport<'_>, view: View) -> io::Result<()> {
    let page = &mut Page::new(out, view);
    let plan = site.plan;
    let broad = broad(site);
    let headline = match (&broad, &plan.refused) {
        (_, Some(r)) => format!("{BAD}{}: refused, nothing is purged{BAD:#}", r.what()),
        (Some(because), _) => {
            let word = if plan.fallback_mode == Mode::Invalidate { "BROAD INVALIDATION" } else { "BROAD PURGE" };
            format!("{LOUD}{word}{LOUD:#}: {WARN}{because}{WARN:#}")
        }
        _ if plan.is_empty() => nothing(plan),
        _ => basis(plan),
    };
    page.line(&format!("{STRONG}{}{STRONG:#}: {headline}", plan.title()))?;
    if !plan.is_empty() {
        if broad.is_some() || plan.refused.is_some() {
            page.line(&format!("  {}", basis(plan)))?;
        }
        if !matches!(plan.basis, Basis::Unknown { .. } | Basis::Asked(_)) {
            page.line(&format!("  {}", paths(plan)))?;
        }
        page.line(&format!("  {}", cost(site)))?;
    }
    for note in &plan.notes {
        page.line(&format!("  {WARN}note{WARN:#}: {note}"))?;
    }
    let changes = &plan.changes;
    files(page, "held back, as only volatile parts differ", &changes.held_back)?;
    files(page, "deleted, and left cached for open tabs", &changes.left)?;
    list(page, site)
}

/// Writes the files that are not purged for a reason of their own.
fn files(page: &mut Page<'_>, why: &str, files: &[Box<[u8]>]) -> io::Result<()> {
    /// Files that are named where there is no room for all.
    const NAMED: usize = 3;
    let detail = page.detail();
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
    page.line(&format!("  {DIM}{why}: {}{more}{DIM:#}", named.join(", ")))
}

/// Says what a plan costs: `31 URLs in 1 request to zone 023e…, at once`.
pub(super) fn cost(site: &SiteReport<'_>) -> String {
    let operations = Kinds::of(&site.plan.operations);
    if site.plan.refused.is_some() {
        return operations.to_string();
    }
    let seconds = site.expected_seconds();
    let pace = if seconds < 1.0 { "at once".to_owned() } else { format!("in about {}", lasting(seconds)) };
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

/// Says how long it is: `45 s`, `12 min`, `3 h 20 min`.
fn lasting(seconds: f64) -> String {
    /// Seconds from which minutes say more.
    const LONG: f64 = 120.0;
    if seconds < LONG {
        return format!("{seconds:.0} s");
    }
    // A plan of more minutes than a u32 holds is sent by nobody.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds from now are positive and few"
    )]
    let minutes = (seconds / 60.0).round() as u32;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
