//! Files of TO that did not change, as many as tell which directories may go as a whole: counted only as far as that matters.
//!
//! One file is known of each directory that holds such, and mostly that is enough. Where that one is in the plan for another reason, or where
//! some may go along, a directory is counted until it has too many, first where nothing changed, and then those in it. The share that may go
//! along is left to whoever asks.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::change::{Changes, Inventory};
use super::descent::{Descent, Seen};
use super::error::{ChangesError, MAX_DEPTH};
use super::namesakes::any_has_a_namesake;
use super::unchanged::{Unchanged, parts};
use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot};

/// Files of one directory that are counted at once.
const AT_ONCE: usize = 256;

/// The share of a directory's files that may go along.
pub trait Share {
    /// Returns how many may at most; no directory that lies in it may have more. The path has no slash at its end.
    fn most(&self, directory: &[u8]) -> usize;

    /// Returns which of these files count for sure: whatever else a directory holds, it cannot go without them.
    fn count(&self, files: &[Box<[u8]>]) -> Vec<bool>;

    /// Returns true where files of one name, with another extension each, may have URLs of different forms.
    fn forms_differ(&self) -> bool;

    /// Returns true where names are the same in any case.
    fn is_in_any_case(&self) -> bool;
}

/// How many files of a directory did not change.
enum Extent {
    /// No more than may go along, and all were found.
    Few,
    TooMany,
    /// Links may lead to some.
    NotKnown,
}

/// A count under way.
struct Counting<'c, 's, S> {
    changes: &'c Changes,
    to: &'s Snapshot<'s>,
    descent: Descent<'s>,
    share: &'c S,
    /// Files that are known, sorted, and how many of those before each count.
    known: &'c [Box<[u8]>],
    before: Vec<usize>,
    found: Inventory,
    /// Directories of which all files were found, with their slash.
    counted: Vec<Box<[u8]>>,
}

impl Changes {
    /// Returns files of TO that did not change, in no order: of each directory, all, or more than may go along. The further directories are
    /// those of URLs that no changed file has itself. `None` where that is not known without a list of all files.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn unchanged_files<S: Share>(
        &self,
        to: &Snapshot<'_>,
        symlinks: Symlinks,
        further: &BTreeSet<Vec<u8>>,
        share: &S,
    ) -> Result<Option<Inventory>, ChangesError> {
        let (Some(unchanged), mut descent) = (&self.unchanged, Descent::into(to, symlinks)) else { return Ok(None) };
        let (in_any_case, forms_differ) = (share.is_in_any_case(), share.forms_differ());
        if self.have_namesakes(to, &mut descent, unchanged, in_any_case, forms_differ)?
            || any_has_a_namesake(further, to, &mut descent, in_any_case)?
        {
            return Ok(None);
        }
        let mut beside = unchanged.whole.clone();
        beside.extend(further.iter().flat_map(|directory| with_those_above(directory)));
        if forms_differ {
            beside.extend(self.directories_of_names());
        }
        beside.sort_unstable_by(|one, other| parts(one).cmp(&parts(other)));
        beside.dedup();
        let Some(known) = self.met_in(to, &mut descent, unchanged, &beside, further)? else { return Ok(None) };
        let mut before = vec![0];
        before.extend(share.count(&known).into_iter().scan(0, |sum, counts| {
            *sum += usize::from(counts);
            Some(*sum)
        }));
        let found = Inventory { paths: Vec::new(), opaque: unchanged.opaque.clone() };
        let (changes, counted) = (self, Vec::new());
        let mut counting = Counting { changes, to, descent, share, known: &known, before, found, counted };
        if !counting.is_settled(b"") && !counting.look(b"", &self.directories_with_urls(unchanged, further))? {
            return Ok(None);
        }
        let Counting { mut descent, mut found, mut counted, .. } = counting;
        counted.sort_unstable_by(|one, other| parts(one).cmp(&parts(other)));
        found.paths.extend(self.pages_beside(to, &mut descent, &counted)?);
        found.paths.extend(known);
        Ok(Some(found))
    }

    /// Returns the directories that URLs of the plan may lie in, with their slash, sorted: those of what changed, those beside a file of
    /// their name that changed, and the further ones.
    fn directories_with_urls(&self, unchanged: &Unchanged, further: &BTreeSet<Vec<u8>>) -> Vec<Box<[u8]>> {
        let further = further.iter().map(|directory| [directory, &b"/"[..]].concat().into_boxed_slice());
        let met = unchanged.met.iter().filter(|path| path.ends_with(b"/"));
        let beside = self.paths.chunk_by(|one, other| parts(&one.path).0 == parts(&other.path).0);
        let changed = beside.map(|changes| Box::from(parts(&changes[0].path).0));
        let mut directories: Vec<Box<[u8]>> =
            further.chain(met.cloned()).chain(self.directories_of_names()).chain(changed).collect();
        directories.sort_unstable();
        directories.dedup();
        directories
    }
}

