//! Which trees of a web root hold a symbolic link, in themselves or below: kept beside the repository, so that the next run reads only
//! what changed since.
//!
//! It is a memory and no truth: one file for each web root, named by its tree's id, that begins with the digest of all that follows. A
//! file that is missing, cut or changed is as good as none, and anybody may delete it. Only a purge writes it. The search for links is
//! left to [`crate::changes`].

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Snapshot;
use super::content_id::Digest;
use super::hash::{Hash, Id};
use crate::replacement::Replacement;

/// The first line of a file, behind its digest.
const HEAD: &str = "trees with symbolic links, version 1\n";

/// Files that are kept: those of the sites and branches of one repository, and some of before.
const MOST_FILES: usize = 64;

/// Ids in one file: more would take longer to read than the trees.
const MOST_IDS: usize = 50_000;

/// The trees of a web root with a link in them or below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedTrees(BTreeSet<Box<[u8]>>);

impl LinkedTrees {
    /// Returns true when a link is in the tree with this raw id or below it.
    #[must_use]
    pub fn has(&self, tree: &[u8]) -> bool {
        self.0.contains(tree)
    }

    /// Returns true where no tree holds a link.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a tree, by its raw id.
    pub fn add(&mut self, tree: &[u8]) {
        self.0.insert(tree.into());
    }

    /// Reads what is known of the web root with this id; `None` where nothing is, or the file is not what was written.
    fn read(directory: &Path, root: &str) -> Option<LinkedTrees> {
        let text = fs::read_to_string(directory.join(root)).ok()?;
        let (digest, rest) = text.split_once('\n')?;
        // The id is part of what is digested: a file under another name says nothing.
        let ids = rest.strip_prefix(HEAD)?.strip_prefix(root)?.strip_prefix('\n')?;
        if digest != digest_of(rest) {
            return None;
        }
        let hash = Hash::of_id(root)?;
        let raw = |id: &str| Some(Id::from_hex(id.as_bytes(), hash)?.as_ref().into());
        ids.lines().map(raw).collect::<Option<BTreeSet<Box<[u8]>>>>().map(LinkedTrees)
    }

    fn write(&self, directory: &Path, root: &str) -> io::Result<()> {
        if self.0.len() > MOST_IDS {
            return Ok(());
        }
        let mut rest = format!("{HEAD}{root}\n");
        for id in &self.0 {
            rest.push_str(&super::hex(id));
            rest.push('\n');
        }
        fs::create_dir_all(directory)?;
        let mut file = Replacement::begin(&directory.join(root))?;
        write!(file.file(), "{}\n{rest}", digest_of(&rest))?;
        file.take_place()?;
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
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    for (_, path) in files.iter().rev().skip(MOST_FILES) {
        fs::remove_file(path)?;
    }
    Ok(())
}

impl Snapshot<'_> {
    /// Returns which trees of this web root hold links, where an earlier purge has written it down.
    #[must_use]
    pub fn linked_trees(&self) -> Option<LinkedTrees> {
        LinkedTrees::read(self.memory.as_deref()?, &self.tree_id())
    }

    /// Writes it down for the next run; nothing for what is no revision.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_linked_trees(&self, trees: &LinkedTrees) -> io::Result<()> {
        self.memory.as_deref().map_or(Ok(()), |directory| trees.write(directory, &self.tree_id()))
    }
}

/// Returns the directory of such files; `None` where another object may be read in the place of a tree, so that an id does not say what
/// lies below it.
pub(super) fn directory_of(repository: &git2::Repository, is_replaced: bool) -> Option<PathBuf> {
    (!is_replaced).then(|| repository.commondir().join("diffpurge").join("links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn written() -> (tempfile::TempDir, LinkedTrees) {
        let directory = tempfile::TempDir::new().unwrap();
        let mut trees = LinkedTrees::default();
        trees.add(&[7; 20]);
        trees.write(directory.path(), ROOT).unwrap();
        (directory, trees)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let (directory, trees) = written();
        assert_eq!(LinkedTrees::read(directory.path(), ROOT), Some(trees));
        assert!(
            LinkedTrees::read(directory.path(), ROOT).is_some_and(|read| read.has(&[7; 20]) && !read.has(&[8; 20]))
        );
    }

    #[test]
    fn a_file_that_is_cut_changed_or_under_another_name_is_as_good_as_none() {
        let (directory, _) = written();
        let file = directory.path().join(ROOT);
        let text = fs::read_to_string(&file).unwrap();
        let other = ROOT.replace('4', "5");
        fs::write(directory.path().join(&other), &text).unwrap();
        assert_eq!(LinkedTrees::read(directory.path(), &other), None);
        for end in 0..text.len() {
            fs::write(&file, &text[..end]).unwrap();
            assert_eq!(LinkedTrees::read(directory.path(), ROOT), None, "cut at {end}");
        }
        fs::write(&file, text.replace("07", "08")).unwrap();
        assert_eq!(LinkedTrees::read(directory.path(), ROOT), None);
        fs::write(&file, [0xff; 9]).unwrap();
        assert_eq!(LinkedTrees::read(directory.path(), ROOT), None);
    }

    #[test]
    fn only_the_newest_files_stay() {
        let (directory, trees) = written();
        for i in 0..MOST_FILES {
            trees.write(directory.path(), &format!("{i:040x}")).unwrap();
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), MOST_FILES);
    }
}
