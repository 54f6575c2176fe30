//! The words for what differs: a path and what happened to it, and all that differs between two snapshots.

use super::noting::Noted;
use super::odd_links::OddLinks;
use super::unchanged::Unchanged;
use super::walked::Walked;
use crate::hosting::{Difference, Rewrite};

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is new in TO.
    Added,
    /// Its content or kind differs.
    Modified,
    /// It is gone in TO.
    Deleted,
}

impl Status {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Modified => "modified",
            Status::Deleted => "deleted",
        }
    }
}

/// One changed path, relative to the web root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its bytes, as git holds them.
    pub path: Box<[u8]>,
    /// The kind of the change.
    pub status: Status,
    /// It is (or was) something whose inside is not known, so that whatever answers below it may have changed as well: a
    /// submodule, or a symbolic link that is not followed.
    pub leads_elsewhere: bool,
}

/// A directory that exists in one snapshot only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Its path without a trailing `/`; empty for the web root.
    pub path: Box<[u8]>,
    /// Added or deleted.
    pub status: Status,
}

/// One entry of a host's configuration file that differs, or the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryChange {
    /// The file, relative to the web root; one that lies above it begins with `../`.
    pub file: Box<[u8]>,
    /// The kind of the file's change.
    pub status: Status,
    /// The entry, and the URLs that it bears on.
    pub difference: Difference,
}

impl EntryChange {
    /// Returns true when the file lies above the web root.
    #[must_use]
    pub fn is_above(&self) -> bool {
        self.file.starts_with(b"../")
    }
}

/// One entry of a host's configuration in TO that answers with another file of the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RewriteOf {
    /// The configuration file, relative to the web root; one that lies above it begins with `../`.
    pub file: Box<[u8]>,
    /// The entry, the URLs that it is for, and the file.
    pub rewrite: Rewrite,
}

/// All that differs, each list sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files, submodules and links that are not followed.
    pub paths: Vec<Change>,
    /// Directories that got their first file or lost their last.
    pub directories: Vec<DirectoryChange>,
    /// Files that differ only in what the site's rules call volatile: they count as unchanged.
    pub held_back: Vec<Box<[u8]>>,
    /// Entries of hosts' configuration files that differ, which bear on URLs of others.
    pub entries: Vec<EntryChange>,
    /// Entries of hosts' configuration in TO that answer with other files, changed or not; sorted.
    pub rewrites: Vec<RewriteOf>,
    /// Configuration files of TO that may hold such entries, and whose content is not here.
    pub unread: Vec<Box<[u8]>>,
    /// The paths among these that are configuration files, and of which all that differs stands in `entries`.
    pub configuration: Vec<Box<[u8]>>,
    /// Deleted files with a content hash in the name whose place another hash has taken, sorted.
    pub superseded: Vec<Box<[u8]>>,
    /// Directories in which something changed and that have no index file, so that they may list their entries; sorted, without a slash.
    pub listings: Vec<Box<[u8]>>,
    /// The directories that changed whole, and something that did not change in each other one that was walked. `None` where several
    /// comparisons are put together, or something else says that more changed.
    pub unchanged: Option<Unchanged>,
    /// The directories of TO that were walked. `None` as above, and once they were asked.
    pub walked: Option<Walked>,
    /// The trees of TO with something of note in them or below; `None` where the comparison has not met all.
    pub noted: Option<Noted>,
    /// Deleted files whose cached copies are left alone, as the mapping found.
    pub left: Vec<Box<[u8]>>,
    /// Configuration files above the web root of the one snapshot that is a revision, which the other cannot be compared with.
    pub uncompared: Vec<Box<[u8]>>,
    /// Paths among these whose content is the same, and of which `.gitattributes` say now that it is deployed in another way.
    pub by_attributes: Vec<Box<[u8]>>,
    /// The odd ones among the links that were met.
    pub odd_links: OddLinks,
}

/// Files of a site, changed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Sorted, each once; also those that only exist through links.
    pub paths: Vec<Box<[u8]>>,
    /// The links that are not followed, and the submodules, among these: nobody knows what lies behind them.
    pub opaque: Vec<Box<[u8]>>,
}

impl Changes {
    /// Puts a directory, whose path may end in a slash, before those from this place on, which lie in it.
    pub(super) fn meet_directory(&mut self, place: usize, path: &[u8], status: Status) {
        let path = path.strip_suffix(b"/").unwrap_or(path).into();
        self.directories.insert(place, DirectoryChange { path, status });
    }

    /// Takes these paths, sorted, as if each had been modified: for whatever is to be known of a site's files, changed or not.
    #[must_use]
    pub fn all_modified(paths: Vec<Box<[u8]>>) -> Changes {
        let change = |path| Change { path, status: Status::Modified, leads_elsewhere: false };
        Changes { paths: paths.into_iter().map(change).collect(), ..Changes::default() }
    }

    /// Returns the paths of TO and those that are gone in it, sorted, each once.
    #[must_use]
    pub fn and_deleted(&self, mut paths: Vec<Box<[u8]>>) -> Vec<Box<[u8]>> {
        paths.extend(self.paths.iter().filter(|c| c.status == Status::Deleted).map(|c| c.path.clone()));
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}
