//! Files of TO that did not change, counted only as far as that tells whether their directory can go along with what changed.
//!
//! A directory is counted until it has too many of them, and then those in it, which can have fewer. Where none may go along, nothing is
//! read: one file that did not change is known of each directory. The share that may go along is left to whoever asks.

use std::collections::BTreeSet;

use super::change::Changes;
use super::descent::Descent;
use super::unchanged::parts;
use crate::config::Symlinks;
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

/// Files of one directory that are counted at once.
const AT_ONCE: usize = 256;

/// The share of a directory's files that may go along.
pub trait Share {
    /// Returns how many may at most; no directory that lies in it may have more. The path has no slash at its end.
    fn most(&self, directory: &[u8]) -> usize;

    /// Returns which of these files count for sure.
    fn count(&self, files: &[Box<[u8]>]) -> Vec<bool>;
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
    found: Vec<Box<[u8]>>,
    /// Directories of which all files were found, with their slash.
    counted: Vec<Box<[u8]>>,
}

impl Changes {
    /// Returns further files of TO that did not change, beside those that are known, sorted: with them, each directory has all of its own,
    /// or more than may go along. `None` where that is not known without a list of all files.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub fn unchanged_up_to<S: Share>(
        &self,
        to: &Snapshot<'_>,
        symlinks: Symlinks,
        further: &BTreeSet<Vec<u8>>,
        known: &[Box<[u8]>],
        share: &S,
    ) -> Result<Option<Vec<Box<[u8]>>>, SnapshotError> {
        let has_no_links = symlinks == Symlinks::Ignore || self.noted.as_ref().is_some_and(|noted| !noted.have_links());
        if !has_no_links {
            return Ok(None);
        }
        let mut before = vec![0];
        before.extend(share.count(known).into_iter().scan(0, |sum, counts| {
            *sum += usize::from(counts);
            Some(*sum)
        }));
        let (found, counted, descent) = (Vec::new(), Vec::new(), Descent::into(to));
        let mut counting = Counting { changes: self, to, descent, share, known, before, found, counted };
        if !counting.look(b"", &self.directories_with_urls(further))? {
            return Ok(None);
        }
        let Counting { mut descent, mut found, mut counted, .. } = counting;
        counted.sort_unstable_by(|one, other| parts(one).cmp(&parts(other)));
        let pages = self.pages_beside(to, &mut descent, &counted)?;
        Ok(pages.map(|pages| {
            found.extend(pages);
            found
        }))
    }

    /// Returns the directories that URLs of the plan may lie in, with their slash, sorted: those of what changed, those beside a page of
    /// their name that changed, and the further ones.
    fn directories_with_urls(&self, further: &BTreeSet<Vec<u8>>) -> Vec<Box<[u8]>> {
        let further = further.iter().map(|directory| [directory, &b"/"[..]].concat().into_boxed_slice());
        let met = self.unchanged.iter().flat_map(|unchanged| &unchanged.met).filter(|path| path.ends_with(b"/"));
        let beside = self.paths.chunk_by(|one, other| parts(&one.path).0 == parts(&other.path).0);
        let changed = beside.map(|changes| Box::from(parts(&changes[0].path).0));
        let mut directories: Vec<Box<[u8]>> = further.chain(met.cloned()).chain(changed).collect();
        directories.sort_unstable();
        directories.dedup();
        directories
    }
}

impl<S: Share> Counting<'_, '_, S> {
    /// Looks at a directory, whose path is empty or ends in a slash, and where it has too many files at those that lie in it; false where
    /// links may lead to some.
    fn look(&mut self, directory: &[u8], inside: &[Box<[u8]>]) -> Result<bool, SnapshotError> {
        let most = self.share.most(directory.strip_suffix(b"/").unwrap_or_default());
        // One that did not change is known, wherever there is one.
        if most == 0 {
            return Ok(true);
        }
        match if self.known_in(directory) > most { Extent::TooMany } else { self.count(directory, most)? } {
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

    /// Returns how many files are known in a directory or below it.
    fn known_in(&self, directory: &[u8]) -> usize {
        let start = self.known.partition_point(|path| **path < *directory);
        let end = start + self.known[start..].partition_point(|path| path.starts_with(directory));
        self.before[end] - self.before[start]
    }

    /// Counts the files in a directory and below it, first where nothing changed.
    fn count(&mut self, directory: &[u8], most: usize) -> Result<Extent, SnapshotError> {
        let Some((id, _)) = self.descent.to(directory)? else {
            let is_gone = self.to.root().is_none() || !self.to.has(directory.strip_suffix(b"/").unwrap_or_default())?;
            return Ok(if is_gone { Extent::Few } else { Extent::NotKnown });
        };
        let (mut same, mut changed) = (vec![(directory.to_vec(), id.to_vec())], Vec::new());
        let mut count = 0;
        while let Some((path, id)) = same.pop().or_else(|| changed.pop()) {
            let tree = self.to.tree(&id)?;
            let mut files = Vec::new();
            for entry in tree.entries() {
                let entry = entry.map_err(|e| self.to.malformed(&id, e))?;
                let path = [&path, entry.name].concat();
                match entry.kind {
                    EntryKind::Tree if self.changes.have_one_below(&path) => changed.push(inner(path, entry.id)),
                    EntryKind::Tree => same.push(inner(path, entry.id)),
                    EntryKind::File | EntryKind::Gitlink if !self.changes.have(&path) => files.push(path.into()),
                    EntryKind::File | EntryKind::Gitlink | EntryKind::Link => {}
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
        self.found.append(files);
        count
    }
}

/// Returns a directory with its slash, and its tree's raw id.
fn inner(mut path: Vec<u8>, id: &[u8]) -> (Vec<u8>, Vec<u8>) {
    path.push(b'/');
    (path, id.to_vec())
}
