//! The plan of all of a site, and why: nobody knows what was live before, or more changed than can be listed.
//!
//! The narrowest that is certain to hold every URL of the site: its hosts, and whatever its rules name beside them. `then`
//! decides whether that may be.

use super::Plan;
use super::basis::Basis;
use super::batch::Batch;
use super::capabilities::Capabilities;
use super::counts::Counts;
use super::expressing::express;
use super::hosts::hosts;
use super::planned::{PlannedOperation, in_order};
use super::setting::Setting;
use crate::changes::Changes;
use crate::config::{Fallback, HostName, Prefix, Scope, Site};
use crate::display::grouped;
use crate::mapping::Operation;
use crate::snapshot::SnapshotName;

impl Plan {
    /// Plans for a site that has become `to`, `why` saying why it is not known what it was; `None` where the site's threshold
    /// says that nothing broader than a list may be purged.
    #[must_use]
    pub fn unknown(site: &Site, why: &str, to: &SnapshotName, setting: &Setting<'_>) -> Option<Plan> {
        let wide = match site.threshold.then {
            Fallback::Fail => return None,
            // A rule says of some file that all is stale when it changes, and it may have.
            _ if site.rules.iter().any(|(_, rule)| rule.scope == Some(Scope::Everything)) => {
                (vec![PlannedOperation::broad(Operation::Everything)], format!("in the {}", setting.capabilities.whole))
            }
            Fallback::Prefixes => prefixes(site),
            Fallback::Hosts | Fallback::Everything => everything_under(site, &setting.capabilities),
        };
        let basis = Basis::Unknown { why: why.to_owned(), to: to.clone() };
        let because = format!("what was live before is not known ({why})");
        Some(whole(site, wide, &because, basis, setting))
    }

    /// Plans for changes that mean about so many operations, which are too many to be listed; `None` where the site's threshold
    /// allows nothing broader than a list or directories.
    #[must_use]
    pub fn beyond(
        site: &Site,
        operations: usize,
        basis: Basis,
        changes: &Changes,
        setting: &Setting<'_>,
    ) -> Option<Plan> {
        if matches!(site.threshold.then, Fallback::Fail | Fallback::Prefixes) {
            return None;
        }
        let because = format!("the changes mean about {} operations, more than can be listed", grouped(operations));
        let mut plan = whole(site, everything_under(site, &setting.capabilities), &because, basis, setting);
        plan.counts = Counts { held_back: 0, ..Counts::of_changes(changes) };
        plan.urls = operations;
        Some(plan)
    }
}

/// A plan of something broad, and why.
fn whole(
    site: &Site,
    (mut operations, names): (Vec<PlannedOperation>, String),
    because: &str,
    basis: Basis,
    setting: &Setting<'_>,
) -> Plan {
    in_order(&mut operations);
    let mode = setting.capabilities.broad_mode(site.threshold.mode);
    let fallback = format!("{because}: everything {names} is {}", mode.done());
    let expressed = express(site, &mut operations, setting);
    let fallback = expressed.fallback.map_or(fallback, |instead| format!("{because}; {instead}"));
    let mut notes: Vec<String> = setting.others_beside(site).into_iter().chain(expressed.notes).collect();
    notes.dedup();
    let refused = expressed.refused;
    Plan {
        site: site.name.clone(),
        layer: site.layer.clone(),
        basis,
        changes: Changes::default(),
        rules: site.rules.names(),
        counts: Counts::default(),
        urls: 0,
        batches: match &refused {
            Some(_) => Vec::new(),
            None => Batch::all(&operations, setting.capabilities.limits, false),
        },
        operations,
        mode,
        fallback_mode: mode,
        fallback: Some(fallback).filter(|_| refused.is_none()),
        refused,
        notes,
    }
}

/// The site's hosts, and what its rules name beside them.
fn everything_under(site: &Site, able: &Capabilities) -> (Vec<PlannedOperation>, String) {
    let (operations, names) = hosts(site, able, beside(site));
    (operations, format!("under {names}"))
}

/// What the rules name that need not lie under the site's hosts: any of them may be for something that changed.
fn beside(site: &Site) -> Vec<PlannedOperation> {
    let rules = || site.rules.iter().map(|(_, rule)| rule);
    let tags = rules().flat_map(|rule| rule.tags.iter().cloned().map(Operation::Tag));
    let prefixes = rules().flat_map(|rule| rule.prefixes.iter().cloned().map(Operation::Prefix));
    let hosts = rules().flat_map(|rule| rule.hosts.iter().cloned().map(|host: HostName| Operation::Host(host)));
    let mut all: Vec<Operation> = tags.chain(prefixes).chain(hosts).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(PlannedOperation::broad).collect()
}

/// The base URLs as directories, where nothing broader than that is allowed.
fn prefixes(site: &Site) -> (Vec<PlannedOperation>, String) {
    let below = site.base_urls.iter().map(|base| Operation::Prefix(Prefix::below(base, "")));
    let mut wide: Vec<Operation> = below.collect();
    wide.sort_unstable();
    wide.dedup();
    let names: Vec<&str> = wide.iter().map(Operation::text).collect();
    let names = format!("under {}", names.join(", "));
    let mut all = beside(site);
    all.retain(|planned| !wide.contains(&planned.operation));
    all.extend(wide.into_iter().map(PlannedOperation::broad));
    (all, names)
}
