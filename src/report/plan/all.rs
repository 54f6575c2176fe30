//! The reports of all sites of a run, one below the other. Where nothing changed in many of them, these share a line.
//!
//! A repository of two hundred sites deploys one of them: the one that changed is what a person looks for. Each site's own part is left to
//! [`super::human`], [`super::outcome`] and [`super::markdown`].

use std::io::{self, Write};

use super::broad::broad;
use super::human::human;
use super::markdown::markdown;
use super::outcome::{marked, outcome_human};
use super::site::SiteReport;
use super::words::nothing;
use crate::display::{counted, grouped};
use crate::report::detail::Detail;
use crate::report::page::Page;
use crate::report::style::STRONG;
use crate::report::view::View;

/// Sites that share a line: fewer fit a screen as they are.
const MANY: usize = 4;

/// Names in such a line; all are there with `-v`.
const NAMED: usize = 5;

/// Sites in which nothing changed, for the same reason in the same words.
struct Folded<'r, 's> {
    words: String,
    sites: Vec<&'r SiteReport<'s>>,
}

/// Writes the plans of all sites.
///
/// # Errors
/// When `out` cannot be written.
pub fn all_human(out: &mut dyn Write, reports: &[SiteReport<'_>], view: View) -> io::Result<()> {
    let (apart, folded) = split(reports, view.detail);
    let mut gap = "";
    for report in apart {
        out.write_all(gap.as_bytes())?;
        human(out, report, view)?;
        gap = "\n";
    }
    for all in folded {
        out.write_all(gap.as_bytes())?;
        Page::new(out, view).line(&format!("{STRONG}{}{STRONG:#}: {}", all.count(), all.words))?;
        if view.detail != Detail::Brief {
            Page::new(out, view).line(&format!("  {}", all.names()))?;
        }
        gap = "\n";
    }
    Ok(())
}

/// Writes what became of all plans.
///
/// # Errors
/// When `out` cannot be written.
pub fn all_outcomes(out: &mut dyn Write, reports: &[SiteReport<'_>], view: View) -> io::Result<()> {
    let (apart, folded) = split(reports, view.detail);
    apart.into_iter().try_for_each(|report| outcome_human(out, report, view))?;
    for all in folded {
        let places = all.sites.iter().filter_map(|report| marked(report));
        let at = places.fold((0, String::new()), |(moved, _), (at, _)| (moved + 1, at));
        if let (moved @ 1.., at) = at
            && view.detail != Detail::Brief
        {
            Page::new(out, view)
                .line(&format!("{STRONG}{}{STRONG:#}: the marks are at {at}", counted(moved, "site")))?;
        }
    }
    Ok(())
}

/// Writes the parts of all sites as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn all_markdown(out: &mut dyn Write, reports: &[SiteReport<'_>], detail: Detail) -> io::Result<()> {
    let (apart, folded) = split(reports, detail);
    apart.into_iter().try_for_each(|report| markdown(out, report, detail))?;
    for all in folded {
        writeln!(out, "### No purge of {}\n\n{}: {}.\n", all.count(), all.words.replacen('n', "N", 1), all.names())?;
    }
    Ok(())
}

/// Writes what `of` says of each plan beside a list, in a line each.
///
/// # Errors
/// When `out` cannot be written.
pub fn all_beside(
    out: &mut dyn Write,
    reports: &[SiteReport<'_>],
    detail: Detail,
    of: impl Fn(&SiteReport<'_>) -> Vec<String>,
) -> io::Result<()> {
    let (apart, folded) = split(reports, detail);
    for report in apart {
        of(report).iter().try_for_each(|text| writeln!(out, "note: {}: {text}", report.plan.site))?;
    }
    folded.iter().try_for_each(|all| writeln!(out, "note: {}: {}", all.count(), all.words))
}

/// Takes apart the sites that have a part of their own and those that share one, these by what is said of them.
fn split<'r, 's>(reports: &'r [SiteReport<'s>], detail: Detail) -> (Vec<&'r SiteReport<'s>>, Vec<Folded<'r, 's>>) {
    let mut folded: Vec<Folded<'r, 's>> = Vec::new();
    if detail != Detail::Full {
        for report in reports.iter().filter(|report| is_plain(report)) {
            let words = nothing(report.plan);
            match folded.iter_mut().find(|known| known.words == words) {
                Some(known) => known.sites.push(report),
                None => folded.push(Folded { words, sites: vec![report] }),
            }
        }
        folded.retain(|all| all.named().len() >= MANY);
    }
    let is_folded = |report: &&SiteReport<'_>| folded.iter().any(|all| all.holds(report));
    (reports.iter().filter(|report| !is_folded(report)).collect(), folded)
}

/// Returns true where nothing is to be said of a site but that nothing changed.
fn is_plain(report: &SiteReport<'_>) -> bool {
    let SiteReport { plan, receipts, proofs, failed, .. } = report;
    let changes = &plan.changes;
    plan.is_empty()
        && plan.refused.is_none()
        && broad(report).is_none()
        && plan.notes.is_empty()
        && changes.held_back.is_empty()
        && changes.left.is_empty()
        && receipts.is_none_or(<[_]>::is_empty)
        && proofs.is_none_or(|proofs| proofs.of == 0)
        && failed.is_none()
}

impl Folded<'_, '_> {
    fn holds(&self, report: &SiteReport<'_>) -> bool {
        self.sites.iter().any(|site| std::ptr::eq(*site, report))
    }

    /// Returns the names of the sites; one with several caches has a report for each.
    fn named(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sites.iter().map(|report| report.plan.site.as_str()).collect();
        names.dedup();
        names
    }

    fn count(&self) -> String {
        counted(self.named().len(), "site")
    }

    fn names(&self) -> String {
        let names = self.named();
        let shown = names[..names.len().min(NAMED)].join(", ");
        match names.len().saturating_sub(NAMED) {
            0 => shown,
            more => format!("{shown} and {} more (all with -v)", grouped(more)),
        }
    }
}
