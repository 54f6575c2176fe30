//! `--events`: a plan from what an object store says about its objects, without any snapshot.
//!
//! As with a list of paths, what is not said is taken at its widest. A record that cannot be used stops nothing, but the run is not
//! complete: it is named, and the exit code says so.

use std::collections::BTreeMap;
use std::io::{Read as _, Write};
use std::path::Path;

use super::Output;
use super::comparison::MOST_OPERATIONS;
use crate::config::{Config, Site};
use crate::display::{counted, line, shown};
use crate::error::Error;
use crate::events::{self, EventsError, Notifications, Share, is_bucket_of, share};
use crate::mapping;
use crate::plan::{Basis, Neighbour, Plan, Setting};
use crate::provider::Provider;
use crate::report::annotation;

/// Things of a kind that are named one by one.
const NAMED: usize = 20;

/// What was told, once for all sites.
pub(super) struct Told {
    source: String,
    pub(super) notifications: Notifications,
    /// Buckets that are no site's, and how many records are about each.
    pub(super) strangers: BTreeMap<String, usize>,
}

impl Told {
    /// Reads what stands in a file, or comes from standard input where it is called `-`.
    pub(super) fn read(path: &Path, all: &[Site]) -> Result<Told, Error> {
        let mut text = Vec::new();
        let got = if path == Path::new("-") {
            std::io::stdin().read_to_end(&mut text).map(drop)
        } else {
            std::fs::read(path).map(|all| text = all)
        };
        let read = got.map_err(|e| EventsError::Unreadable(e.to_string())).and_then(|()| events::read(&text));
        let notifications = read.map_err(|source| Error::Events { path: path.to_owned(), source })?;
        Ok(Told::of(path.display().to_string(), notifications, all))
    }

    /// What was read elsewhere; `all` are the sites of the configuration.
    pub(super) fn of(source: String, notifications: Notifications, all: &[Site]) -> Told {
        let mut strangers: BTreeMap<String, usize> = BTreeMap::new();
        for record in &notifications.records {
            *strangers.entry(record.bucket.clone()).or_default() += 1;
        }
        strangers.retain(|bucket, _| !all.iter().any(|site| is_bucket_of(site, bucket)));
        Told { source, notifications, strangers }
    }

    /// How many records could not be used.
    pub(super) fn unused(&self) -> usize {
        self.notifications.faults.len() + self.strangers.values().sum::<usize>()
    }

    /// Says what is in no site's plan, and what was not understood.
    pub(super) fn say(&self, chosen: &Config, how: (bool, bool), output: &mut Output<'_>) -> Result<(), Error> {
        let (quiet, in_github) = how;
        let mut errors: Vec<String> = named(&self.notifications.faults, "that cannot be read", ToString::to_string);
        errors.extend(named(&self.strangers, "of other buckets that are no site's", |(bucket, n)| {
            let are = if **n == 1 { "is" } else { "are" };
            format!(
                "{} {are} about the bucket {}, which is no site's: name it in [site.events]",
                counted(**n, "record"),
                shown(bucket.as_bytes())
            )
        }));
        let unknown = named(&self.notifications.unknown, "of other kinds that are not known", |(word, n)| {
            let records = counted(**n, "record");
            format!("{word} is not known, and is taken for a change: {records}")
        });
        for text in errors.iter().chain(&unknown) {
            writeln!(output.err, "warning: {}", line(text)).map_err(Error::Output)?;
        }
        if in_github {
            errors
                .iter()
                .try_for_each(|text| writeln!(output.err, "{}", annotation("warning", text)))
                .map_err(Error::Output)?;
        }
        if quiet { Ok(()) } else { self.notes(chosen, output.err).map_err(Error::Output) }
    }

    fn notes(&self, chosen: &Config, err: &mut dyn Write) -> std::io::Result<()> {
        match self.notifications.tests {
            0 => {}
            1 => writeln!(err, "note: 1 test event, which is about no object")?,
            n => writeln!(err, "note: {}, which are about no object", counted(n, "test event"))?,
        }
        let is_chosen = |bucket: &str| chosen.sites.iter().any(|site| is_bucket_of(site, bucket));
        let records = self.notifications.records.iter();
        let others = records.filter(|r| !self.strangers.contains_key(&r.bucket) && !is_chosen(&r.bucket)).count();
        if others > 0 {
            writeln!(err, "note: {} of sites that `--site` leaves out", counted(others, "record"))?;
        }
        Ok(())
    }

    /// One site's plan.
    pub(super) fn plan(&self, site: &Site, provider: &Provider, neighbours: &[Neighbour<'_>]) -> Result<Plan, Error> {
        let share = share(site, &self.notifications);
        let notes = self.notes_of(site, &share);
        let site = Site { base_urls: share.base_urls, ..site.clone() };
        let judged = mapping::judge_names(&share.changes, &site);
        let operations = mapping::estimate(&judged, &site);
        if operations > MOST_OPERATIONS {
            return Err(Error::TooManyOperations(operations));
        }
        let mut mapping = mapping::map(&judged, &[], &site);
        mapping.notes.splice(0..0, notes);
        let basis = Basis::Events {
            source: self.source.clone(),
            records: share.records,
            paths: share.changes.paths.len(),
            unused: self.unused(),
        };
        let setting = Setting { capabilities: provider.capabilities(), inventory: None, neighbours };
        Ok(Plan::new(&site, basis, share.changes, mapping, &setting))
    }

    /// What a person should know of a site's share.
    fn notes_of(&self, site: &Site, share: &Share) -> Vec<String> {
        let records = |n: usize| (n > 0).then(|| counted(n, "record"));
        let prefix = || match &*site.events.prefix {
            "" => "the path of a base URL".to_owned(),
            prefix => format!("`prefix` {}", shown(prefix.as_bytes())),
        };
        let several = share
            .several_buckets
            .then(|| "records of several buckets: every path is purged under the base URLs of all of them".to_owned());
        let percent = site
            .threshold
            .percent
            .map(|_| "`percent` is not judged: events do not tell how many URLs the site has".to_owned());
        let unused = records(self.unused());
        [
            unused.map(|n| format!("{n} could not be used: what that is about is not in the plan")),
            records(share.outside).map(|n| format!("{n} passed over, outside of {}", prefix())),
            records(share.left_out).map(|n| format!("{n} left out by extension")),
            records(share.dotted)
                .map(|n| format!("{n} with `.` or `..` in the key, purged where browsers would look for it")),
            several,
            percent,
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
