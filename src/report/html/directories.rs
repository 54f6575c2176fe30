//! The directories of a site with what becomes of their files: purged, kept cached on purpose, unchanged.

use std::collections::BTreeMap;

use crate::changes::{Changes, Outline, Status, directory_of};
use crate::display::{counted, grouped, shown};

/// Files, by what becomes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::report) struct Numbers {
    /// They changed, and their URLs are purged.
    pub(in crate::report) purged: usize,
    /// They were deleted or differ only in what is volatile, and stay cached on purpose.
    pub(in crate::report) kept: usize,
    /// They did not change.
    pub(in crate::report) unchanged: usize,
}

/// A directory, and those below it.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Directory {
    /// Relative to the web root, without a slash at the end.
    pub(in crate::report) path: Vec<u8>,
    /// Its last part, as it is shown.
    pub(in crate::report) name: String,
    /// The numbers of files that lie right in it.
    pub(in crate::report) own: Numbers,
    /// The directories in it, in the order of their names.
    pub(in crate::report) below: Vec<Directory>,
    /// It is not one directory: the files right in one, or several small ones.
    gathered: Option<String>,
    all: Numbers,
}

impl Numbers {
    /// Returns how many files there are.
    pub(in crate::report) fn total(self) -> usize {
        self.purged + self.kept + self.unchanged
    }

    fn and(self, other: Numbers) -> Numbers {
        Numbers {
            purged: self.purged + other.purged,
            kept: self.kept + other.kept,
            unchanged: self.unchanged + other.unchanged,
        }
    }

    /// Says the numbers in words: `12 of 214 files purged, 2 kept cached`.
    fn said(self) -> String {
        let kept = if self.kept == 0 { String::new() } else { format!(", {} kept cached", grouped(self.kept)) };
        if self.purged == 0 && self.kept == 0 {
            return format!("{}, none purged", counted(self.total(), "file"));
        }
        format!("{} of {} purged{kept}", grouped(self.purged), counted(self.total(), "file"))
    }
}

impl Directory {
    /// Makes the tree of a site from what changed and, where there is one, its outline.
    pub(in crate::report) fn top(changes: &Changes, outline: Option<&Outline>) -> Directory {
        let mut by_path: BTreeMap<&[u8], Numbers> = BTreeMap::new();
        for change in &changes.paths {
            let numbers = by_path.entry(directory_of(&change.path)).or_default();
            let is_left = change.status == Status::Deleted && changes.left.contains(&change.path);
            if is_left { numbers.kept += 1 } else { numbers.purged += 1 }
        }
        for path in &changes.held_back {
            by_path.entry(directory_of(path)).or_default().kept += 1;
        }
        // A file that was deleted is not in the outline, and one that is held back is.
        let mut there: BTreeMap<&[u8], usize> = BTreeMap::new();
        let is_there = changes.paths.iter().filter(|change| change.status != Status::Deleted);
        for path in is_there.map(|change| &change.path).chain(&changes.held_back) {
            *there.entry(directory_of(path)).or_default() += 1;
        }
        for one in outline.iter().flat_map(|outline| &outline.directories) {
            let known = there.get(&*one.path).copied().unwrap_or(0);
            by_path.entry(&one.path).or_default().unchanged = one.files.saturating_sub(known);
        }
        let mut top = Directory { name: "/".to_owned(), ..Directory::default() };
        for (path, numbers) in by_path {
            top.at(path).own = numbers;
        }
        top.add_up();
        top
    }

    /// Returns the directory with this path, which is made where it is not there yet.
    fn at(&mut self, path: &[u8]) -> &mut Directory {
        let mut here = self;
        let mut start = 0;
        while start < path.len() {
            let end = memchr::memchr(b'/', &path[start..]).map_or(path.len(), |at| start + at);
            let whole = &path[..end];
            // Sorted paths come in order, so that the one that is wanted is mostly the last.
            let known = here.below.iter().rposition(|one| one.path == whole);
            let index = known.unwrap_or_else(|| {
                let name = format!("{}/", shown(&path[start..end]));
                here.below.push(Directory { path: whole.to_vec(), name, ..Directory::default() });
                here.below.len() - 1
            });
            here = &mut here.below[index];
            start = end + 1;
        }
        here
    }