impl<S: Share> Counting<'_, '_, S> {
    /// Returns true where nothing is known of a directory, which changed whole then, or where each file that is known counts, as one of each
    /// directory in it, and none may go along.
    fn is_settled(&self, directory: &[u8]) -> bool {
        let (known, count) = self.known_in(directory);
        known == 0 || count == known && self.most(directory) == 0
    }

    fn most(&self, directory: &[u8]) -> usize {
        self.share.most(directory.strip_suffix(b"/").unwrap_or_default())
    }

    /// Looks at a directory, whose path is empty or ends in a slash, and where it has too many files at those that lie in it; false where
    /// links may lead to some.
    fn look(&mut self, directory: &[u8], inside: &[Box<[u8]>]) -> Result<bool, ChangesError> {
        if self.is_settled(directory) {
            return Ok(true);
        }
        let most = self.most(directory);
        match if self.known_in(directory).1 > most { Extent::TooMany } else { self.count(directory, most)? } {
            Extent::Few => return Ok(true),
            Extent::NotKnown => return Ok(false),
            Extent::TooMany => {}
        }
        let end = |path: &[u8]| memchr::memchr(b'/', &path[directory.len()..]).map(|slash| directory.len() + slash + 1);
        let inside = &inside[inside.partition_point(|path| **path <= *directory)..];
        for inside in inside.chunk_by(|one, other| one[..end(one).unwrap_or(0)] == other[..end(other).unwrap_or(0)]) {
            if let Some(end) = end(&inside[0])
                && !self.look(&inside[0][..end], inside)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns how many files are known in a directory or below it, and how many of them count.
    fn known_in(&self, directory: &[u8]) -> (usize, usize) {
        let start = self.known.partition_point(|path| **path < *directory);
        let end = start + self.known[start..].partition_point(|path| path.starts_with(directory));
        (end - start, self.before[end] - self.before[start])
    }

    /// Counts the files in a directory and below it, first where nothing changed.
    fn count(&mut self, directory: &[u8], most: usize) -> Result<Extent, ChangesError> {
        let Some((place, _)) = self.descent.to(directory)? else {
            let is_gone = self.to.root().is_none() || !self.to.has(directory.strip_suffix(b"/").unwrap_or_default())?;
            return Ok(if is_gone { Extent::Few } else { Extent::NotKnown });
        };
        let (mut same, mut changed) = (vec![(directory.to_vec(), Rc::clone(place))], Vec::new());
        let mut count = 0;
        while let Some((path, place)) = same.pop().or_else(|| changed.pop()) {
            let tree = self.to.tree(place.id())?;
            let mut files = Vec::new();
            for entry in tree.entries() {
                let entry = entry.map_err(|e| self.to.malformed(place.id(), e))?;
                let path = [&path, entry.name].concat();
                let seen = match entry.kind {
                    EntryKind::Tree => Seen::Directory(place.below(entry.name, entry.id)),
                    EntryKind::Link => self.descent.follow(&place, entry.id)?,
                    EntryKind::File => Seen::File,
                    EntryKind::Gitlink => Seen::Opaque,
                };
                match seen {
                    Seen::Nothing => {}
                    Seen::Directory(_) if memchr::memchr_iter(b'/', &path).count() >= MAX_DEPTH => {
                        return Ok(Extent::NotKnown);
                    }
                    Seen::Directory(place) if self.changes.have_one_below(&path) => {
                        changed.push((with_slash(path), place));
                    }
                    Seen::Directory(place) => same.push((with_slash(path), place)),
                    Seen::File | Seen::Opaque if self.changes.have(&path) => {}
                    Seen::File => files.push(path.into()),
                    Seen::Opaque => {
                        self.found.opaque.push(path.clone().into());
                        files.push(path.into());
                    }
                }
                if files.len() == AT_ONCE {
                    count += self.take(&mut files);
                    if count > most {
                        return Ok(Extent::TooMany);
                    }
                }
            }
            count += self.take(&mut files);
            if count > most {
                return Ok(Extent::TooMany);
            }
        }
        self.counted.push(directory.into());
        Ok(Extent::Few)
    }

    /// Takes these files for found; returns how many count.
    fn take(&mut self, files: &mut Vec<Box<[u8]>>) -> usize {
        let count = self.share.count(files).into_iter().filter(|counts| *counts).count();
        self.found.paths.append(files);
        count
    }
}

/// Returns a directory and those above it, each with its slash, without the web root.
fn with_those_above(directory: &[u8]) -> impl Iterator<Item = Box<[u8]>> {
    let ends = memchr::memchr_iter(b'/', directory).chain([directory.len()]).filter(|end| *end > 0);
    ends.map(|end| [&directory[..end], b"/"].concat().into_boxed_slice())
}

fn with_slash(mut path: Vec<u8>) -> Vec<u8> {
    path.push(b'/');
    path
}
