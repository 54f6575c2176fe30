//! A site's share of what object stores say: which keys are its files, as changes.
//!
//! A site names its bucket and the prefix of its keys. One that does not has the bucket that is called like the host of a base URL, as
//! people set it up who let a CDN fetch `https://<bucket>/<key>`: then the key is the whole path of the URL.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::Notifications;
use super::key::{has_dots, paths};
use crate::changes::{Change, Changes, Status};
use crate::config::{BaseUrl, Site};

/// The part that concerns one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// Its paths, each once: removed ones as deleted; for the others it is not known whether they are new, and they count as
    /// modified.
    pub changes: Changes,
    /// Of each of these paths, the indexes of the messages that it came in.
    pub messages: Vec<Vec<usize>>,
    /// The base URLs under which these paths are.
    pub base_urls: Vec<BaseUrl>,
    /// Records about objects of the bucket.
    pub records: usize,
    /// Of these, how many lie outside of the prefix.
    pub outside: usize,
    /// How many do not count by their extension.
    pub left_out: usize,
    /// How many have a `.` or `..` in their key.
    pub dotted: usize,
    /// Not every path came for every one of the base URLs.
    pub several_buckets: bool,
}

/// Where a bucket's keys are below: the site's base URL by its number, or all of them, and what stands before a path.
struct View {
    base: Option<usize>,
    prefix: Vec<u8>,
}

/// The facts about one path.
#[derive(Default)]
struct Known {
    written: bool,
    messages: Vec<usize>,
}

/// Returns true when the objects of a bucket are the site's, as far as they lie below its prefix.
#[must_use]
pub fn is_bucket_of(site: &Site, bucket: &str) -> bool {
    !views(site, bucket).is_empty()
}

fn views(site: &Site, bucket: &str) -> Vec<View> {
    let prefix = || site.events.prefix.as_bytes().to_vec();
    if let Some(own) = &site.events.bucket {
        return if own == bucket { vec![View { base: None, prefix: prefix() }] } else { Vec::new() };
    }
    let of_host = site.base_urls.iter().enumerate().filter(|(_, base)| base.host() == bucket);
    let view = |(number, base): (usize, &BaseUrl)| {
        let path = base.without_scheme().split_once('/').map_or("", |(_, path)| path);
        let prefix = if site.events.prefix.is_empty() { percent_decode_str(path).collect() } else { prefix() };
        View { base: Some(number), prefix }
    };
    of_host.map(view).collect()
}

/// Finds what concerns a site.
#[must_use]
pub fn share(site: &Site, notifications: &Notifications) -> Share {
    let mut share = Share::default();
    let mut known: BTreeMap<Box<[u8]>, Known> = BTreeMap::new();
    let mut of_buckets: BTreeMap<&str, Vec<View>> = BTreeMap::new();
    let mut bases: BTreeSet<Vec<Option<usize>>> = BTreeSet::new();
    for record in &notifications.records {
        let views = of_buckets.entry(&record.bucket).or_insert_with(|| views(site, &record.bucket));
        if views.is_empty() {
            continue;
        }
        share.records += 1;
        let mut below: BTreeSet<&[u8]> = BTreeSet::new();
        let mut through = Vec::new();
        for view in &*views {
            let found: Vec<&[u8]> = record.keys.iter().filter_map(|key| key.strip_prefix(&*view.prefix)).collect();
            if !found.is_empty() {
                through.push(view.base);
            }
            below.extend(found);
        }
        if below.is_empty() {
            share.outside += 1;
            continue;
        }
        let all: BTreeSet<Box<[u8]>> =
            below.iter().flat_map(|key| paths(key)).filter(|path| site.events.takes(path)).collect();
        if all.is_empty() {
            share.left_out += 1;
            continue;
        }
        share.dotted += usize::from(below.iter().any(|key| has_dots(key)));
        bases.insert(through);
        for path in all {
            let known = known.entry(path).or_default();
            known.written |= !record.removed;
            known.messages.extend(record.message);
        }
    }
    share.several_buckets = bases.len() > 1;
    share.base_urls = base_urls(site, &bases);
    for (path, Known { written, messages }) in known {
        let status = if written { Status::Modified } else { Status::Deleted };
        share.changes.paths.push(Change { path, status, leads_elsewhere: false });
        share.messages.push(messages);
    }
    share.changes = share.changes.superseding();
    share
}

