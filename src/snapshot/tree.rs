//! Raw tree objects, read in place: `mode SP name NUL id`, again and again.
//!
//! Entries are slices of the object's own bytes; nothing is copied, and names stay bytes. libgit2's own `Tree` costs
//! up to twice as much, and its tree diff visits every entry even where subtrees are equal.
//! Format: <https://git-scm.com/docs/gitformat-pack> and `git cat-file tree`.

use std::cmp::Ordering;
use std::rc::Rc;

use git2::{ObjectType, OdbObject, Oid};

use super::objects::Objects;

/// One tree object, held while it is walked.
pub struct Tree<'o> {
    object: Object<'o>,
    id_bytes: usize,
}

/// The bytes of a tree object, wherever they are.
enum Object<'o> {
    Git(OdbObject<'o>),
    Memory(&'o [u8]),
    ReadAhead(Box<[u8]>),
    Kept(Rc<[u8]>),
}

/// The kind of an entry; the executable bit is no difference to a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link; its blob is the target's path.
    Link,
    /// Another repository's commit (a submodule); its files are not here.
    Gitlink,
    /// A directory.
    Tree,
}

impl EntryKind {
    /// Returns `a file`, `a symbolic link`, `a submodule` or `a directory`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            EntryKind::File => "a file",
            EntryKind::Link => "a symbolic link",
            EntryKind::Gitlink => "a submodule",
            EntryKind::Tree => "a directory",
        }
    }

    /// Returns the file type in a mode, which is octal with or without leading zeros; the permission bits say nothing here.
    fn from_mode(mode: &[u8]) -> Result<EntryKind, MalformedTree> {
        // As git writes them, which spares most entries the arithmetic.
        match mode {
            b"100644" => return Ok(EntryKind::File),
            b"40000" => return Ok(EntryKind::Tree),
            _ => {}
        }
        let octal = mode.iter().try_fold(0u32, |value, digit| match digit {
            b'0'..=b'7' if value < 1 << 24 => Ok(value * 8 + u32::from(digit - b'0')),
            _ => Err(MalformedTree),
        })?;
        match octal & 0o170_000 {
            0o040_000 => Ok(EntryKind::Tree),
            0o100_000 => Ok(EntryKind::File),
            0o120_000 => Ok(EntryKind::Link),
            0o160_000 => Ok(EntryKind::Gitlink),
            _ => Err(MalformedTree),
        }
    }
}

/// One entry of a tree: slices of the object's bytes.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its kind.
    pub kind: EntryKind,
    /// Its name; bytes without `/` and NUL.
    pub name: &'a [u8],
    /// The raw id of the object behind it.
    pub id: &'a [u8],
    /// The whole entry: mode, name and id. Equal raw entries are equal in everything.
    pub raw: &'a [u8],
}

/// A tree object that is not in git's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tree object is malformed")]
pub struct MalformedTree;

