//! The plan of all of a site, and why: nobody knows what was live before, or more changed than can be listed.
//!
//! It is certain to hold every URL of the site, and whatever the site's rules name beside them. For an unknown base
//! `unknown_base` says how broad it is, for too many operations `then`.

use super::Plan;
use super::basis::Basis;
use super::batch::Batch;
use super::broad::Broad;
use super::cause::Cause;
use super::counts::Counts;
use super::expressing::express;
use super::instead::Instead;
use super::notes;
use super::planned::PlannedOperation;
use super::refused::{Refused, beyond};
use super::setting::Setting;
use crate::changes::Changes;
use crate::config::{Fallback, Scope, Site, UnknownBase};
use crate::mapping::Operation;
use crate::snapshot::SnapshotName;

impl Plan {
    /// Plans for a site that has become `to`, `why` saying why it is not known what it was; `None` where the site's
    /// `unknown_base` is `fail`.
    #[must_use]
    pub fn unknown(site: &Site, why: &str, to: &SnapshotName, setting: &Setting<'_>) -> Option<Plan> {
        // A rule says of some file that all is stale when it changes, and it may have.
        let by_rule = site.rules.iter().any(|(_, rule)| rule.scope == Some(Scope::Everything));
        let broad = match site.unknown_base {
            UnknownBase::Fail => return None,
            UnknownBase::Site if !by_rule => Broad::hosts(site, setting, beside(site)),
            UnknownBase::Site | UnknownBase::Everything => Broad::everything(site, setting, beside(site)),
        };
        let basis = Basis::Unknown { why: why.to_owned(), to: to.clone() };
        let mut because = format!("what was live before is not known ({why})");
        if by_rule && site.unknown_base == UnknownBase::Site {
            because.push_str(", and a rule has `scope = \"everything\"`");
        }
        Some(whole(site, broad, (because, Cause::UnknownBase), basis, setting))
    }

    /// Plans for changes that mean about so many operations, which are too many to be listed: what the site's `then` names.
    #[must_use]
    pub fn beyond(site: &Site, operations: usize, basis: Basis, changes: &Changes, setting: &Setting<'_>) -> Plan {
        let broad = match site.threshold.then {
            Fallback::Prefixes => Broad::prefixes(site, setting, beside(site)),
            // The changes are not listed, so that the narrowest that is certain to hold them is the hosts.
            Fallback::Hosts | Fallback::Narrowest => Broad::hosts(site, setting, beside(site)),
            Fallback::Everything => Broad::everything(site, setting, beside(site)),
            Fallback::Fail => Broad { operations: Vec::new(), name: String::new(), notes: Vec::new() },
        };
        let mut plan = whole(site, broad, (beyond(operations), Cause::Beyond { operations }), basis, setting);
        plan.counts = Counts { held_back: 0, ..Counts::of_changes(changes) };
        plan.urls = operations;
        if site.threshold.then == Fallback::Fail {
            (plan.fallback, plan.refused) = (None, Some(Refused::Beyond { site: site.name.clone(), operations }));
        }
        plan
    }
}

/// A plan of something broad, and why.
fn whole(site: &Site, broad: Broad, (because, cause): (String, Cause), basis: Basis, setting: &Setting<'_>) -> Plan {
    let Broad { mut operations, name, mut notes } = broad;
    let mode = setting.capabilities.broad_mode(site.threshold.mode);
    let expressed = express(site, &mut operations, setting);
    let fallback = match expressed.fallback {
        Some(instead) => format!("{because}; {instead}"),
        None => Instead { because, name }.sentence(mode),
    };
    notes.extend(expressed.notes);
    notes::unrepeated(&mut notes);
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
        causes: std::iter::once(cause).chain(expressed.causes).collect(),
        refused,
        notes,
    }
}

/// Returns the things that rules name and that need not lie under the site's hosts: any of them may be for something that changed.
fn beside(site: &Site) -> Vec<PlannedOperation> {
    let rules = || site.rules.iter().map(|(_, rule)| rule);
    let tags = rules().flat_map(|rule| rule.tags.iter().cloned().map(Operation::from));
    let prefixes = rules().flat_map(|rule| rule.prefixes.iter().cloned().map(Operation::from));
    let hosts = rules().flat_map(|rule| rule.hosts.iter().cloned().map(Operation::from));
    let mut all: Vec<Operation> = tags.chain(prefixes).chain(hosts).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(PlannedOperation::broad).collect()
}
