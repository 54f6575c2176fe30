//! Directories that show their entries: those without an index file, in which something came, went or changed.
//!
//! Which names are those of index files depends on the host, so whoever knows them says so. The answer of such a directory is left to
//! [`crate::mapping`].

use std::collections::BTreeMap;

use super::descent::Descent;
use super::{Changes, Status};
use crate::snapshot::{Snapshot, SnapshotError};

impl Changes {
    /// Finds the directories of TO in which something changed and that have no file of one of these names.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn listing_in(mut self, to: &Snapshot<'_>, index_names: &[Vec<u8>]) -> Result<Changes, SnapshotError> {
        // Whether an index file is among what changed, which spares most directories the look.
        let mut parents: BTreeMap<&[u8], bool> = BTreeMap::new();
        for change in &self.paths {
            let (parent, name) = split(&change.path);
            let is_index = change.status != Status::Deleted && index_names.iter().any(|index| index == name);
            *parents.entry(parent).or_default() |= is_index;
        }
        for directory in self.directories.iter().filter(|directory| !directory.path.is_empty()) {
            parents.entry(split(&directory.path).0).or_default();
        }
        let (mut listings, mut descent): (Vec<Box<[u8]>>, _) = (Vec::new(), Descent::into(to));
        for (parent, has_index) in parents {
            if !has_index && shows_entries(to, &mut descent, parent, index_names)? {
                listings.push(parent.into());
            }
        }
        self.listings = listings;
        Ok(self)
    }
}

/// Returns the directory of a path, without a slash, and its name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.iter().rposition(|&b| b == b'/').map_or((&b""[..], path), |at| (&path[..at], &path[at + 1..]))
}

/// Returns true for a directory of TO without an index file. One that is only there through links has its files looked up one by one.
fn shows_entries<'s>(
    to: &'s Snapshot<'s>,
    descent: &mut Descent<'s>,
    directory: &[u8],
    index_names: &[Vec<u8>],
) -> Result<bool, SnapshotError> {
    if let Some((id, tree)) = descent.to(directory)? {
        for name in index_names {
            if tree.find(name).map_err(|e| to.malformed(id, e))?.is_some() {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let through_links = |name: &Vec<u8>| to.file(&[directory, b"/", name].concat());
    for name in index_names {
        if through_links(name)?.is_some() {
            return Ok(false);
        }
    }
    // One that is gone has vanished, which is a change of its own.
    Ok(to.root().is_some() && to.has(directory)?)
}
