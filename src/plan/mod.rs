//! The plan: every operation that will be asked for, why, and in which requests.
//!
//! Pure, and the same for a dry run and a purge: what is printed is what is sent. It decides between a list of URLs
//! and a broader purge; what a request looks like is left to [`crate::provider`].

mod basis;
mod batch;
mod pace;

pub use basis::Basis;
pub use batch::{Batch, Items, Limits};
pub use pace::{Bucket, Pace, Pacer};

use crate::changes::{Changes, Status};
use crate::config::{Fallback, HostName, Mode, Site, SiteName, Threshold};
use crate::display::{counted, grouped};
use crate::mapping::{Kind, Mapped, Mapping, Operation, Reason};

/// An operation with the reasons it is there; a fallback's reason is the plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What to ask.
    pub operation: Operation,
    /// Why; empty for the operations of a fallback.
    pub reasons: Vec<Reason>,
    /// It is sent when all others have been answered.
    pub last: bool,
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
    /// Each once: URLs, those that go last at their end, then prefixes, tags and hosts, each sorted; or everything alone. Empty
    /// means that nothing is asked for.
    pub operations: Vec<Planned>,
    /// What is done to the operations' cached answers.
    pub mode: Mode,
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
#[error("site {site}: {} changed, more than `threshold.urls = {limit}`, and `then = \"fail\"`", counted(*.urls, "URL"))]
pub struct Refused {
    /// The site's name.
    pub site: SiteName,
    /// How many URLs there were.
    pub urls: usize,
    /// How many are allowed.
    pub limit: usize,
}

impl Refused {
    /// The next thing to type.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("if that is right, raise `urls` to {} in [site.threshold], or set `then = \"hosts\"`", self.urls)
    }
}

impl Plan {
    /// Plans what a mapping asks for, within a provider's limits.
    #[must_use]
    pub fn new(site: &Site, basis: impl Into<Basis>, changes: Changes, mapping: Mapping, limits: Limits) -> Plan {
        let counts = counts(&changes, &mapping);
        let urls = mapping.urls().count();
        let notes = mapping.notes.clone();
        let Threshold { urls: limit, then, mode: broad_mode } = site.threshold;
        // A rule that asks for everything has decided already.
        let zone = mapping.operations.last().is_some_and(|mapped| mapped.what == Operation::Everything);
        let too_many = urls > limit && !zone;
        let refused = (too_many && then == Fallback::Fail).then(|| Refused { site: site.name.clone(), urls, limit });
        let operations = listed(mapping, &changes);
        let (operations, fallback) = match then {
            Fallback::Hosts | Fallback::Everything if too_many => {
                let (operations, what) = broader(site, operations);
                let because =
                    format!("{} changed, more than threshold.urls = {}: {what}", counted(urls, "URL"), grouped(limit));
                (operations, Some(because))
            }
            _ => (operations, None),
        };
        let mode = if fallback.is_some() { broad_mode } else { site.cloudflare.mode };
        let batches = if refused.is_some() { Vec::new() } else { Batch::all(&operations, limits) };
        Plan {
            site: site.name.clone(),
            basis: basis.into(),
            changes,
            rules: site.rules.names(),
            counts,
            urls,
            mode,
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
            self.notes.push("all of it was accepted before".to_owned());
        }
        Plan { batches: Batch::all(&operations, limits), operations, ..self }
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

    /// The operations of a batch.
    #[must_use]
    pub fn items(&self, batch: &Batch) -> Items<'_> {
        batch.items(&self.operations)
    }
}

fn counts(changes: &Changes, mapping: &Mapping) -> Counts {
    let (ignored, left, held_back) = (mapping.ignored, mapping.left, changes.held_back.len());
    let mut counts = Counts { ignored, left, held_back, ..Counts::default() };
    for change in &changes.paths {
        match change.status {
            Status::Added => counts.added += 1,
            Status::Modified => counts.modified += 1,
            Status::Deleted => counts.deleted += 1,
        }
    }
    counts
}

/// The mapping's operations: URLs, among them at the end what has to go last, then the other kinds. Everything makes the others
/// needless.
fn listed(mut mapping: Mapping, changes: &Changes) -> Vec<Planned> {
    let planned = |Mapped { what, reasons }| {
        let last = reasons.iter().any(|r| r.goes_last(changes));
        Planned { operation: what, reasons, last }
    };
    if let Some(zone) = mapping.operations.pop_if(|mapped| mapped.what == Operation::Everything) {
        return vec![planned(zone)];
    }
    let mut operations: Vec<Planned> = mapping.operations.into_iter().map(planned).collect();
    let urls = operations.partition_point(|planned| planned.operation.kind() == Kind::Url);
    operations[..urls].sort_by_key(|planned| planned.last);
    operations
}

/// The broader purge that the threshold names, and what it does in words. Tags, and what lies under other hosts than the site's,
/// are not in it and stay.
fn broader(site: &Site, operations: Vec<Planned>) -> (Vec<Planned>, String) {
    let planned = |operation| Planned { operation, reasons: Vec::new(), last: false };
    if site.threshold.then == Fallback::Everything {
        return (
            vec![planned(Operation::Everything)],
            format!("everything in the zone is {}", site.threshold.mode.done()),
        );
    }
    let mut hosts: Vec<HostName> = site.base_urls.iter().map(HostName::of).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let is_ours = |host: &str| hosts.iter().any(|ours| ours.as_str() == host);
    let stays = |planned: &Planned| match &planned.operation {
        Operation::Url(_) | Operation::Everything => false,
        Operation::Prefix(prefix) => !is_ours(prefix.host()),
        Operation::Host(host) => !is_ours(host.as_str()),
        Operation::Tag(_) => true,
    };
    let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
    let what = format!("everything under {} is {}", names.join(", "), site.threshold.mode.done());
    let mut all: Vec<Planned> = operations.into_iter().filter(stays).collect();
    all.extend(hosts.iter().map(|host| planned(Operation::Host(host.clone()))));
    all.sort_by(|a, b| a.operation.cmp(&b.operation));
    (all, what)
}

#[cfg(test)]
mod tests;
