//! The outcome of a purge, as its formats take it, and in words.

use crate::display::{counted, grouped, line};
use crate::proof::{Freshness, Proofs};
use crate::report::plan::SiteReport;

/// Reasons that are told for each site.
const REASONS: usize = 3;

/// The outcome of a run.
#[derive(Debug, Clone)]
pub struct OutcomeReport {
    /// In one word: `purged`, `nothing`, `refused`, `failed`.
    pub status: &'static str,
    /// Each site once for each of its caches; none where the run ended before anything was planned.
    pub sites: Vec<SiteOutcome>,
    /// The run's errors, each on one line.
    pub errors: Vec<String>,
}

/// What became of one site.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SiteOutcome {
    /// Its name, with the layer where there are several.
    site: String,
    /// In one word: `purged`, `nothing`, `failed`.
    status: &'static str,
    /// What the plan was made from.
    basis: String,
    /// How many URLs the changes mean.
    urls: usize,
    operations: usize,
    accepted: usize,
    not_accepted: usize,
    /// URLs that were asked for afterwards and are stale, where they were asked for.
    stale: Option<usize>,
    /// Why the plan is broader than the changes.
    fallback: Option<String>,
    /// Why something was not purged.
    why: Vec<String>,
}

impl SiteOutcome {
    /// Sums a site's report up.
    #[must_use]
    pub fn of(report: &SiteReport<'_>) -> SiteOutcome {
        let plan = report.plan;
        let (accepted, not) = report.accepted_and_not();
        let open = plan.operations.len().saturating_sub(accepted);
        let stale = report.proofs.map(|proofs| proofs.count(Freshness::Stale));
        let failures = report.failures_by_reason();
        let why = report.failed.iter().map(String::as_str).chain(failures.iter().map(|failure| failure.why));
        let mut why: Vec<String> = why.take(REASONS).map(line).collect();
        why.extend(stale.filter(|stale| *stale > 0).map(|stale| format!("{} stale", counted(stale, "URL"))));
        let holds = report.proofs.is_none_or(Proofs::hold);
        let status = match (report.failed.is_none() && open == 0 && holds, plan.is_empty()) {
            (false, _) => "failed",
            (true, true) => "nothing",
            (true, false) => "purged",
        };
        SiteOutcome {
            site: plan.title(),
            status,
            basis: report.basis(),
            urls: plan.urls,
            operations: plan.operations.len(),
            accepted,
            not_accepted: if report.failed.is_some() { open } else { not },
            stale,
            fallback: plan.fallback.clone(),
            why,
        }
    }

    /// True when there was nothing to purge.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.status == "nothing"
    }

    /// Returns it on one line.
    fn text(&self) -> String {
        let SiteOutcome { site, basis, operations, not_accepted, .. } = self;
        let all = counted(*operations, "operation");
        let became = match self.status {
            "nothing" => "nothing to purge".to_owned(),
            "purged" => format!("{all} accepted"),
            _ if *not_accepted > 0 => format!("NOT purged: {} of {all}", grouped(*not_accepted)),
            _ => format!("NOT proved, after {all}"),
        };
        let more = self.fallback.iter().chain(&self.why).map(|text| format!("; {text}")).collect::<Vec<_>>().concat();
        format!("{site}: {basis}: {became}{more}")
    }
}

impl OutcomeReport {
    /// Returns it in lines, the first of which says all.
    pub(super) fn lines(&self) -> Vec<String> {
        let first = match self.status {
            "purged" => "diffpurge: purged",
            "nothing" => "diffpurge: nothing to purge",
            "refused" => "diffpurge: refused, nothing was purged",
            _ => "diffpurge: NOT purged completely",
        };
        let errors = self.errors.iter().map(|error| format!("error: {error}"));
        let lines = [first.to_owned()].into_iter().chain(self.sites.iter().map(SiteOutcome::text)).chain(errors);
        lines.map(|text| line(&text)).collect()
    }
}
