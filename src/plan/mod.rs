//! The plan: every operation that will be asked for, why, and in which requests.
//!
//! Pure, and the same for a dry run and a purge: what is printed is what is sent. It decides between a list of URLs
//! and a broader purge; what a request looks like is left to [`crate::provider`].

mod basis;
mod batch;
mod cost;
mod cover;
mod expressing;
mod hosts;
mod ladder;
mod pace;
mod repair;
mod setting;
mod tree;
mod whole;

pub use basis::{Base, BaseOf, Basis};
pub use batch::{Batch, Items, Limits};
pub use cost::Prices;
pub use ladder::Excess;
pub use pace::{Bucket, Pace, Pacer};
pub use setting::{Neighbour, Setting};

use crate::changes::{Changes, Status};
use crate::config::{Layer, Mode, Site, SiteName};
use crate::mapping::{Kind, Mapped, Mapping, Operation, Reason, UsedUp};

/// An operation with the reasons it is there; the reason of a fallback to hosts or everything is the plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What to ask.
    pub operation: Operation,
    /// Why; empty for the operations of a fallback.
    pub reasons: Vec<Reason>,
    /// It is sent when all others have been answered.
    pub last: bool,
}

impl Planned {
    /// An operation of a fallback.
    fn broad(operation: Operation) -> Planned {
        Planned { operation, reasons: Vec::new(), last: false }
    }

    /// True for an operation of a fallback, which takes along what is not known to have changed.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        self.reasons.is_empty() || self.reasons.iter().any(|reason| matches!(reason, Reason::Cover(_, None)))
    }
}

/// How many paths changed, by status; ignored ones are among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Paths new in TO.
    pub added: usize,
    /// Paths whose content or kind differs.
    pub modified: usize,
    /// Paths gone in TO.
    pub deleted: usize,
    /// Of all these, how many `ignore` keeps out.
    pub ignored: usize,
    /// Of the deleted, how many stay cached for the content hash in their names.
    pub left: usize,
    /// Besides all these, how many differ only in what the site calls volatile.
    pub held_back: usize,
    /// How many unchanged URLs go along with directories that are purged whole by `cover`.
    pub wasted: usize,
}

impl Counts {
    /// All changed paths.
    #[must_use]
    pub fn total(&self) -> usize {
        self.added + self.modified + self.deleted
    }
}

/// What one site's changes ask for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The site's name.
    pub site: SiteName,
    /// Which of the site's caches it is for, where there are several.
    pub layer: Option<Layer>,
    /// What it is made from.
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
    pub operations: Vec<Planned>,
    /// What is done to cached answers that are known to have changed.
    pub mode: Mode,
    /// What is done to those that a fallback takes along.
    pub fallback_mode: Mode,
    /// Why it is broader than the changes, in one sentence.
    pub fallback: Option<String>,
    /// The site's policy forbids it: the operations are there to be looked at, and no batch holds them.
    pub refused: Option<Refused>,
    /// What a person should know that no list of operations says.
    pub notes: Vec<String>,
    /// The operations as requests; together they hold each operation once. Empty when the plan is refused.
    pub batches: Vec<Batch>,
}

/// The site's policy forbids the purge. Exit code 4.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is too much of it.
    #[error(
        "site {site}: {}, more than `threshold.{} = {}`, and `then = \"fail\"`", excess.what, excess.key, excess.limit
    )]
    Excess {
        /// The site's name.
        site: SiteName,
        /// What there is too much of.
        excess: Excess,
    },
    /// The cache cannot be asked for it, nor for anything broader that is allowed.
    #[error("site {site}: {what}")]
    Inexpressible {
        /// The site's name.
        site: SiteName,
        /// What it cannot do.
        what: String,
        /// The key that says how.
        key: &'static str,
    },
}

impl Refused {
    /// What is wrong, in words, without the site.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Refused::Excess { excess, .. } => excess.to_string(),
            Refused::Inexpressible { what, .. } => what.clone(),
        }
    }

    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Refused::Excess { excess: Excess { key, enough, .. }, .. } => {
                format!("if that is right, raise `{key}` to {enough} in [site.threshold], or set `then = \"hosts\"`")
            }
            Refused::Inexpressible { key, .. } => {
                format!("say in [site.http_purge] how the cache does it (`{key}`), or change the rule that asks for it")
            }
        }
    }
}

/// The note of a plan of which nothing is left to send.
pub const ACCEPTED_BEFORE: &str = "all of it was accepted before";

impl Plan {
    /// Plans what a mapping asks for, within a provider's limits and the site's policy.
    #[must_use]
    pub fn new(
        site: &Site,
        basis: impl Into<Basis>,
        changes: Changes,
        mut mapping: Mapping,
        setting: &Setting<'_>,
    ) -> Plan {
        let mut counts = counts(&changes, &mapping);
        let urls = mapping.urls().count();
        let mut notes = std::mem::take(&mut mapping.notes);
        let decision = ladder::decide(site, listed(mapping, &changes), setting);
        counts.wasted = decision.wasted;
        notes.extend(decision.notes);
        let mut operations = decision.operations;
        let expressed = expressing::express(site, &mut operations, setting);
        notes.extend(expressed.notes);
        let (refused, fallback) = (decision.refused.or(expressed.refused), expressed.fallback.or(decision.fallback));
        let (mode, fallback_mode) = (site.cache.mode(), site.fallback_mode());
        if mode != fallback_mode {
            // Each mode has requests of its own.
            operations.sort_by_key(|planned| (planned.operation.kind(), planned.is_broad(), planned.last));
        }
        let batches = match &refused {
            Some(_) => Vec::new(),
            None => Batch::all(&operations, setting.prices.limits, mode != fallback_mode),
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
            refused,
            notes,
        }
    }

    /// The plan with only those of its operations that were not accepted before, cut into requests anew.
    #[must_use]
    pub fn with_only(mut self, operations: Vec<Planned>, limits: Limits) -> Plan {
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

    /// A reason in words.
    #[must_use]
    pub fn why(&self, reason: &Reason) -> String {
        reason.text(&self.changes, &self.rules)
    }

    /// What a batch asks to be done.
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

fn counts(changes: &Changes, mapping: &Mapping) -> Counts {
    let (ignored, left, held_back) = (mapping.ignored, mapping.left, changes.held_back.len());
    Counts {
        added: changes.count(Status::Added),
        modified: changes.count(Status::Modified),
        deleted: changes.count(Status::Deleted),
        ignored,
        left,
        held_back,
        wasted: 0,
    }
}

/// The mapping's operations, those that have to go last at the end of their kind. Everything makes the others needless.
fn listed(mut mapping: Mapping, changes: &Changes) -> Vec<Planned> {
    let planned = |Mapped { what, reasons }| {
        let last = reasons.iter().any(|r| r.goes_last(changes));
        Planned { operation: what, reasons, last }
    };
    if let Some(zone) = mapping.operations.pop_if(|mapped| mapped.what == Operation::Everything) {
        return vec![planned(zone)];
    }
    // The one list gives its memory back as the other grows.
    let mut operations: Vec<Planned> = UsedUp::new(mapping.operations).map(planned).collect();
    in_order(&mut operations);
    operations
}

/// Sorts by kind, those that go last at the end of theirs.
fn in_order(operations: &mut [Planned]) {
    let key = |planned: &Planned| (planned.operation.kind(), planned.last);
    operations.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.operation.cmp(&b.operation)));
}

#[cfg(test)]
mod tests;
