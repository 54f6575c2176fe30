//! The plan: every operation that will be asked for, why, and in which requests.
//!
//! Pure, and the same for a dry run and a purge: what is printed is what is sent. It decides between a list of URLs
//! and a broader purge; what a request looks like is left to [`crate::provider`].

mod batch;
mod pace;

pub use batch::{Batch, Items, Limits};
pub use pace::{Bucket, Pace, Pacer};

use crate::changes::{Changes, Status};
use crate::config::{BaseUrl, Fallback, Site, SiteName, Threshold};
use crate::display::{counted, grouped};
use crate::mapping::{Mapped, Mapping, Prefix, PublicUrl, Reason};
use crate::snapshot::SnapshotName;

/// One thing to ask of the provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// One URL.
    Url(PublicUrl),
    /// Everything below a directory.
    Prefix(Prefix),
    /// Everything under a host name.
    Host(Box<str>),
    /// Everything in the zone.
    Everything,
}

/// The kinds of operation; a request holds one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// [`Operation::Url`].
    Url,
    /// [`Operation::Prefix`].
    Prefix,
    /// [`Operation::Host`].
    Host,
    /// [`Operation::Everything`].
    Everything,
}

impl Operation {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Operation::Url(_) => Kind::Url,
            Operation::Prefix(_) => Kind::Prefix,
            Operation::Host(_) => Kind::Host,
            Operation::Everything => Kind::Everything,
        }
    }

    /// The URL, prefix or host; `*` for everything.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Operation::Url(url) => url.as_str(),
            Operation::Prefix(prefix) => prefix.as_str(),
            Operation::Host(host) => host,
            Operation::Everything => "*",
        }
    }
}

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
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
    /// What it was.
    pub from: SnapshotName,
    /// What it is.
    pub to: SnapshotName,
    /// The changes that the reasons point into.
    pub changes: Changes,
    /// Their numbers.
    pub counts: Counts,
    /// How many URLs the changes mean, also when a fallback takes their place.
    pub urls: usize,
    /// Each once: URLs, those that go last at their end, then prefixes, each sorted. Empty means that nothing is asked for.
    pub operations: Vec<Planned>,
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
    pub fn new(
        site: &Site,
        names: (&SnapshotName, &SnapshotName),
        changes: Changes,
        mapping: Mapping,
        limits: Limits,
    ) -> Plan {
        let counts = counts(&changes, &mapping);
        let urls = mapping.urls.len();
        let notes = mapping.notes.clone();
        let Threshold { urls: limit, then } = site.threshold;
        let too_many = urls > limit;
        let refused = (too_many && then == Fallback::Fail).then(|| Refused { site: site.name.clone(), urls, limit });
        let (operations, fallback) = match broader(site) {
            Some((operations, what)) if too_many => {
                let because =
                    format!("{} changed, more than threshold.urls = {}: {what}", counted(urls, "URL"), grouped(limit));
                (operations, Some(because))
            }
            _ => (listed(mapping, &changes), None),
        };
        let batches = if refused.is_some() { Vec::new() } else { Batch::all(&operations, limits) };
        Plan {
            site: site.name.clone(),
            from: names.0.clone(),
            to: names.1.clone(),
            changes,
            counts,
            urls,
            batches,
            operations,
            fallback,
            refused,
            notes,
        }
    }

    /// True when there is nothing to ask for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The operations of a batch.
    #[must_use]
    pub fn items(&self, batch: &Batch) -> Items<'_> {
        batch.items(&self.operations)
    }
}

fn counts(changes: &Changes, mapping: &Mapping) -> Counts {
    let mut counts = Counts { ignored: mapping.ignored, left: mapping.left, ..Counts::default() };
    for change in &changes.paths {
        match change.status {
            Status::Added => counts.added += 1,
            Status::Modified => counts.modified += 1,
            Status::Deleted => counts.deleted += 1,
        }
    }
    counts
}

/// Each URL and prefix of the mapping as an operation of its own: URLs, among them at the end what has to go last, then
/// prefixes.
fn listed(mapping: Mapping, changes: &Changes) -> Vec<Planned> {
    let planned = |operation, reasons: Vec<Reason>| {
        let last = reasons.iter().any(|r| r.goes_last(changes));
        Planned { operation, reasons, last }
    };
    let urls = mapping.urls.into_iter().map(|Mapped { what, reasons }| planned(Operation::Url(what), reasons));
    let prefixes =
        mapping.prefixes.into_iter().map(|Mapped { what, reasons }| planned(Operation::Prefix(what), reasons));
    let (last, urls): (Vec<_>, Vec<_>) = urls.partition(|p| p.last);
    urls.into_iter().chain(last).chain(prefixes).collect()
}

/// The broader purge that the threshold names, and what it does in words.
fn broader(site: &Site) -> Option<(Vec<Planned>, String)> {
    let planned = |operation| Planned { operation, reasons: Vec::new(), last: false };
    match site.threshold.then {
        Fallback::Fail => None,
        Fallback::Everything => {
            Some((vec![planned(Operation::Everything)], "everything in the zone is purged".to_owned()))
        }
        Fallback::Hosts => {
            let mut hosts: Vec<&str> = site.base_urls.iter().map(BaseUrl::host).collect();
            hosts.sort_unstable();
            hosts.dedup();
            let what = format!("everything under {} is purged", hosts.join(", "));
            Some((hosts.into_iter().map(|h| planned(Operation::Host(h.into()))).collect(), what))
        }
    }
}

#[cfg(test)]
mod tests;
