//! Which messages of a queue still have something to be purged, when what was asked for was answered.
//!
//! Seen from the messages, not from the requests: each path is mapped by itself, and each operation that this gives has to be accepted, or
//! to lie in a broader one that is. So it holds whatever the plan made of all paths together.

use std::collections::BTreeSet;

use crate::changes::{Change, Changes};
use crate::config::{Prefix, Site};
use crate::engine::SiteRun;
use crate::events::{Notifications, share};
use crate::mapping::{self, Operation};

/// Returns the indexes of the messages about a site of which not all is purged; `one` is the site in the run, where it was planned.
pub(super) fn open_messages(site: &Site, notifications: &Notifications, one: Option<&SiteRun>) -> BTreeSet<usize> {
    if one.is_some_and(SiteRun::is_accepted) {
        return BTreeSet::new();
    }
    let accepted = one.map_or_else(Accepted::default, Accepted::find);
    let share = share(site, notifications);
    let site = Site { base_urls: share.base_urls, ..site.clone() };
    let paths = share.changes.paths.iter().zip(&share.messages);
    let open =
        paths.filter(|(change, _)| operations(change, &share.changes, &site).iter().any(|one| !accepted.has(one)));
    open.flat_map(|(_, messages)| messages).copied().collect()
}

/// The plan of one path by itself.
fn operations(change: &Change, all: &Changes, site: &Site) -> Vec<Operation> {
    let superseded = all.superseded.clone();
    let alone = Changes { paths: vec![change.clone()], superseded, ..Changes::default() };
    let mapping = mapping::map(&mapping::judge_names(&alone, site), &[], site);
    mapping.operations.into_iter().map(|mapped| mapped.what).collect()
}

/// The operations of a plan that were accepted.
#[derive(Default)]
struct Accepted<'p> {
    all: BTreeSet<&'p Operation>,
}

impl<'p> Accepted<'p> {
    fn find(one: &'p SiteRun) -> Accepted<'p> {
        let accepted = one.receipts.iter().flatten().filter(|receipt| receipt.is_accepted());
        let all = accepted.flat_map(|receipt| &one.plan.operations[receipt.batch.operations()]);
        Accepted { all: all.map(|planned| &planned.operation).collect() }
    }

    /// True when an operation was accepted, or a broader one that covers it.
    fn has(&self, wanted: &Operation) -> bool {
        let below = |what: &str| {
            self.all.iter().any(|one| match one {
                Operation::Prefix(prefix) => is_below(what, prefix),
                Operation::Host(host) => what.split(['/', ':']).next() == Some(host.as_str()),
                _ => false,
            })
        };
        self.all.contains(wanted)
            || self.all.contains(&Operation::Everything)
            || match wanted {
                Operation::Url(url) => url.as_str().split_once("://").is_some_and(|(_, rest)| below(rest)),
                Operation::Prefix(prefix) => below(prefix.as_str()),
                Operation::Tag(_) | Operation::Host(_) | Operation::Everything => false,
            }
    }
}

/// True also if prefixes end only at a slash: no document says whether `a` covers `ab`.
fn is_below(what: &str, prefix: &Prefix) -> bool {
    let Some(rest) = what.strip_prefix(prefix.as_str()) else { return false };
    prefix.as_str().ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?'])
}
