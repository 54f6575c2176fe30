//! The word of an object store about its objects: said to people once for all sites, and each site's share of it.
//!
//! As with a list of paths, what is not told is taken at its widest. A record that cannot be used stops nothing, but the run is
//! not complete: it is named, and the run says so.

use std::collections::BTreeMap;

use super::maker::{Known, Material, What};
use crate::config::Site;
use crate::display::{counted, shown};
use crate::engine::ground::Ground;
use crate::engine::listener::Notice;
use crate::events::{Notifications, Share, is_bucket_of, share};
use crate::plan::Basis;

/// Things of a kind that are named one by one.
const NAMED: usize = 20;

/// The events of a run, read once for all sites.
pub(super) struct Told {
    source: String,
    notifications: Notifications,
    /// Buckets that are no site's, and how many records are about each.
    strangers: BTreeMap<String, usize>,
}

impl Told {
    /// Says what is in no site's plan, and what was not understood.
    pub(super) fn tell(ground: &Ground<'_>, source: String, notifications: Notifications) -> Told {
        let told = Told { strangers: strangers(&notifications, ground.all), source, notifications };
        told.say(ground);
        told
    }

    /// Returns how many records could not be used.
    pub(super) fn unused(&self) -> usize {
        self.notifications.faults.len() + self.strangers.values().sum::<usize>()
    }

    fn say(&self, ground: &Ground<'_>) {
        let mut faults: Vec<String> = named(&self.notifications.faults, "that cannot be read", ToString::to_string);
        faults.extend(named(&self.strangers, "of other buckets that are no site's", |(bucket, n)| {
            let are = if **n == 1 { "is" } else { "are" };
            let (records, bucket) = (counted(**n, "record"), shown(bucket.as_bytes()));
            format!("{records} {are} about the bucket {bucket}, which is no site's: name it in [site.events]")
        }));
        let unknown = named(&self.notifications.unknown, "of other kinds that are not known", |(word, n)| {
            let records = counted(**n, "record");
            format!("{word} is not known, and is taken for a change: {records}")
        });
        for text in faults {
            ground.listener.hear(&Notice::Fault(text));
        }
        for text in unknown {
            ground.warn(text);
        }
        match self.notifications.tests {
            0 => {}
            1 => ground.note("1 test event, which is about no object"),
            n => ground.note(format!("{}, which are about no object", counted(n, "test event"))),
        }
        match self.notifications.reads {
            0 => {}
            1 => ground.note("1 record of what changes nothing, such as a read"),
            n => ground.note(format!("{} of what changes nothing, such as reads", counted(n, "record"))),
        }
        let is_chosen = |bucket: &str| ground.chosen.sites.iter().any(|site| is_bucket_of(site, bucket));
        let records = self.notifications.records.iter();
        let others = records.filter(|r| !self.strangers.contains_key(&r.bucket) && !is_chosen(&r.bucket)).count();
        if others > 0 {
            ground.note(format!("{} of sites that `--site` leaves out", counted(others, "record")));
        }
    }

    /// Returns what one site's plans are made of.
    pub(super) fn material(&self, site: &Site) -> Material {
        let share = share(site, &self.notifications);
        let notes = self.notes_of(site, &share);
        let basis = Basis::Events {
            source: self.source.clone(),
            records: share.records,
            paths: share.changes.paths.len(),
            unused: self.unused(),
        };
        let known = Known { basis, changes: share.changes, files: None, base_urls: Some(share.base_urls) };
        Material { what: What::Changes(Box::new(known)), notes }
    }

    /// The notes about a site's share, for people.
    fn notes_of(&self, site: &Site, share: &Share) -> Vec<String> {
        let records = |n: usize| (n > 0).then(|| counted(n, "record"));
        let prefix = || match &*site.events.prefix {
            "" => "the path of a base URL".to_owned(),
            prefix => format!("`prefix` {}", shown(prefix.as_bytes())),
        };
        let several = share
            .several_buckets
            .then(|| "records of several buckets: every path is purged under the base URLs of all of them".to_owned());
        let unused = records(self.unused());
        [
            unused.map(|n| format!("{n} could not be used: what that is about is not in the plan")),
            records(share.outside).map(|n| format!("{n} passed over, outside of {}", prefix())),
            records(share.left_out).map(|n| format!("{n} left out by extension")),
            records(share.dotted)
                .map(|n| format!("{n} with `.` or `..` in the key, purged where browsers would look for it")),
            several,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The first of some things in words, and how many more there are.
fn named<T>(things: impl IntoIterator<Item = T> + Clone, more: &str, text: impl Fn(&T) -> String) -> Vec<String> {
    let all = things.clone().into_iter().count();
    // One line more would only say "and 1 more".
    let most = if all == NAMED + 1 { all } else { NAMED };
    let mut named: Vec<String> = things.into_iter().take(most).map(|thing| text(&thing)).collect();
    if all > most {
        named.push(format!("and {} {more}", all - most));
    }
    named
}

/// Returns the buckets that are no site's, and how many records are about each.
fn strangers(notifications: &Notifications, all: &[Site]) -> BTreeMap<String, usize> {
    let mut strangers: BTreeMap<String, usize> = BTreeMap::new();
    for record in &notifications.records {
        *strangers.entry(record.bucket.clone()).or_default() += 1;
    }
    strangers.retain(|bucket, _| !all.iter().any(|site| is_bucket_of(site, bucket)));
    strangers
}
