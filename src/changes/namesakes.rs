//! Entries of TO that answer under the URLs of what changed, though they are others: their names differ by nothing but the case of
//! letters, by how an `é` is composed, or by a plus for a blank.
//!
//! Only the names are compared. The URLs that a host answers with in any case are left to [`crate::mapping`].

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use super::change::Changes;
use super::descent::Descent;
use super::unchanged::{Unchanged, is_odd};
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

/// The names of what changed in a directory, by what is the same in all letters; `None` where there are several.
#[derive(Default)]
struct Names<'c>(HashMap<String, Option<&'c [u8]>>);

impl<'c> Names<'c> {
    fn add(&mut self, name: &'c [u8], in_any_case: bool) {
        let known = self.0.entry(in_other_letters(name, in_any_case)).or_insert(Some(name));
        *known = known.filter(|known| *known == name);
    }

    /// Returns true when a name is there in other letters.
    fn have_other(&self, name: &[u8], in_any_case: bool) -> bool {
        self.0.get(&in_other_letters(name, in_any_case)).is_some_and(|known| *known != Some(name))
    }
}

impl Changes {
    /// Returns true when TO has a directory whose name is that of a changed one, or of a changed page, in other letters, or such a page
    /// beside a changed directory. So it is where that is not known.
    pub(super) fn have_namesakes<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        unchanged: &Unchanged,
        in_any_case: bool,
    ) -> Result<bool, SnapshotError> {
        let mut odd: Vec<&[u8]> = unchanged.odd.iter().map(|path| &**path).collect();
        odd.extend(self.directories_with_odd_changes());
        odd.sort_unstable();
        odd.dedup();
        for directory in odd {
            let Some((id, tree)) = descent.to(directory)? else { return Ok(true) };
            let (mut directories, mut pages) = (Names::default(), Names::default());
            let mut changed = Vec::new();
            for (name, is_directory) in self.names_in(directory) {
                changed.push(name);
                if is_directory {
                    directories.add(name, in_any_case);
                } else {
                    beginnings(name).for_each(|page| pages.add(page, in_any_case));
                }
            }
            for entry in tree.entries() {
                let entry = entry.map_err(|e| to.malformed(id, e))?;
                let have = |names: &Names<'_>, name| names.have_other(name, in_any_case);
                let is_namesake = match entry.kind {
                    _ if changed.binary_search(&entry.name).is_ok() => false,
                    EntryKind::Tree => have(&directories, entry.name) || have(&pages, entry.name),
                    _ => beginnings(entry.name).any(|page| have(&directories, page)),
                };
                if is_namesake {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns the directories, with their slash, in which something with an odd name changed.
    fn directories_with_odd_changes(&self) -> Vec<&[u8]> {
        let mut directories = Vec::new();
        for path in self.paths.iter().map(|change| &*change.path).filter(|path| is_odd(path)) {
            let mut start = 0;
            for end in memchr::memchr_iter(b'/', path).chain([path.len()]) {
                if is_odd(&path[start..end]) && directories.last() != Some(&&path[..start]) {
                    directories.push(&path[..start]);
                }
                start = end + 1;
            }
        }
        directories
    }

    /// Returns the names in a directory, with its slash, of what changed there or below, sorted, and whether each is a directory.
    fn names_in(&self, directory: &[u8]) -> Vec<(&[u8], bool)> {
        let first = self.paths.partition_point(|change| *change.path < *directory);
        let mut rest = &self.paths[first..];
        let mut names = Vec::new();
        while let Some(inside) = rest.first().and_then(|change| change.path.strip_prefix(directory)) {
            let name = inside.split(|byte| *byte == b'/').next().unwrap_or_default();
            let is_directory = name.len() < inside.len();
            names.push((name, is_directory));
            // Whatever lies in the same directory.
            let same = &rest[0].path[..directory.len() + name.len() + usize::from(is_directory)];
            let is_same = |path: &[u8]| if is_directory { path.starts_with(same) } else { path == same };
            rest = &rest[rest.partition_point(|change| is_same(&change.path))..];
        }
        names.sort_unstable();
        names
    }
}

/// Returns a name, and the parts of it that end before a dot.
fn beginnings(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'.', name).chain([name.len()]).map(|end| &name[..end]).filter(|part| !part.is_empty())
}

/// Returns the same text for all names, or paths, that are the same in other letters.
#[must_use]
pub fn in_other_letters(name: &[u8], in_any_case: bool) -> String {
    let text = String::from_utf8_lossy(name).replace('+', " ");
    let text = if text.is_ascii() { text } else { text.nfc().collect() };
    if in_any_case { text.to_lowercase() } else { text }
}
