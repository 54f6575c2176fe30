//! Deleted files whose place another hash has taken: `app.3f2a1b4c.js` is gone, and `app.9d8c7b6a.js` stands in TO.
//!
//! Pages in open tabs still ask for the old one, and the new pages for the new one. A file that is gone without such a successor was taken
//! off the site: a photograph, an upload, a page's script. The use that a site makes of that is left to [`crate::mapping`].

use std::collections::{HashMap, HashSet};

use super::fingerprint::{Slot, slot};
use super::{Changes, Status};
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

impl Changes {
    /// Finds the deleted files whose place another hash has taken, as far as the changes tell: where no more is known.
    #[must_use]
    pub fn superseding(mut self) -> Changes {
        // A file that was written may be new.
        let places = Places::of(&self, |status| status != Status::Deleted);
        self.superseded = self.paths_of(|slot| places.are_taken(slot));
        self
    }

    /// Finds the deleted files whose place another hash has taken in TO. For what pages load to work, a file that was there before will do,
    /// as where a build keeps its last versions; of images and the like there have to be as many new ones as went, since people's
    /// names look like hashes too.
    ///
    /// # Errors
    /// When a directory of TO cannot be read.
    pub(super) fn superseding_in(mut self, to: &Snapshot<'_>) -> Result<Changes, SnapshotError> {
        let mut read: HashMap<Box<[u8]>, HashSet<Slot>> = HashMap::new();
        let places = Places::of(&self, |status| status == Status::Added);
        let mut taken = HashSet::new();
        for slot in places.0.keys() {
            let directory = slot.directory();
            if slot.is_code && !read.contains_key(directory) {
                read.insert(directory.into(), slots_in(to, directory)?);
            }
            let stands = slot.is_code && read.get(directory).is_some_and(|slots| slots.contains(slot));
            if stands || places.are_taken(slot) {
                taken.insert(slot.clone());
            }
        }
        self.superseded = self.paths_of(|slot| taken.contains(slot));
        Ok(self)
    }

    /// Returns the deleted paths whose place is taken, sorted.
    fn paths_of(&self, is_taken: impl Fn(&Slot) -> bool) -> Vec<Box<[u8]>> {
        let deleted = self.paths.iter().filter(|change| change.status == Status::Deleted);
        let taken = deleted.filter(|change| slot(&change.path).is_some_and(|slot| is_taken(&slot)));
        let mut paths: Vec<Box<[u8]>> = taken.map(|change| change.path.clone()).collect();
        paths.dedup();
        paths
    }

    /// Returns true for a deleted file whose place another hash has taken.
    #[must_use]
    pub fn is_superseded(&self, path: &[u8]) -> bool {
        self.superseded.binary_search_by(|known| (**known).cmp(path)).is_ok()
    }
}

/// How many files with a hash went from each place, and how many came.
struct Places(HashMap<Slot, (usize, usize)>);

impl Places {
    fn of(changes: &Changes, came: impl Fn(Status) -> bool) -> Places {
        let mut places: HashMap<Slot, (usize, usize)> = HashMap::new();
        for change in changes.paths.iter().filter(|change| change.status == Status::Deleted) {
            if let Some(slot) = slot(&change.path) {
                places.entry(slot).or_default().0 += 1;
            }
        }
        if !places.is_empty() {
            for change in changes.paths.iter().filter(|change| came(change.status)) {
                if let Some((_, came)) = slot(&change.path).and_then(|slot| places.get_mut(&slot)) {
                    *came += 1;
                }
            }
        }
        Places(places)
    }

    /// Returns true where one came for those that went; for each of them, where they are no code.
    fn are_taken(&self, slot: &Slot) -> bool {
        let (went, came) = self.0.get(slot).copied().unwrap_or_default();
        came > 0 && (slot.is_code || came >= went)
    }
}

/// Returns the places of a directory's files; none where there is no such directory, or only through links.
fn slots_in(to: &Snapshot<'_>, directory: &[u8]) -> Result<HashSet<Slot>, SnapshotError> {
    let Some(id) = to.directory(directory)? else { return Ok(HashSet::new()) };
    let tree = to.tree(&id)?;
    let prefix = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
    let mut slots = HashSet::new();
    for entry in tree.entries() {
        let entry = entry.map_err(|e| to.malformed(&id, e))?;
        if entry.kind == EntryKind::File {
            slots.extend(slot(&[&prefix, entry.name].concat()));
        }
    }
    Ok(slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Change;

    fn superseded(changes: &[(&str, Status)]) -> Vec<String> {
        let change = |(path, status): &(&str, Status)| Change {
            path: path.as_bytes().into(),
            status: *status,
            leads_elsewhere: false,
        };
        let changes = Changes { paths: changes.iter().map(change).collect(), ..Changes::default() }.superseding();
        assert!(changes.superseded.iter().all(|path| changes.is_superseded(path)));
        changes.superseded.iter().map(|path| String::from_utf8(path.to_vec()).unwrap()).collect()
    }

    #[test]
    fn another_hash_of_the_same_name_in_the_same_directory_takes_the_place() {
        use Status::{Added, Deleted, Modified};
        for (old, new, want) in [
            ("a/app.3f2a1b4c.js", "a/app.9d8c7b6a.js", true),
            ("app.3f2a1b4c.js.map", "app.9d8c7b6a.js.map", true),
            ("main-ES2ABC7Q.js", "main-7HFGK2QA.js", true),
            ("x.md.DZ3xa8fQ.lean.js", "x.md.Ab12cd3_.lean.js", true),
            ("logo-DRf8L97S.png", "logo-Zx81kQ2p.png", true),
            ("a/app.3f2a1b4c.js", "b/app.9d8c7b6a.js", false),
            ("app.3f2a1b4c.js", "other.9d8c7b6a.js", false),
            ("app.3f2a1b4c.js", "app.9d8c7b6a.css", false),
            ("app.3f2a1b4c.js", "app.js", false),
            ("app.3f2a1b4c.js", "app-9d8c7b6a.js", false),
            ("screenshot-iPhone12.png", "screenshot.png", false),
            ("passport-a1b2c3d4.jpg", "photo-b1c2d3e4.jpg", false),
        ] {
            for status in [Added, Modified] {
                assert_eq!(!superseded(&[(old, Deleted), (new, status)]).is_empty(), want, "{old} {new}");
            }
            assert!(superseded(&[(old, Deleted), (new, Deleted)]).is_empty(), "{old} {new}");
            assert!(superseded(&[(old, Deleted)]).is_empty(), "{old}");
        }
        let two = [("p-a1b2c3d4.jpg", Deleted), ("p-b1c2d3e4.jpg", Deleted), ("p-c1d2e3f4.jpg", Added)];
        assert!(superseded(&two).is_empty(), "two photographs went, and one came");
        let two = two.map(|(path, status)| (path.replace("jpg", "js"), status));
        let two: Vec<(&str, Status)> = two.iter().map(|(path, status)| (path.as_str(), *status)).collect();
        assert_eq!(superseded(&two).len(), 2, "chunks come and go in numbers");
    }
}
