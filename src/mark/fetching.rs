//! Brings what the refs of marks at remotes point to: all of a remote at once, for all sites of a run.
//!
//! A mark says whose it is in what its ref points to, so that this has to be here before the mark is read.

use std::collections::BTreeSet;

use super::listings::Listings;
use super::refs::RefStore;
use crate::snapshot::{Remote, Repository};

/// Brings what the refs of these marks point to, as far as it is not here: all of a remote at once. Returns what a person may
/// want to know of it. A mark that cannot be fetched is left to its reader.
pub(super) fn fetch(stores: &[&RefStore], listings: &mut Listings) -> Vec<String> {
    let mut notes = Vec::new();
    let mut left: Vec<&RefStore> = stores.to_vec();
    while let Some((repository, name)) = left.first().and_then(|s| Some((&s.repository, s.remote.as_ref()?))) {
        let (group, others): (Vec<&RefStore>, Vec<&RefStore>) =
            left.iter().copied().partition(|store| store.remote.as_ref() == Some(name));
        left = others;
        let Ok(refs) = listings.at(repository, name) else { continue };
        let wanted: BTreeSet<(&str, &str)> = group.iter().flat_map(|store| store.of_name(refs)).collect();
        let missing: Vec<(&str, &str)> = wanted.into_iter().filter(|(_, object)| !repository.has(object)).collect();
        if let (false, Ok(remote)) = (missing.is_empty(), Remote::named(repository, name)) {
            notes.extend(brought(repository, &remote, &missing));
        }
    }
    notes
}

/// Fetches refs with what they point to; where that fails for all together, each by itself.
fn brought(repository: &Repository, remote: &Remote<'_>, missing: &[(&str, &str)]) -> Option<String> {
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    if remote.fetch(&names).is_err() {
        for name in &names {
            let _told_by_who_reads_it = remote.fetch(&[name]);
        }
    }
    let here = repository.id_of("HEAD").ok();
    let revision = |(_, object): &(&str, &str)| repository.annotated(object).ok().flatten().map(|a| a.revision);
    let revisions: BTreeSet<String> =
        missing.iter().filter_map(revision).filter(|id| Some(id) != here.as_ref()).collect();
    match (revisions.len(), revisions.first()) {
        (1, Some(id)) => {
            let short = id.get(..10).unwrap_or(id);
            Some(format!("{short} was not in this clone, and is fetched from {}", remote.name()))
        }
        (0, _) | (_, None) => None,
        (many, _) => Some(format!("{many} revisions were not in this clone, and are fetched from {}", remote.name())),
    }
}
