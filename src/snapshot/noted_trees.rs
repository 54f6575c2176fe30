//! Which trees of web roots hold something of note, in themselves or below: kept beside the repository, so that the next run reads only
//! what changed since.
//!
//! It is a memory and no truth: one file for each revision, named by its tree's id, that begins with the digest of all that follows. It
//! holds the web roots that were looked through, of however many sites, and the trees that were noted in any of them. A file that is
//! missing, cut or changed is as good as none, and anybody may delete it. Only a purge writes it. The search is left to
//! [`crate::changes`].

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::content_id::Digest;
use super::hash::{Hash, Id, hex};
use crate::replacement::Replacement;

/// The first line of a file, behind its digest.
const HEAD: &str = "trees with something of note, version 3\n";

/// The signs in front of a web root, of a tree with links and of one with configuration.
const ROOT: &str = "root";
const LINK: &str = "link";
const CONFIGURATION: &str = "configuration";

/// Files that are kept: those of the branches of one repository, and some of before.
const MOST_FILES: usize = 64;

/// Ids in one file: more would take longer to read than the trees.
const MOST_IDS: usize = 50_000;

/// Why a tree is noted: something is in it, or anywhere below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A symbolic link.
    Link,
    /// A configuration file of the kind that a host reads in every directory.
    Configuration,
}

/// Trees that are noted, by their raw ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotedTrees {
    links: BTreeSet<Box<[u8]>>,
    configuration: BTreeSet<Box<[u8]>>,
}

impl NotedTrees {
    fn of(&self, note: Note) -> &BTreeSet<Box<[u8]>> {
        match note {
            Note::Link => &self.links,
            Note::Configuration => &self.configuration,
        }
    }

    fn of_mut(&mut self, note: Note) -> &mut BTreeSet<Box<[u8]>> {
        match note {
            Note::Link => &mut self.links,
            Note::Configuration => &mut self.configuration,
        }
    }

    /// Returns true when this tree is noted for this.
    #[must_use]
    pub fn has(&self, note: Note, tree: &[u8]) -> bool {
        self.of(note).contains(tree)
    }

    /// Returns true when any tree is noted for this.
    #[must_use]
    pub fn has_any(&self, note: Note) -> bool {
        !self.of(note).is_empty()
    }

    /// Adds a tree.
    pub fn add(&mut self, note: Note, tree: &[u8]) {
        self.of_mut(note).insert(tree.into());
    }

    /// Adds all that another notes for this.
    pub fn add_all(&mut self, note: Note, other: &NotedTrees) {
        self.of_mut(note).extend(other.of(note).iter().cloned());
    }

    fn len(&self) -> usize {
        self.links.len() + self.configuration.len()
    }
}

/// The web roots of one revision that were looked through, and the trees that are noted in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    roots: BTreeSet<Box<[u8]>>,
    noted: Arc<NotedTrees>,
}

impl Known {
    /// Reads what is known of the revision whose tree has this id; `None` where nothing is, or the file is not what was written.
    fn read(directory: &Path, revision: &str) -> Option<Known> {
        let text = fs::read_to_string(directory.join(revision)).ok()?;
        let (digest, rest) = text.split_once('\n')?;
        // The id is part of what is digested: a file under another name says nothing.
        let ids = rest.strip_prefix(HEAD)?.strip_prefix(revision)?.strip_prefix('\n')?;
        if digest != digest_of(rest) {
            return None;
        }
        let hash = Hash::of_id(revision)?;
        let (mut roots, mut noted) = (BTreeSet::new(), NotedTrees::default());
        for line in ids.lines() {
            let (sign, id) = line.split_once(' ')?;
            let id = Id::from_hex(id.as_bytes(), hash)?;
            let ids = match sign {
                ROOT => &mut roots,
                LINK => &mut noted.links,
                CONFIGURATION => &mut noted.configuration,
                _ => return None,
            };
            ids.insert(id.as_ref().into());
        }
        Some(Known { roots, noted: Arc::new(noted) })
    }

