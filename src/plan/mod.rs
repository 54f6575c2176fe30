//! The plan: every operation that will be asked for, why, and in which requests.
//!
//! It is pure, and the same for a dry run and a purge: what is printed is what is sent. It decides between a list of URLs
//! and a broader purge, and knows of the cache only its [`Capabilities`]; what a request looks like is left to
//! [`crate::provider`].

mod asked;
mod basis;
mod batch;
mod broad;
mod bucket;
mod capabilities;
mod cause;
mod cost;
mod counts;
mod cover;
mod decision;
mod excess;
mod expressing;
mod instead;
mod ladder;
mod meter;
mod notes;
mod pace;
mod planned;
mod prefixes;
mod refused;
mod repair;
mod seek;
mod setting;
mod tree;
mod whole;
mod why;

pub use basis::{Asked, Base, BaseOf, Basis};
pub use batch::{Batch, Items, Limits};
pub use bucket::{Bucket, Stretch};
pub use capabilities::{Ability, Capabilities, Kinds};
pub use cause::Cause;
pub use counts::Counts;
pub use excess::Excess;
pub use pace::{Pace, Pacer, Spent};
pub use planned::PlannedOperation;
pub use refused::Refused;
pub use setting::{Neighbour, Setting};

use crate::changes::Changes;
use crate::config::{Layer, Mode, Site, SiteName};
use crate::mapping::{Kind, Mapped, Mapping, Operation, UsedUp};

/// The operations that one site's changes ask for, and why.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The site's name.
    pub site: SiteName,
    /// Which of the site's caches it is for, where there are several.
    pub layer: Option<Layer>,
    /// The basis that it is made from.
    pub basis: Basis,
    /// The changes that the reasons point into.
    pub changes: Changes,
    /// The names of the site's rules that the reasons point into.
    pub rules: Vec<String>,
    /// Their numbers.
    pub counts: Counts,
    /// How many URLs the changes mean, also when a fallback takes their place.
    pub urls: usize,
    /// Each once: URLs, prefixes, tags and hosts, those that go last at the end of their kind, and sorted; or everything alone.
    /// Empty means that nothing is asked for.
    pub operations: Vec<PlannedOperation>,
    /// The fate of cached answers that are known to have changed.
    pub mode: Mode,
    /// The fate of those that a fallback covers.
    pub fallback_mode: Mode,
    /// Why it is broader than the changes, in one sentence.
    pub fallback: Option<String>,
    /// The facts behind that sentence, or behind the refusal; none where it is neither.
    pub causes: Vec<Cause>,
    /// The site's policy forbids it: the operations are there to be looked at, and no batch holds them.
    pub refused: Option<Refused>,
    /// Remarks for a person that no list of operations says.
    pub notes: Vec<String>,
    /// The operations as requests; together they hold each operation once. Empty when the plan is refused.
    pub batches: Vec<Batch>,
}

/// The note of a plan of which nothing is left to send.
pub const ACCEPTED_BEFORE: &str = "all of it was accepted before";

impl Plan {
    /// Plans what a mapping asks for, within a provider's limits and the site's policy.
    #[must_use]
    pub fn new(
        site: &Site,
        basis: impl Into<Basis>,
        mut changes: Changes,
        mut mapping: Mapping,
        setting: &Setting<'_>,
    ) -> Plan {
        let mut counts = Counts::new(&changes, &mapping);
        changes.left = std::mem::take(&mut mapping.left);
        let urls = mapping.urls().count();
        let mut notes = std::mem::take(&mut mapping.notes);
        let decision = decision::decide(site, listed(mapping, &changes, setting), setting);
        counts.wasted = decision.wasted;
        notes.extend(decision.notes);
        let mut operations = decision.operations;
        let expressed = expressing::express(site, &mut operations, setting);
        notes.extend(expressed.notes);
        notes::unrepeated(&mut notes);
        let mut causes = decision.causes;
        causes.extend(expressed.causes);
        let refused = decision.refused.or(expressed.refused);
        let capabilities = &setting.capabilities;
        let (mode, fallback_mode) = (capabilities.mode, capabilities.broad_mode(site.threshold.mode));
        let fallback = match (decision.fallback, expressed.fallback) {
            (Some(instead), Some(expressed)) => Some(format!("{}; {expressed}", instead.because)),
            (Some(instead), None) => Some(instead.sentence(fallback_mode)),
            (None, expressed) => expressed,
        }
        .filter(|_| refused.is_none());
        if mode != fallback_mode {
            // Each mode has requests of its own.
            operations.sort_by_key(|planned| (planned.operation.kind(), planned.is_broad(), planned.last));
        }
        let batches = match &refused {
            Some(_) => Vec::new(),
            None => Batch::all(&operations, capabilities.limits, mode != fallback_mode),
        };
        Plan {
            site: site.name.clone(),
            layer: site.layer.clone(),
            basis: basis.into(),
            changes,
            rules: site.rules.names(),
            counts,
            urls,
            mode,
            fallback_mode,
            batches,
            operations,
            fallback,
            causes,
            refused,
            notes,
        }
    }

    /// The plan with only those of its operations that were not accepted before, cut into requests anew.
    #[must_use]
    pub fn with_only(mut self, operations: Vec<PlannedOperation>, limits: Limits) -> Plan {
        if operations.is_empty() {
            self.notes.push(ACCEPTED_BEFORE.to_owned());
        }
        let batches = Batch::all(&operations, limits, self.mode != self.fallback_mode);
        Plan { operations, batches, ..self }
    }

    /// The site's name, with the layer where there are several: `www (layer 1, http_purge)`.
    #[must_use]
    pub fn title(&self) -> String {
        self.layer.as_ref().map_or_else(|| self.site.to_string(), |layer| format!("{} ({layer})", self.site))
    }

    /// True when there is nothing to ask for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Returns what a batch asks to be done.
    #[must_use]
    pub fn mode_of(&self, batch: &Batch) -> Mode {
        if self.operations[batch.operations().start].is_broad() { self.fallback_mode } else { self.mode }
    }

    /// The operations of a batch.
    #[must_use]
    pub fn items(&self, batch: &Batch) -> Items<'_> {
        batch.items(&self.operations)
    }
}

/// The mapping's operations, those that have to go last at the end of their kind. Everything makes the others needless, where the
/// cache can be asked for it.
fn listed(mut mapping: Mapping, changes: &Changes, setting: &Setting<'_>) -> Vec<PlannedOperation> {
    let later = std::mem::take(&mut mapping.later);
    let planned = |Mapped { what, reasons }| {
        let last = reasons.iter().any(|r| r.goes_last(changes, &later));
        PlannedOperation { operation: what, reasons, last }
    };
    let can = setting.capabilities.can(Kind::Everything);
    if let Some(all) = mapping.operations.pop_if(|mapped| can && mapped.what == Operation::Everything) {
        return vec![planned(all)];
    }
    // The one list gives its memory back as the other grows. It is sorted, and so are those of a kind that go last.
    let mut operations: Vec<PlannedOperation> = Vec::with_capacity(mapping.operations.len());
    let mut last: Vec<PlannedOperation> = Vec::new();
    for one in UsedUp::new(mapping.operations).map(planned) {
        if last.first().is_some_and(|of_kind| of_kind.operation.kind() != one.operation.kind()) {
            operations.append(&mut last);
        }
        if one.last { last.push(one) } else { operations.push(one) }
    }
    operations.append(&mut last);
    operations
}

#[cfg(test)]
mod tests;
