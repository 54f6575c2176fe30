//! Entries of TO that answer under the URLs of what changed, though they are others: their names differ by nothing but the case of
//! letters, by how an `é` is composed, or by a plus for a blank.
//!
//! Only the names are compared. The URLs that a host answers with in any case are left to [`crate::mapping`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_normalization::UnicodeNormalization as _;

use super::change::{Changes, Status};
use super::descent::Descent;
use super::error::ChangesError;
use super::unchanged::{Unchanged, is_odd};
use crate::snapshot::{EntryKind, Snapshot};

/// Names of directories, by what is the same in all letters; `None` where there are several.
struct Names<'c> {
    by_text: HashMap<String, Option<&'c [u8]>>,
    in_any_case: bool,
    /// That of the name that is looked for.
    text: String,
}

impl<'c> Names<'c> {
    fn new(in_any_case: bool) -> Names<'c> {
        Names { by_text: HashMap::new(), in_any_case, text: String::new() }
    }

    /// Adds one; returns false when it is there in other letters, too.
    fn add(&mut self, name: &'c [u8]) -> bool {
        let known = self.by_text.entry(in_other_letters(name, self.in_any_case)).or_insert(Some(name));
        *known = known.filter(|known| *known == name);
        known.is_some()
    }

    /// Returns true when a name is there in other letters.
    fn have_other(&mut self, name: &[u8]) -> bool {
        self.text.clear();
        write_in_other_letters(name, self.in_any_case, &mut self.text);
        self.by_text.get(&self.text).is_some_and(|known| *known != Some(name))
    }

    /// Returns true when the name of a page, or a part of it that ends before a dot, is there in other letters.
    fn have_other_of_page(&mut self, name: &[u8]) -> bool {
        beginnings(name).any(|name| self.have_other(name))
    }
}

impl Changes {
    /// Returns true when TO has a directory whose name is that of a changed one, or of a changed page, in other letters, or such a page
    /// beside a changed directory; where forms differ, also a page beside a changed one. So it is where that is not known.
    pub(super) fn have_namesakes<'s>(
        &self,
        to: &'s Snapshot<'s>,
        descent: &mut Descent<'s>,
        unchanged: &Unchanged,
        in_any_case: bool,
        forms_differ: bool,
    ) -> Result<bool, ChangesError> {
        let mut odd: Vec<(&[u8], bool)> = unchanged.odd.iter().map(|odd| (&*odd.path, odd.has_directories)).collect();
        odd.extend(self.directories_with_odd_losses().into_iter().map(|directory| (directory, true)));
        odd.sort_unstable();
        odd.dedup();
        for (directory, has_directories) in odd {
            let changed = self.names_in(directory);
            let mut names = Names::new(in_any_case);
            for (name, is_directory) in &changed {
                if *is_directory {
                    names.add(name);
                } else if forms_differ {
                    for name in beginnings(name) {
                        names.add(name);
                    }
                }
            }
            if !has_directories && names.by_text.is_empty() {
                continue;
            }
            let Some((place, tree)) = descent.to(directory)? else { return Ok(true) };
            let (mut both, mut others) = (Names::new(in_any_case), Names::new(in_any_case));
            for entry in tree.entries() {
                let entry = entry.map_err(|e| to.malformed(place.id(), e))?;
                let (name, is_tree) = (entry.name, entry.kind == EntryKind::Tree);
                // A link may lead to a directory, or to a page.
                let may_be_directory = is_tree || entry.kind == EntryKind::Link;
                let is_namesake = if changed.binary_search_by(|(known, _)| (*known).cmp(name)).is_ok() {
                    // Of two that changed, one may hold what did not change in the other.
                    may_be_directory && !both.add(name)
                } else {
                    if may_be_directory {
                        others.add(name);
                    }
                    names.have_other(name) || !is_tree && names.have_other_of_page(name)
                };
                if is_namesake {
                    return Ok(true);
                }
            }
            if !others.by_text.is_empty()
                && changed.iter().any(|(name, is_tree)| !is_tree && others.have_other_of_page(name))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the directories, with their slash, in which something with an odd name is gone: TO need not have another one.
    fn directories_with_odd_losses(&self) -> Vec<&[u8]> {
        let mut directories = Vec::new();
        let deleted = self.paths.iter().filter(|change| change.status == Status::Deleted);
        for path in deleted.map(|change| &*change.path).filter(|path| is_odd(path)) {
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

/// Returns true when one of these directories, which URLs lie in, or one above it, has the name of another directory of TO in other letters,
/// or that of a page beside it.
pub(super) fn any_has_a_namesake<'s>(
    directories: &BTreeSet<Vec<u8>>,
    to: &'s Snapshot<'s>,
    descent: &mut Descent<'s>,
    in_any_case: bool,
) -> Result<bool, ChangesError> {
    let mut names_in: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
    for directory in directories {
        let mut start = 0;
        for end in memchr::memchr_iter(b'/', directory).chain([directory.len()]).filter(|end| *end > 0) {
            names_in.entry(&directory[..start]).or_default().insert(&directory[start..end]);
            start = end + 1;
        }
    }
    for (above, wanted) in names_in {
        let Some((place, tree)) = descent.to(above)? else { continue };
        let mut names = Names::new(in_any_case);
        for name in &wanted {
            names.add(name);
        }
        let is_wanted_odd = wanted.iter().any(|name| is_odd(name));
        for entry in tree.entries() {
            let entry = entry.map_err(|e| to.malformed(place.id(), e))?;
            let may_be = is_wanted_odd || is_odd(entry.name);
            if may_be && (names.have_other(entry.name) || names.have_other_of_page(entry.name)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Returns a name, and the parts of it that end before a dot.
fn beginnings(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'.', name).chain([name.len()]).filter(|end| *end > 0).map(|end| &name[..end])
}

/// Returns the same text for all names, or paths, that are the same in other letters.
#[must_use]
pub fn in_other_letters(name: &[u8], in_any_case: bool) -> String {
    let mut text = String::with_capacity(name.len());
    write_in_other_letters(name, in_any_case, &mut text);
    text
}

fn write_in_other_letters(name: &[u8], in_any_case: bool, text: &mut String) {
    let letters = String::from_utf8_lossy(name);
    let letters = letters.chars().map(|letter| if letter == '+' { ' ' } else { letter });
    match (name.is_ascii(), in_any_case) {
        (true, true) => text.extend(letters.map(|letter| letter.to_ascii_lowercase())),
        (true, false) => text.extend(letters),
        // A small letter may be composed where the capital is not: `ǰ`.
        (false, true) => text.extend(letters.nfc().collect::<String>().to_lowercase().nfc()),
        (false, false) => text.extend(letters.nfc()),
    }
}
