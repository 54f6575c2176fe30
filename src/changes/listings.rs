//! Directories that show their entries: those without an index file, in which something came, went or changed.
//!
//! Which names are those of index files depends on the host, so whoever knows them says so. The answer of such a directory is left to
//! [`crate::mapping`].

use std::collections::BTreeMap;
use std::rc::Rc;

use super::descent::{Descent, Seen};
use super::error::ChangesError;
use super::{Change, Changes, Status};
use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot};

impl Changes {
    /// Finds the directories of TO in which something changed and that have no file of one of these names.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn listing_in(
        mut self,
        to: &Snapshot<'_>,
        symlinks: Symlinks,
        index_names: &[Vec<u8>],
    ) -> Result<Changes, ChangesError> {
        // Whether an index file is among what changed, which spares most directories the look.
        let mut parents: BTreeMap<&[u8], bool> = BTreeMap::new();
        let is_index = |change: &Change| {
            change.status != Status::Deleted && index_names.iter().any(|index| index == split(&change.path).1)
        };
        // Sorted by path, the files of a directory mostly stand together.
        for files in self.paths.chunk_by(|one, other| split(&one.path).0 == split(&other.path).0) {
            *parents.entry(split(&files[0].path).0).or_default() |= files.iter().any(is_index);
        }
        for directory in self.directories.iter().filter(|directory| !directory.path.is_empty()) {
            parents.entry(split(&directory.path).0).or_default();
        }
        let (mut listings, mut descent): (Vec<Box<[u8]>>, _) = (Vec::new(), Descent::into(to, symlinks));
        for (parent, has_index) in parents {
            if has_index {
                continue;
            }
            let is_listed = match self.walked.as_ref().and_then(|walked| walked.has_any(parent, index_names)) {
                Some(has_index) => !has_index,
                None => shows_entries(to, &mut descent, parent, index_names)?,
            };
            if is_listed {
                listings.push(parent.into());
            }
        }
        (self.listings, self.walked) = (listings, None);
        Ok(self)
    }
}

/// Returns the directory of a path, without a slash, and its name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    memchr::memrchr(b'/', path).map_or((&b""[..], path), |at| (&path[..at], &path[at + 1..]))
}

/// Returns true for a directory of TO without an index file.
fn shows_entries<'s>(
    to: &'s Snapshot<'s>,
    descent: &mut Descent<'s>,
    directory: &[u8],
    index_names: &[Vec<u8>],
) -> Result<bool, ChangesError> {
    let Some((place, tree)) = descent.to(directory)? else {
        // One that is gone has vanished, which is a change of its own.
        return Ok(to.root().is_some() && to.has(directory)?);
    };
    let mut links = Vec::new();
    for name in index_names {
        match tree.find(name).map_err(|e| to.malformed(place.id(), e))? {
            Some(entry) if entry.kind == EntryKind::Link => links.push(entry.id.to_vec()),
            Some(_) => return Ok(false),
            None => {}
        }
    }
    let place = Rc::clone(place);
    for blob in links {
        // One that leads nowhere, or is not published, is not there; one that leads out of the snapshot may not be.
        if matches!(descent.follow(&place, &blob)?, Seen::File | Seen::Directory(_)) {
            return Ok(false);
        }
    }
    Ok(true)
}