/// Returns the base URLs that were met; all where it makes no difference.
fn base_urls(site: &Site, met: &BTreeSet<Vec<Option<usize>>>) -> Vec<BaseUrl> {
    let numbers: BTreeSet<usize> = met.iter().flatten().copied().flatten().collect();
    if numbers.is_empty() {
        return site.base_urls.clone();
    }
    numbers.into_iter().map(|number| site.base_urls[number].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::events::Record;

    fn site(more: &str) -> Site {
        let head =
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\", \"https://example.com/d%C3%A9/\"]\n";
        Config::parse(&[head, more].concat(), "purge.toml").unwrap().sites.remove(0)
    }

    fn shared(site: &Site, records: &[(&str, &str, bool)]) -> (Share, Vec<String>) {
        let record = |(message, (bucket, key, removed)): (usize, &(&str, &str, bool))| Record {
            bucket: (*bucket).to_owned(),
            keys: vec![key.as_bytes().into()],
            removed: *removed,
            message: Some(message),
        };
        let records = records.iter().enumerate().map(record).collect();
        let share = share(site, &Notifications { records, ..Notifications::default() });
        let told = |change: &Change| format!("{} {}", String::from_utf8_lossy(&change.path), change.status.word());
        let paths = share.changes.paths.iter().map(told).collect();
        (share, paths)
    }

    #[test]
    fn a_bucket_of_its_own_is_for_all_base_urls() {
        let site = site("[site.events]\nbucket = \"files\"\nprefix = \"site/\"\nexclude_extensions = [\"map\"]\n");
        let (share, paths) = shared(
            &site,
            &[
                ("files", "site/b.html", false),
                ("files", "site/a.js", true),
                ("files", "site/a.js.map", false),
                ("files", "other/x", false),
                ("www.example.com", "b.html", false),
                ("files", "site/b.html", true),
                ("files", "site/", false),
                ("files", "site/../c", false),
            ],
        );
        assert_eq!(paths, [" modified", "a.js deleted", "b.html modified", "c modified"]);
        assert_eq!((share.records, share.outside, share.left_out, share.dotted), (7, 1, 1, 1));
        assert_eq!(share.messages, [vec![6], vec![1], vec![0, 5], vec![7]]);
        assert_eq!((share.base_urls.len(), share.several_buckets), (2, false));
        assert!(is_bucket_of(&site, "files") && !is_bucket_of(&site, "www.example.com"));
    }

    #[test]
    fn a_bucket_called_like_a_host_is_for_that_hosts_base_url() {
        let (share, paths) = shared(&site(""), &[("www.example.com", "dé/a", false)]);
        assert_eq!(paths, ["dé/a modified"]);
        assert_eq!(share.base_urls[0].as_str(), "https://www.example.com/");
        let (share, paths) = shared(&site(""), &[("example.com", "dé/a", false), ("example.com", "a", false)]);
        assert_eq!((share.outside, paths), (1, vec!["a modified".to_owned()]));
        assert_eq!(share.base_urls[0].as_str(), "https://example.com/d%C3%A9/");
        assert_eq!((share.base_urls.len(), share.several_buckets), (1, false));
        let both = [("example.com", "dé/a", false), ("www.example.com", "b", false)];
        let (share, _) = shared(&site(""), &both);
        assert_eq!((share.base_urls.len(), share.several_buckets), (2, true));
        assert!(!is_bucket_of(&site(""), "shop.example.com"));
    }
}
