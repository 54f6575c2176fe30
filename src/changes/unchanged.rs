//! What a comparison meets that did not change: one thing in each directory, which tells that the directory did not change as a whole.
//!
//! So a prefix can take the place of a directory's URLs without a list of the site. Nothing is read for it but the way down to one file
//! of a directory that is the same on both sides. The choice of prefixes is left to [`crate::plan`].

use crate::snapshot::EntryKind;

/// What was met, directory by directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unchanged {
    /// Something of each directory that holds such; directories end in a slash.
    pub(super) met: Vec<Box<[u8]>>,
    /// The links that are not followed, and the submodules, among these: nobody knows what lies behind them.
    pub(super) opaque: Vec<Box<[u8]>>,
    /// The directories of TO with such names.
    pub(super) odd: Vec<Odd>,
    /// The directories of which nothing is the same, with their slash, without those that lie in another one.
    pub(super) whole: Vec<Box<[u8]>>,
    /// Something of the directory that is walked is among what was met.
    is_known: bool,
    /// The directory that was begun last is among the odd ones.
    has_odd: bool,
    /// It holds a directory, or a link, so far.
    has_directories: bool,
}

/// A directory of TO, with a name in it of which there may be another one in other letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Odd {
    /// With its slash.
    pub(super) path: Box<[u8]>,
    /// It holds a directory, or a link, which may lead to one.
    pub(super) has_directories: bool,
}

/// The state of the directory that holds the one that is walked.
pub(super) struct Above {
    is_known: bool,
    met: usize,
    whole: usize,
}

impl Unchanged {
    /// Begins with a directory.
    pub(super) fn enter(&mut self) -> Above {
        let is_known = std::mem::take(&mut self.is_known);
        (self.has_odd, self.has_directories) = (false, false);
        Above { is_known, met: self.met.len(), whole: self.whole.len() }
    }

    /// Goes back to the directory that holds it; `path` is that of the one that is left, with its slash.
    pub(super) fn leave(&mut self, above: &Above, path: &[u8]) {
        if self.met.len() == above.met && !path.is_empty() {
            self.whole.truncate(above.whole);
            self.whole.push(path.into());
        }
        self.is_known = above.is_known;
    }

    /// Notes an entry that is the same on both sides; `path` is that of its directory, with its slash. Of a link that is not followed, or
    /// a submodule, nobody knows what lies behind it, so each counts. So does a directory beside a page of its name that is the `last`
    /// path that changed, whose URLs may lie in it.
    pub(super) fn meet(&mut self, kind: EntryKind, path: &[u8], name: &[u8], last: Option<&[u8]>) {
        let is_beside = || {
            let beside = last.and_then(|last| last.strip_prefix(path)?.strip_prefix(name));
            kind == EntryKind::Tree && beside.is_some_and(|rest| rest.starts_with(b"."))
        };
        match kind {
            EntryKind::Link | EntryKind::Gitlink => self.opaque.push([path, name].concat().into_boxed_slice()),
            EntryKind::File | EntryKind::Tree if self.is_known && !is_beside() => return,
            EntryKind::File | EntryKind::Tree => {}
        }
        let slash: &[u8] = if kind == EntryKind::Tree { b"/" } else { b"" };
        self.met.push([path, name, slash].concat().into_boxed_slice());
        self.is_known = true;
    }

    /// Meets an entry of TO in the directory that was begun last, before anything in it is walked.
    pub(super) fn meet_name(&mut self, path: &[u8], kind: EntryKind, name: &[u8]) {
        self.has_directories |= matches!(kind, EntryKind::Tree | EntryKind::Link);
        if !self.has_odd && is_odd(name) {
            self.has_odd = true;
            self.odd.push(Odd { path: path.into(), has_directories: false });
        }
        if self.has_odd
            && let Some(odd) = self.odd.last_mut()
        {
            odd.has_directories |= self.has_directories;
        }
    }

    /// Sorts it all, once all was met.
    pub(super) fn sort(&mut self) {
        self.met.sort_unstable();
        self.whole.sort_unstable_by(|one, other| parts(one).cmp(&parts(other)));
    }

    /// Returns true when something of a directory, whose path ends in a slash, or below it was met.
    pub(super) fn is_met_below(&self, directory: &[u8]) -> bool {
        // The directory itself stands there where it was passed over whole.
        let inside = self.met.partition_point(|path| **path <= *directory);
        self.met.get(inside).is_some_and(|path| path.starts_with(directory))
    }
}

/// Returns the path of the directory that holds one, whose path ends in a slash, and its name; the first with its slash.
pub(super) fn parts(directory: &[u8]) -> (&[u8], &[u8]) {
    let directory = directory.strip_suffix(b"/").unwrap_or(directory);
    memchr::memrchr(b'/', directory).map_or((b"", directory), |slash| (&directory[..=slash], &directory[slash + 1..]))
}

/// Returns true for a name that may be the same as another one in other letters: in small ones, composed otherwise, or with a blank for a
/// plus.
pub(super) fn is_odd(name: &[u8]) -> bool {
    name.iter()
        .fold(false, |is_odd, byte| is_odd | byte.is_ascii_uppercase() | !byte.is_ascii() | matches!(byte, b' ' | b'+'))
}