    /// Returns what either knows.
    fn and(mut self, other: &Known) -> Known {
        self.roots.extend(other.roots.iter().cloned());
        let noted = Arc::make_mut(&mut self.noted);
        noted.add_all(Note::Link, &other.noted);
        noted.add_all(Note::Configuration, &other.noted);
        self
    }

    fn write(&self, directory: &Path, revision: &str) -> io::Result<()> {
        if self.roots.len() + self.noted.len() > MOST_IDS {
            return Ok(());
        }
        let mut rest = format!("{HEAD}{revision}\n");
        let NotedTrees { links, configuration } = &*self.noted;
        for (sign, ids) in [(ROOT, &self.roots), (LINK, links), (CONFIGURATION, configuration)] {
            for id in ids {
                rest.extend([sign, " ", &hex(id), "\n"]);
            }
        }
        fs::create_dir_all(directory)?;
        let mut file = Replacement::begin(&directory.join(revision))?;
        write!(file.file(), "{}\n{rest}", digest_of(&rest))?;
        file.take_place_unflushed()?;
        forget_the_oldest(directory)
    }
}

fn digest_of(text: &str) -> String {
    Digest::of(text.as_bytes(), Hash::Sha1).sha256
}

/// Deletes the files beyond [`MOST_FILES`], the oldest first.
fn forget_the_oldest(directory: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let (path, found) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
        if found.is_file() {
            files.push((found.modified()?, path));
        }
    }
    files.sort();
    for (_, path) in files.iter().rev().skip(MOST_FILES) {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// The memory of one repository. The file of a revision is read once, for all sites in it.
pub(super) struct TreeMemory {
    directory: PathBuf,
    /// Of each revision what stood in its file.
    read: RefCell<HashMap<String, Option<Known>>>,
    /// Of each revision what was found since.
    learnt: RefCell<HashMap<String, Known>>,
}

impl TreeMemory {
    /// Makes the memory of a repository; `None` where another object may be read in the place of a tree, so that an id does not say what
    /// lies below it.
    pub(super) fn of(repository: &git2::Repository, is_replaced: bool) -> Option<TreeMemory> {
        (!is_replaced).then(|| TreeMemory::at(repository.commondir().join("diffpurge").join("trees")))
    }

    fn at(directory: PathBuf) -> TreeMemory {
        TreeMemory { directory, read: RefCell::default(), learnt: RefCell::default() }
    }

    /// Returns which trees are noted, as far as a web root of this revision was looked through.
    pub(super) fn get(&self, revision: &str, root: &[u8]) -> Option<Arc<NotedTrees>> {
        let mut read = self.read.borrow_mut();
        let known = read.entry(revision.to_owned()).or_insert_with(|| Known::read(&self.directory, revision));
        known.as_ref().filter(|known| known.roots.contains(root)).map(|known| Arc::clone(&known.noted))
    }

    /// Learns them for a web root.
    pub(super) fn learn(&self, revision: String, root: &[u8], trees: &NotedTrees) {
        let found = Known { roots: [root.into()].into(), noted: Arc::new(trees.clone()) };
        let mut learnt = self.learnt.borrow_mut();
        let known = learnt.remove(&revision).unwrap_or_default();
        learnt.insert(revision, known.and(&found));
    }

    /// Writes down what was learnt, beside what other runs have written meanwhile.
    pub(super) fn write(&self) -> io::Result<()> {
        for (revision, learnt) in self.learnt.take() {
            let written = Known::read(&self.directory, &revision).unwrap_or_default();
            let both = written.clone().and(&learnt);
            if both != written {
                both.write(&self.directory, &revision)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVISION: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn one(tree: u8) -> NotedTrees {
        let mut trees = NotedTrees::default();
        trees.add(Note::Link, &[tree; 20]);
        trees.add(Note::Configuration, &[tree + 100; 20]);
        trees
    }

    /// A directory in which the web root 1 has a link in the tree 7, and configuration in the tree 107.
    fn written() -> tempfile::TempDir {
        let directory = tempfile::TempDir::new().unwrap();
        learn(directory.path(), 1, 7);
        directory
    }

    fn learn(directory: &Path, root: u8, tree: u8) {
        let memory = TreeMemory::at(directory.to_owned());
        memory.learn(REVISION.to_owned(), &[root; 20], &one(tree));
        memory.write().unwrap();
    }

    fn get(directory: &Path, revision: &str, root: u8) -> Option<NotedTrees> {
        TreeMemory::at(directory.to_owned()).get(revision, &[root; 20]).map(|trees| (*trees).clone())
    }

    #[test]
    fn what_was_written_is_read_again() {
        let directory = written();
        assert_eq!(get(directory.path(), REVISION, 1), Some(one(7)));
        assert_eq!(get(directory.path(), REVISION, 7), None, "nobody has looked through this web root");
    }

    #[test]
    fn sites_of_one_revision_stand_in_one_file_and_none_forgets_another() {
        let directory = written();
        learn(directory.path(), 2, 8);
        let memory = TreeMemory::at(directory.path().to_owned());
        for root in 3..=200 {
            memory.learn(REVISION.to_owned(), &[root; 20], &NotedTrees::default());
        }
        memory.write().unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        for root in [1, 2, 3, 200] {
            let trees = get(directory.path(), REVISION, root).unwrap();
            let has = |note| [7, 8, 9, 107].map(|tree| trees.has(note, &[tree; 20]));
            assert_eq!(has(Note::Link), [true, true, false, false], "{root}");
            assert_eq!(has(Note::Configuration), [false, false, false, true], "{root}");
        }
    }

    #[test]
    fn a_file_that_is_cut_changed_or_under_another_name_is_as_good_as_none() {
        let directory = written();
        let file = directory.path().join(REVISION);
        let text = fs::read_to_string(&file).unwrap();
        let other = REVISION.replace('4', "5");
        fs::write(directory.path().join(&other), &text).unwrap();
        assert_eq!(get(directory.path(), &other, 1), None);
        for end in 0..text.len() {
            fs::write(&file, &text[..end]).unwrap();
            assert_eq!(get(directory.path(), REVISION, 1), None, "cut at {end}");
        }
        for (known, other) in [("07", "08"), ("link ", "root "), ("configuration ", "link ")] {
            assert!(text.contains(known));
            fs::write(&file, text.replace(known, other)).unwrap();
            assert_eq!(get(directory.path(), REVISION, 1), None);
        }
        fs::write(&file, [0xff; 9]).unwrap();
        assert_eq!(get(directory.path(), REVISION, 1), None);
    }

    #[test]
    fn only_the_newest_files_stay_and_what_is_known_is_not_written_again() {
        let directory = written();
        let memory = TreeMemory::at(directory.path().to_owned());
        for i in 0..MOST_FILES {
            memory.learn(format!("{i:040x}"), &[1; 20], &one(7));
            memory.write().unwrap();
        }
        let files = || fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
        assert_eq!(files().len(), MOST_FILES);
        // Somebody's directory is left alone.
        fs::create_dir(directory.path().join("0")).unwrap();
        memory.learn("f".repeat(40), &[1; 20], &one(7));
        memory.write().unwrap();
        assert!(directory.path().join("0").is_dir());
        fs::remove_dir(directory.path().join("0")).unwrap();
        assert_eq!(files().len(), MOST_FILES);
        let written = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
        let before: Vec<_> = files().iter().map(written).collect();
        memory.learn(format!("{:040x}", MOST_FILES - 1), &[1; 20], &one(7));
        memory.write().unwrap();
        assert_eq!(files().iter().map(written).collect::<Vec<_>>(), before);
    }
}
