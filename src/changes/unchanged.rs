//! What a comparison meets that did not change: one thing in each directory, which tells that the directory did not change as a whole.
//!
//! So a prefix can take the place of a directory's URLs without a list of the site. Nothing is read for it but the way down to one file
//! of a directory that is the same on both sides. The choice of prefixes is left to [`crate::plan`].

use std::collections::BTreeSet;

use super::Changes;
use super::descent::Descent;
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

/// What was met, directory by directory.
#[derive(Default)]
pub(super) struct Unchanged {
    found: Vec<Box<[u8]>>,
    /// Something of the directory that is walked is among it.
    is_known: bool,
}

impl Unchanged {
    /// Begins with a directory; returns whether something was found in the one that holds it.
    pub(super) fn enter(&mut self) -> bool {
        std::mem::take(&mut self.is_known)
    }

    /// Goes back to the directory that holds it.
    pub(super) fn leave(&mut self, above: bool) {
        self.is_known = above;
    }

    /// Notes an entry that is the same on both sides; `path` is that of its directory, with its slash. Of a link that is not followed, or
    /// a submodule, nobody knows what lies behind it, so each counts.
    pub(super) fn meet(&mut self, kind: EntryKind, path: &[u8], name: &[u8]) {
        if self.is_known && matches!(kind, EntryKind::File | EntryKind::Tree) {
            return;
        }
        let slash: &[u8] = if kind == EntryKind::Tree { b"/" } else { b"" };
        self.found.push([path, name, slash].concat().into_boxed_slice());
        self.is_known = true;
    }

    /// Returns it all, sorted; directories end in a slash.
    pub(super) fn sorted(mut self) -> Vec<Box<[u8]>> {
        self.found.sort_unstable();
        self.found
    }
}

impl Changes {
    /// Returns files of TO that did not change: one at least for each directory that holds some and has changes below it, and for each of
    /// these further directories that has no change below it. `None` where that is not known without a list of all files.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn unchanged_in(
        &self,
        to: &Snapshot<'_>,
        further: &BTreeSet<Vec<u8>>,
    ) -> Result<Option<Vec<Box<[u8]>>>, SnapshotError> {
        let Some(unchanged) = &self.unchanged else { return Ok(None) };
        let mut descent = Descent::into(to);
        let mut files: Vec<Box<[u8]>> = Vec::with_capacity(unchanged.len());
        for path in unchanged {
            match path.strip_suffix(b"/") {
                None => files.push(path.clone()),
                Some(directory) => match a_file_in(to, &mut descent, directory)? {
                    Some(file) => files.push(file),
                    None => return Ok(None),
                },
            }
        }
        for directory in further {
            match self.a_file_above_all_changes(to, &mut descent, directory)? {
                Beside::Nothing => {}
                Beside::File(file) => files.push(file),
                Beside::NotKnown => return Ok(None),
            }
        }
        files.sort_unstable();
        files.dedup();
        Ok(Some(files))
    }

    /// Looks at a directory, and where there is none at those above it, up to the first that has a change below it.
    fn a_file_above_all_changes<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        directory: &[u8],
    ) -> Result<Beside, SnapshotError> {
        let mut directory = directory;
        while !directory.is_empty() && !self.was_walked(directory) {
            if descent.to(directory)?.is_some() {
                return Ok(a_file_in(to, descent, directory)?.map_or(Beside::NotKnown, Beside::File));
            }
            if to.has(directory)? {
                return Ok(Beside::NotKnown);
            }
            directory = &directory[..directory.iter().rposition(|&b| b == b'/').unwrap_or(0)];
        }
        Ok(Beside::Nothing)
    }

    /// Returns true when a path below a directory changed, which is given without a slash at its end.
    pub(super) fn have_one_below(&self, directory: &[u8]) -> bool {
        let start = [directory, b"/"].concat();
        let first = self.paths.partition_point(|change| *change.path < *start);
        self.paths.get(first).is_some_and(|change| change.path.starts_with(&start))
    }

    /// Returns true when something of a directory, or below it, was met beside what changed, or changed.
    fn was_walked(&self, directory: &[u8]) -> bool {
        if self.have_one_below(directory) {
            return true;
        }
        let start = [directory, b"/"].concat();
        let met = self.unchanged.as_deref().unwrap_or_default();
        // The directory itself stands there where it was passed over whole.
        let inside = met.partition_point(|path| **path <= *start);
        met.get(inside).is_some_and(|path| path.starts_with(&start))
    }
}

/// What is known of a directory without changes.
enum Beside {
    /// It is not there.
    Nothing,
    /// This file lies in it, or below it.
    File(Box<[u8]>),
    /// Links may lead to it.
    NotKnown,
}

/// Returns the path of a file in a directory or below it; `None` where there is none, or only through links.
fn a_file_in<'s>(
    to: &'s Snapshot<'s>,
    descent: &mut Descent<'s>,
    directory: &[u8],
) -> Result<Option<Box<[u8]>>, SnapshotError> {
    let mut path = directory.to_vec();
    loop {
        let Some((id, tree)) = descent.to(&path)? else { return Ok(None) };
        let mut first_tree = None;
        let mut file = None;
        for entry in tree.entries() {
            let entry = entry.map_err(|e| to.malformed(id, e))?;
            match entry.kind {
                EntryKind::Tree => first_tree = first_tree.or(Some(entry.name)),
                EntryKind::File | EntryKind::Gitlink => {
                    file = Some(entry.name);
                    break;
                }
                // It may lead nowhere.
                EntryKind::Link => {}
            }
        }
        let name = file.or(first_tree);
        let Some(name) = name else { return Ok(None) };
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        if file.is_some() {
            return Ok(Some(path.into()));
        }
    }
}
