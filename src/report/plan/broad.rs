//! Why a purge takes along what did not change: the first thing that a person has to know of it.

use super::site::SiteReport;
use crate::mapping::Kind;
use crate::plan::Basis;

/// Says why a plan takes along what did not change, where it does.
pub(super) fn broad(site: &SiteReport<'_>) -> Option<String> {
    let plan = site.plan;
    if plan.fallback.is_some() || plan.refused.is_some() {
        return plan.fallback.clone();
    }
    let is_broad = |kind| matches!(kind, Kind::Host | Kind::Everything);
    let broad = plan.operations.iter().map(|planned| &planned.operation).filter(|one| is_broad(one.kind()));
    let names: Vec<String> = broad.map(|operation| site.named(operation)).collect();
    let who = if matches!(plan.basis, Basis::Asked(_)) { "you ask" } else { "a rule asks" };
    (!names.is_empty()).then(|| format!("{who} for {}", names.join(", ")))
}
