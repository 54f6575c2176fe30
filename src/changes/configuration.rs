//! The configuration files that a host reads in every directory, found without a list of the site, and the trees that hold them.
//!
//! A comparison notes these trees, and knows of the others from an earlier run, so that no other tree is read. Their meaning is left to
//! [`crate::hosting`].

use super::error::ChangesError;
use super::noting::Noted;
use super::walk::Walk;
use crate::config::Symlinks;
use crate::hosting;
use crate::snapshot::{NotedTrees, Snapshot};

/// Returns the trees of TO with something of note, and no others, out of what a comparison noted.
///
/// # Errors
/// As [`super::compare`].
pub fn noted_in(to: &Snapshot<'_>, noted: &Noted) -> Result<NotedTrees, ChangesError> {
    if let Some(all) = noted.all_met() {
        return Ok(all.clone());
    }
    let walk = Walk::new(to, to, Symlinks::Follow).only_into(noted);
    Ok(walk.run(None, to.root())?.noted.map(Noted::into_met).unwrap_or_default())
}

/// Returns the paths of a snapshot that are configuration files of the kind that a host reads in every directory, sorted; also those that
/// only exist through links. Where the trees that hold some are known, no other is read.
pub(super) fn files<'s>(
    snapshot: &'s Snapshot<'s>,
    symlinks: Symlinks,
    noted: Option<&'s Noted>,
) -> Result<Vec<Box<[u8]>>, ChangesError> {
    let walk = Walk::new(snapshot, snapshot, symlinks);
    let walk = if let Some(noted) = noted { walk.only_into(noted) } else { walk };
    let paths = walk.run(None, snapshot.root())?.paths.into_iter().map(|change| change.path);
    Ok(paths.filter(|path| hosting::minds_others(path)).collect())
}