impl<'o> Tree<'o> {
    pub(super) fn read(objects: &'o Objects<'_>, id: &[u8]) -> Result<Tree<'o>, git2::Error> {
        match objects {
            Objects::Memory(memory) => Ok(Tree { object: Object::Memory(memory.tree(id)?), id_bytes: id.len() }),
            Objects::Git(objects) => {
                let oid = Oid::from_bytes(id)?;
                if let Some(bytes) = objects.kept().and_then(|kept| kept.get(oid)) {
                    return Ok(Tree { object: Object::Kept(bytes), id_bytes: id.len() });
                }
                let tree = Tree::of(objects.read(oid)?, id)?;
                let kept = objects.kept().and_then(|kept| kept.keep_large(oid, tree.bytes()));
                Ok(kept.map_or(tree, |bytes| Tree { object: Object::Kept(bytes), id_bytes: id.len() }))
            }
        }
    }

    /// Takes an object of git, with its raw id, for a tree.
    pub(super) fn of(object: OdbObject<'o>, id: &[u8]) -> Result<Tree<'o>, git2::Error> {
        if object.kind() != ObjectType::Tree {
            return Err(git2::Error::from_str("the object is not a tree"));
        }
        Ok(Tree { object: Object::Git(object), id_bytes: id.len() })
    }

    /// Takes the bytes of a tree that another thread has read.
    pub(super) fn read_ahead(bytes: Box<[u8]>, id_bytes: usize) -> Tree<'o> {
        Tree { object: Object::ReadAhead(bytes), id_bytes }
    }

    /// Returns the object's bytes, to be taken apart by [`Entry::first`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.object {
            Object::Git(object) => object.data(),
            Object::Memory(bytes) => bytes,
            Object::ReadAhead(bytes) => bytes,
            Object::Kept(bytes) => bytes,
        }
    }

    /// Bytes of an object id in this repository: 20 or 32.
    #[must_use]
    pub fn id_bytes(&self) -> usize {
        self.id_bytes
    }

    /// Returns the entry with this name.
    ///
    /// # Errors
    /// When the object is malformed at the entry, or ends before it.
    pub fn find(&self, name: &[u8]) -> Result<Option<Entry<'_>>, MalformedTree> {
        let bytes = self.bytes();
        // Most names that are looked for are not there, which a search of the bytes tells sooner than a look at each entry. One that is found
        // may stand in an id.
        let written = [b" ", name, b"\0"].concat();
        let mut at = 0;
        for found in memchr::memmem::find_iter(bytes, &written) {
            let name_ends = found + written.len() - 1;
            while at <= found {
                let nul = at + memchr::memchr(0, &bytes[at..]).ok_or(MalformedTree)?;
                let next = nul + 1 + self.id_bytes;
                if nul == name_ends {
                    // A name may hold blanks: this is the end of one that is longer, or the name.
                    let entry = Entry::first(&bytes[at..], self.id_bytes)?;
                    if let Some(entry) = entry.filter(|entry| entry.name == name) {
                        return Ok(Some(entry));
                    }
                }
                if next > bytes.len() {
                    return Err(MalformedTree);
                }
                at = next;
            }
        }
        Ok(None)
    }

    /// Returns its entries, in the order in which they stand. An error is the last item.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry<'_>, MalformedTree>> {
        let mut rest = self.bytes();
        std::iter::from_fn(move || {
            let entry = Entry::first(rest, self.id_bytes).transpose()?;
            rest = entry.as_ref().map_or(&[], |e| &rest[e.raw.len()..]);
            Some(entry)
        })
    }
}

impl<'a> Entry<'a> {
    /// Takes the first entry off `bytes`; `None` at their end. The rest starts at `entry.raw.len()`.
    ///
    /// # Errors
    /// When the bytes are not an entry.
    pub fn first(bytes: &'a [u8], id_bytes: usize) -> Result<Option<Entry<'a>>, MalformedTree> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let nul = memchr::memchr(0, bytes).ok_or(MalformedTree)?;
        let space = memchr::memchr(b' ', &bytes[..nul]).ok_or(MalformedTree)?;
        let raw = bytes.get(..nul + 1 + id_bytes).ok_or(MalformedTree)?;
        let kind = EntryKind::from_mode(&bytes[..space])?;
        let name = &bytes[space + 1..nul];
        if name.is_empty() {
            return Err(MalformedTree);
        }
        Ok(Some(Entry { kind, name, id: &raw[nul + 1..], raw }))
    }

