//! Files of TO that did not change: as few as tell which directories changed whole.
//!
//! The comparison has met one in each directory. Some more are looked for where the URLs of a page, or of no file, lie in a directory that
//! the comparison has nothing to say of.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::change::{Change, Changes};
use super::descent::{Descent, Seen};
use super::error::ChangesError;
use super::unchanged::{Unchanged, parts};
use crate::snapshot::{EntryKind, Snapshot};

impl Changes {
    /// Returns files of TO that did not change: one at least for each directory that holds some and has changes below it, and for each of
    /// these further directories that has no change below it; and all pages beside the directories that are given for that. `None` where that
    /// is not known without a list of all files.
    pub(super) fn met_in<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        unchanged: &Unchanged,
        beside: &[Box<[u8]>],
        further: &BTreeSet<Vec<u8>>,
    ) -> Result<Option<Vec<Box<[u8]>>>, ChangesError> {
        let mut files = self.pages_beside(to, descent, beside)?;
        for path in &unchanged.met {
            match path.strip_suffix(b"/") {
                None => files.push(path.clone()),
                Some(directory) => match a_file_in(to, descent, directory)? {
                    Some(file) => files.push(file),
                    None => return Ok(None),
                },
            }
        }
        for directory in further {
            match self.a_file_above_all_changes(to, descent, directory)? {
                Beside::Nothing => {}
                Beside::File(file) => files.push(file),
                Beside::NotKnown => return Ok(None),
            }
        }
        files.sort_unstable();
        files.dedup();
        Ok(Some(files))
    }

    /// Returns the files of TO that did not change and lie beside one of these directories, with its name and mostly an extension: URLs of
    /// such a page may lie in the directory, which need not be there.
    pub(super) fn pages_beside<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        directories: &[Box<[u8]>],
    ) -> Result<Vec<Box<[u8]>>, ChangesError> {
        let mut pages = Vec::new();
        for beside in directories.chunk_by(|one, other| parts(one).0 == parts(other).0) {
            let above = parts(&beside[0]).0;
            let Some((place, tree)) = descent.to(above)? else { continue };
            let mut links = Vec::new();
            for entry in tree.entries() {
                let entry = entry.map_err(|e| to.malformed(place.id(), e))?;
                let is_name = |end| beside.binary_search_by(|one| parts(one).1.cmp(&entry.name[..end])).is_ok();
                let mut ends = memchr::memchr_iter(b'.', entry.name).chain([entry.name.len()]);
                if entry.kind == EntryKind::Tree || !ends.any(is_name) {
                    continue;
                }
                let path = [above, entry.name].concat();
                match entry.kind {
                    _ if self.have(&path) => {}
                    EntryKind::Link => links.push((path, entry.id.to_vec())),
                    _ => pages.push(path.into_boxed_slice()),
                }
            }
            let place = Rc::clone(place);
            for (path, blob) in links {
                if matches!(descent.follow(&place, &blob)?, Seen::File | Seen::Opaque) {
                    pages.push(path.into_boxed_slice());
                }
            }
        }
        Ok(pages)
    }

    /// Returns the directories, with their slash, that have the name of a changed file, with its extensions or without, whether they are
    /// there or not: some of its URLs may lie in it.
    pub(super) fn directories_of_names(&self) -> Vec<Box<[u8]>> {
        let of_name = |change: &Change| {
            let name_at = memchr::memrchr(b'/', &change.path).map_or(0, |slash| slash + 1);
            let name = &change.path[name_at..];
            let ends = memchr::memchr_iter(b'.', name).filter(|dot| *dot > 0).chain([name.len()]);
            let directory = |end| [&change.path[..name_at + end], b"/"].concat().into_boxed_slice();
            ends.map(directory).collect::<Vec<_>>()
        };
        self.paths.iter().flat_map(of_name).collect()
    }

    /// Looks at a directory, and where there is none at those above it, up to the first that has a change below it.
    fn a_file_above_all_changes<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        directory: &[u8],
    ) -> Result<Beside, ChangesError> {
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

    /// Returns true when this path changed.
    pub(super) fn have(&self, path: &[u8]) -> bool {
        self.paths.binary_search_by(|change| (*change.path).cmp(path)).is_ok()
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
        self.unchanged.as_ref().is_some_and(|unchanged| unchanged.is_met_below(&[directory, b"/"].concat()))
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

/// Returns the path of a file in a directory or below it; `None` where there is none, or none is found without a long search.
fn a_file_in<'s>(
    to: &'s Snapshot<'s>,
    descent: &mut Descent<'s>,
    directory: &[u8],
) -> Result<Option<Box<[u8]>>, ChangesError> {
    let mut path = directory.to_vec();
    loop {
        let Some((place, tree)) = descent.to(&path)? else { return Ok(None) };
        let mut first_tree = None;
        let mut file = None;
        let mut links = Vec::new();
        for entry in tree.entries() {
            let entry = entry.map_err(|e| to.malformed(place.id(), e))?;
            match entry.kind {
                EntryKind::Tree => first_tree = first_tree.or(Some(entry.name.to_vec())),
                EntryKind::File | EntryKind::Gitlink => {
                    file = Some(entry.name.to_vec());
                    break;
                }
                EntryKind::Link => links.push((entry.name.to_vec(), entry.id.to_vec())),
            }
        }
        let place = Rc::clone(place);
        // They may lead nowhere.
        let mut links = links.into_iter();
        while let (None, None, Some((name, blob))) = (&file, &first_tree, links.next()) {
            match descent.follow(&place, &blob)? {
                Seen::File | Seen::Opaque => file = Some(name),
                Seen::Directory(_) => first_tree = Some(name),
                Seen::Nothing => {}
            }
        }
        let is_file = file.is_some();
        let Some(name) = file.or(first_tree) else { return Ok(None) };
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        if is_file {
            return Ok(Some(path.into()));
        }
    }
}