    fn add_up(&mut self) -> Numbers {
        self.all = self.below.iter_mut().fold(self.own, |all, one| all.and(one.add_up()));
        self.all
    }

    /// Returns the numbers of all files in it and below.
    pub(in crate::report) fn sums(&self) -> Numbers {
        self.all
    }

    /// Returns how many files are in it and below.
    pub(in crate::report) fn total(&self) -> usize {
        self.all.total()
    }

    /// Returns the files that lie right in it, as a part beside the directories.
    pub(in crate::report) fn files_alone(&self) -> Directory {
        let name = "(files)".to_owned();
        let gathered = Some(format!("files right in {}", self.shown_path()));
        Directory { path: self.path.clone(), name, own: self.own, below: Vec::new(), gathered, all: self.own }
    }

    /// Gathers small directories into one part.
    pub(in crate::report) fn together(parts: &[Directory]) -> Directory {
        let all = parts.iter().fold(Numbers::default(), |all, part| all.and(part.all));
        let name = format!("{} more", grouped(parts.len()));
        let gathered = Some(format!("{} smaller directories", grouped(parts.len())));
        Directory { path: Vec::new(), name, own: all, below: Vec::new(), gathered, all }
    }

    /// Returns its path as people read it: `docs/api/`; `/` for the web root.
    pub(in crate::report) fn shown_path(&self) -> String {
        if self.path.is_empty() { "/".to_owned() } else { shown(&[&self.path, &b"/"[..]].concat()) }
    }

    /// Says what becomes of its files: `docs/: 12 of 214 files purged`.
    pub(in crate::report) fn said(&self) -> String {
        let name = self.gathered.clone().unwrap_or_else(|| self.shown_path());
        format!("{name}: {}", self.all.said())
    }

    /// Returns the text by which its changes are found in the list; none for the web root and for several together.
    pub(in crate::report) fn search(&self) -> Option<String> {
        (!self.path.is_empty()).then(|| self.shown_path())
    }

    /// Lists the directories down to a depth, those that hold something that changed first in their parent's order.
    pub(in crate::report) fn rows(&self, depth: usize, most: usize) -> Vec<(String, Numbers)> {
        let mut rows = vec![(self.shown_path(), self.all)];
        if depth > 0 {
            for one in self.below.iter().filter(|one| one.all.purged + one.all.kept > 0) {
                if rows.len() >= most {
                    break;
                }
                rows.extend(one.rows(depth - 1, most - rows.len()));
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, OutlinedDirectory};

    fn boxed(path: &str) -> Box<[u8]> {
        path.as_bytes().into()
    }

    #[test]
    fn every_file_is_counted_once_where_it_lies_and_above() {
        let change = |path, status| Change { path: boxed(path), status, leads_elsewhere: false };
        let changes = Changes {
            paths: vec![
                change("a/b/new.html", Status::Added),
                change("a/gone.html", Status::Deleted),
                change("a/x.0a1b2c3d.js", Status::Deleted),
                change("index.html", Status::Modified),
            ],
            left: vec![boxed("a/x.0a1b2c3d.js")],
            held_back: vec![boxed("a/stamp.html")],
            ..Changes::default()
        };
        let directory = |path, files| OutlinedDirectory { path: boxed(path), files };
        let outline = Outline { directories: vec![directory("", 3), directory("a", 2), directory("a/b", 1)] };
        let top = Directory::top(&changes, Some(&outline));
        assert_eq!(top.own, Numbers { purged: 1, kept: 0, unchanged: 2 });
        let a = &top.below[0];
        assert_eq!((a.own, a.name.as_str()), (Numbers { purged: 1, kept: 2, unchanged: 1 }, "a/"));
        assert_eq!(a.below[0].own, Numbers { purged: 1, kept: 0, unchanged: 0 });
        assert_eq!(top.sums(), Numbers { purged: 3, kept: 2, unchanged: 3 });
        assert_eq!(a.said(), "a/: 2 of 5 files purged, 2 kept cached");
        assert_eq!(top.rows(2, 9).len(), 3);
    }
}