    /// Returns true for a file that its owner may execute, which is no difference to a visitor.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        let digits = self.raw.iter().take_while(|&&byte| byte != b' ');
        let mode = digits.fold(0u32, |mode, digit| mode.wrapping_mul(8).wrapping_add(u32::from(digit & 7)));
        self.kind == EntryKind::File && mode & 0o100 != 0
    }

    /// Compares two entries in git's order: by name, a tree's name with `/` behind it. A file `a` and a tree `a` are different entries.
    #[must_use]
    pub fn order(&self, other: &Entry<'_>) -> Ordering {
        let common = self.name.len().min(other.name.len());
        self.name[..common].cmp(&other.name[..common]).then_with(|| self.at(common).cmp(&other.at(common)))
    }

    /// Returns the byte at `i`; behind the name stands `/` for a tree and NUL for all else.
    fn at(&self, i: usize) -> u8 {
        let end = if self.kind == EntryKind::Tree { b'/' } else { 0 };
        self.name.get(i).copied().unwrap_or(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mode: &str, name: &str) -> Vec<u8> {
        let mut bytes = format!("{mode} {name}\0").into_bytes();
        bytes.extend([7; 20]);
        bytes
    }

    #[test]
    fn entries_are_taken_apart_in_place() {
        let bytes = [entry("100755", "a b"), entry("40000", "d")].concat();
        let first = Entry::first(&bytes, 20).unwrap().unwrap();
        assert_eq!((first.kind, first.name, first.id), (EntryKind::File, &b"a b"[..], &[7; 20][..]));
        let second = Entry::first(&bytes[first.raw.len()..], 20).unwrap().unwrap();
        assert_eq!((second.kind, second.name), (EntryKind::Tree, &b"d"[..]));
    }

    #[test]
    fn an_entry_is_found_by_its_whole_name_and_never_in_an_id() {
        let mut in_an_id = b"100644 b\0".to_vec();
        in_an_id.extend(b"12345 x\x00123456789012");
        let bytes = [entry("100644", "a"), in_an_id, entry("100644", "c x"), entry("40000", "d"), entry("100644", "x")];
        let found = |bytes: &[u8], name: &str| {
            let tree = Tree { object: Object::Memory(bytes), id_bytes: 20 };
            tree.find(name.as_bytes()).map(|entry| entry.map(|entry| entry.raw.to_vec()))
        };
        let all = bytes.concat();
        for (number, name) in [(0, "a"), (1, "b"), (2, "c x"), (3, "d"), (4, "x")] {
            assert_eq!(found(&all, name), Ok(Some(bytes[number].clone())), "{name}");
        }
        for name in ["", "c", "e", "100644 a", "123456789012"] {
            assert_eq!(found(&all, name), Ok(None), "{name:?}");
        }
        let without = bytes[..4].concat();
        assert_eq!(found(&without, "x"), Ok(None));
        assert_eq!(found(&all[..all.len() - 1], "x"), Err(MalformedTree));
        assert_eq!(found(b"", "a"), Ok(None));
    }

    #[test]
    fn a_mode_is_an_octal_number_and_its_type_counts() {
        for (mode, want) in [
            ("40000", Ok(EntryKind::Tree)),
            ("040000", Ok(EntryKind::Tree)),
            ("40755", Ok(EntryKind::Tree)),
            ("100644", Ok(EntryKind::File)),
            ("100664", Ok(EntryKind::File)),
            ("0120000", Ok(EntryKind::Link)),
            ("160000", Ok(EntryKind::Gitlink)),
            ("644", Err(MalformedTree)),
            ("1x0644", Err(MalformedTree)),
            ("", Err(MalformedTree)),
            ("100000000100644", Err(MalformedTree)),
        ] {
            assert_eq!(EntryKind::from_mode(mode.as_bytes()), want, "{mode}");
        }
    }

    #[test]
    fn a_cut_or_garbled_tree_is_an_error_and_never_an_empty_one() {
        let whole = entry("100644", "a");
        for cut in 1..whole.len() {
            assert_eq!(Entry::first(&whole[..cut], 20).err(), Some(MalformedTree), "cut at {cut}");
        }
        assert_eq!(Entry::first(&entry("100644", ""), 20).err(), Some(MalformedTree));
    }

    #[test]
    fn a_tree_sorts_as_if_its_name_ended_in_a_slash() {
        let order = |a: (&str, &str), b: (&str, &str)| {
            let (a, b) = (entry(a.0, a.1), entry(b.0, b.1));
            Entry::first(&a, 20).unwrap().unwrap().order(&Entry::first(&b, 20).unwrap().unwrap())
        };
        let (file, tree) = ("100644", "40000");
        assert_eq!(order((file, "a"), (file, "a.html")), Ordering::Less);
        assert_eq!(order((tree, "a"), (file, "a.html")), Ordering::Greater);
        assert_eq!(order((tree, "a"), (file, "a0")), Ordering::Less);
        assert_eq!(order((file, "a"), (tree, "a")), Ordering::Less);
        assert_eq!(order((tree, "a"), (tree, "a")), Ordering::Equal);
    }
}
