//! Two versions of a configuration, entry by entry: those that only one has, and those that stand in another order where order counts.
//!
//! Of the entries of one kind the first that matches a request answers, or all that match have a say one after the other. So an entry
//! that moves across one that may be asked about the same request changes answers, and any other move changes nothing.

use std::collections::HashMap;

use super::difference::{Difference, Reach};
use super::entry::Entry;
use super::readers::Readers;
use crate::config::Scope;

/// Entries whose order is compared pair by pair. Of more, all of those that moved count.
const MOST_IN_PAIRS: usize = 4_000;

/// Steps of looking for entries that send requests on, a second's worth. A file that takes more counts as a whole.
const MOST_STEPS: usize = 20_000_000;

/// Returns what differs, or nothing where that takes too long to tell; `others` are entries of other files, which may send requests on to those of this one, and `scope` is the
/// file's.
pub(super) fn compared(old: &[Entry], new: &[Entry], others: &[Entry], scope: Scope) -> Option<Vec<Difference>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, entry) in new.iter().enumerate().rev() {
        places.entry(&entry.said).or_default().push(place);
    }
    let mut changed: Vec<(&Entry, &str)> = Vec::new();
    let mut is_kept = vec![false; new.len()];
    // The entries that both have, by their places in the one and in the other.
    let mut both: Vec<(usize, usize)> = Vec::new();
    for (place, entry) in old.iter().enumerate() {
        match places.get_mut(&*entry.said).and_then(Vec::pop) {
            Some(now) => {
                is_kept[now] = true;
                both.push((place, now));
            }
            None => changed.push((entry, "gone: ")),
        }
    }
    let added = new.iter().zip(&is_kept).filter(|(_, kept)| !**kept);
    changed.extend(added.map(|(entry, _)| (entry, "")));
    changed.extend(moved(old, new, &both).into_iter().map(|place| (&new[place], "moved: ")));
    let all: Vec<&Entry> = old.iter().chain(new).chain(others).collect();
    if changed.len().saturating_mul(all.len()) > MOST_STEPS {
        return None;
    }
    let mut differences: Vec<Difference> =
        changed.into_iter().map(|(entry, how)| difference(entry, how, &all, scope)).collect();
    // An entry that matches nothing is reported only for the page under unknown URLs.
    // One that is the same, and for one host has come within a limit or gone beyond.
    for (_, now) in both.iter().filter(|(place, now)| old[*place].is_beyond != new[*now].is_beyond) {
        let how = if new[*now].is_beyond { "beyond the limit: " } else { "within the limit: " };
        let crossed = difference(&new[*now], how, &all, scope);
        differences.push(Difference { readers: Readers::CloudflareAlone, ..crossed });
    }
    differences.retain(|difference| !difference.reaches.is_empty() || difference.entry.contains("(errordocument "));
    differences.sort_unstable();
    differences.dedup();
    Some(differences)
}

/// Returns the entries, by their places in the new version, that changed sides with one that may be asked about the same request.
fn moved(old: &[Entry], new: &[Entry], both: &[(usize, usize)]) -> Vec<usize> {
    let mut moved = Vec::new();
    let mut orders: Vec<&str> = both.iter().map(|(place, _)| &*old[*place].order).collect();
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        let places: Vec<usize> = both.iter().filter(|(p, _)| old[*p].order == order).map(|(_, now)| *now).collect();
        if places.is_sorted() {
            continue;
        }
        if places.len() > MOST_IN_PAIRS {
            moved.extend(places);
            continue;
        }
        for (i, one) in places.iter().enumerate() {
            let across = places[i + 1..].iter().filter(|two| *two < one && new[*one].meets(&new[**two]));
            let across: Vec<usize> = across.copied().collect();
            if !across.is_empty() {
                moved.push(*one);
                moved.extend(across);
            }
        }
    }
    moved.sort_unstable();
    moved.dedup();
    moved
}

/// Makes the difference of an entry: with the URLs of all others that send requests on to its own.
fn difference(entry: &Entry, how: &str, all: &[&Entry], scope: Scope) -> Difference {
    let mut reaches = entry.reaches.clone();
    // Nothing lies outside of what bears on the whole site.
    let is_whole = entry.is_all && scope == Scope::Site;
    let mut left: Vec<&&Entry> = all.iter().filter(|other| other.target.is_some() && !is_whole).collect();
    loop {
        let before = left.len();
        let (leading, others): (Vec<&&Entry>, Vec<&&Entry>) =
            left.into_iter().partition(|other| other.leads_to(&reaches));
        for reach in leading.iter().flat_map(|other| &other.reaches) {
            if !reaches.contains(reach) {
                reaches.push(reach.clone());
            }
        }
        left = others;
        if left.len() == before {
            break;
        }
    }
    if matches!(entry.reaches[..], [Reach::Files(_)]) {
        // A path that others name need not be a file.
        let named = all.iter().filter(|other| !other.is_all).flat_map(|other| other.reaches.iter().cloned());
        reaches.extend(named);
        reaches.sort_unstable();
        reaches.dedup();
    }
    let entry_words = format!("{how}{}", entry.words());
    let readers = if entry.is_beyond { Readers::AllButCloudflare } else { Readers::All };
    Difference { entry: entry_words.into(), scope: entry.is_all.then_some(scope), reaches, readers }
}
