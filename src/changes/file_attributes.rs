//! The attributes that `.gitattributes` give to the files of a revision, read directory by directory as they are asked for.
//!
//! They are those of the revision itself, from the top of the repository down to the file: its own `info/attributes` is not
//! deployed with it. The meaning of lines is left to [`super::attribute_rules`], that of attributes to the caller.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::attribute_rules::{AttributeRule, Macros, UNREAD, Values, rules};
use crate::snapshot::{EntryKind, Snapshot, SnapshotError};

/// The name of the files that say so.
pub(super) const NAME: &[u8] = b".gitattributes";

/// Bytes of such a file that are read; git itself reads up to 100 MB.
const LARGEST: usize = 1 << 20;

/// The attributes of one file that bear on what is deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attributes(pub(super) Values);

/// The attributes of a snapshot's files. A snapshot that is no revision has none: its bytes are what they are.
pub struct FileAttributes<'s> {
    snapshot: &'s Snapshot<'s>,
    /// The path of the web root from the top of the repository, with a slash at its end.
    output: Vec<u8>,
    macros: Macros,
    /// The directories that were looked at, by their paths from the top, each with a slash at its end.
    known: RefCell<HashMap<Vec<u8>, Rc<Directory>>>,
}

struct Directory {
    /// The raw id of its tree.
    tree: Option<Vec<u8>>,
    rules: Vec<AttributeRule>,
}

impl Attributes {
    /// Returns the value of an attribute: `true` and `false` for one that is set and unset, `None` for one that is not specified.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns true where a line, or a whole file, could not be read, so that others may be meant.
    #[must_use]
    pub fn are_unread(&self) -> bool {
        self.0.contains_key(UNREAD)
    }

    /// Returns true where nothing bears on what is deployed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'s> FileAttributes<'s> {
    /// Makes those of a snapshot's files.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn new(snapshot: &'s Snapshot<'s>) -> Result<FileAttributes<'s>, SnapshotError> {
        let output = snapshot.above().iter().flat_map(|(_, name)| [name.as_bytes(), b"/"].concat()).collect();
        let (macros, known) = (Macros::read(b""), RefCell::default());
        let mut all = FileAttributes { snapshot, output, macros, known };
        let top = snapshot.above().first().map(|(id, _)| &id[..]).or(snapshot.root());
        if let Some(top) = top.filter(|_| snapshot.is_revision()) {
            if let Some(text) = all.entry(top, NAME, EntryKind::File)?.and_then(|id| snapshot.blob(&id, LARGEST)) {
                all.macros = Macros::read(&text);
            }
            let top = all.read(Some(top.to_vec()))?;
            all.known.borrow_mut().insert(Vec::new(), Rc::new(top));
        }
        Ok(all)
    }

    /// Returns those of a file, by where it really lies below the web root.
    ///
    /// # Errors
    /// As [`FileAttributes::new`].
    pub fn of(&self, path: &[u8]) -> Result<Attributes, SnapshotError> {
        Ok(Attributes(self.values(&[&self.output, path].concat(), false)?))
    }

    /// Returns true when an archive leaves a file out, or a directory that holds it, from the top of the repository down.
    ///
    /// # Errors
    /// As [`FileAttributes::new`].
    pub fn leave_out(&self, path: &[u8]) -> Result<bool, SnapshotError> {
        let full = [&self.output, path].concat();
        let ends = memchr::memchr_iter(b'/', &full).map(|at| (at, true)).chain([(full.len(), false)]);
        for (at, is_directory) in ends {
            let said = self.values(&full[..at], is_directory)?.remove("export-ignore");
            if said.is_some_and(|said| said != "false") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the raw ids of the files above the web root, from the top down; `None` where there is none.
    pub(super) fn ids_above(&self) -> Result<Vec<Option<Vec<u8>>>, SnapshotError> {
        self.snapshot.above().iter().map(|(tree, _)| self.entry(tree, NAME, EntryKind::File)).collect()
    }

    /// Returns all that is said of a path from the top of the repository.
    fn values(&self, full: &[u8], is_directory: bool) -> Result<Values, SnapshotError> {
        let Some(mut here) = self.known.borrow().get(&b""[..]).cloned() else { return Ok(Values::new()) };
        let mut all = vec![(0, Rc::clone(&here))];
        for at in memchr::memchr_iter(b'/', full) {
            here = self.below(&here, &full[..=at])?;
            all.push((at + 1, Rc::clone(&here)));
        }
        let said = all.iter().flat_map(|(inside, directory)| {
            directory.rules.iter().flat_map(|rule| rule.of(&full[*inside..], is_directory))
        });
        Ok(self.macros.resolved(said))
    }

    /// Returns a directory in another one, by its path from the top.
    fn below(&self, above: &Directory, path: &[u8]) -> Result<Rc<Directory>, SnapshotError> {
        if let Some(known) = self.known.borrow().get(path) {
            return Ok(Rc::clone(known));
        }
        let name = path[..path.len() - 1].rsplit(|b| *b == b'/').next().unwrap_or_default();
        let tree = above.tree.as_deref().map(|tree| self.entry(tree, name, EntryKind::Tree)).transpose()?.flatten();
        let read = Rc::new(self.read(tree)?);
        self.known.borrow_mut().insert(path.to_vec(), Rc::clone(&read));
        Ok(read)
    }

    /// Reads the rules of a directory.
    fn read(&self, tree: Option<Vec<u8>>) -> Result<Directory, SnapshotError> {
        let file = tree.as_deref().map(|tree| self.entry(tree, NAME, EntryKind::File)).transpose()?.flatten();
        let rules = file.map_or_else(Vec::new, |id| match self.snapshot.blob(&id, LARGEST) {
            Some(text) => rules(&text, &self.macros),
            None => vec![AttributeRule::unread(&format!("{id:?}"))],
        });
        Ok(Directory { tree, rules })
    }

    /// Returns the raw id of an entry of a tree that is of this kind.
    fn entry(&self, tree: &[u8], name: &[u8], kind: EntryKind) -> Result<Option<Vec<u8>>, SnapshotError> {
        let entry = self.snapshot.entry(tree, name)?;
        Ok(entry.filter(|(found, _)| *found == kind).map(|(_, id)| id.into()))
    }
}
