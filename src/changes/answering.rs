//! Whether anything answers below a directory: a directory of ignored files, or of links that lead nowhere, is none to visitors,
//! whatever git says.
//!
//! It appears when its first file does. One file is enough to know, so that hardly any is looked at.

use super::error::ChangesError;
use crate::config::{Matcher, Rules};
use crate::snapshot::{EntryKind, Snapshot};

/// The two sides of a comparison, or one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) from: bool,
    pub(super) to: bool,
}

impl Sides {
    pub(super) const FROM: Sides = Sides { from: true, to: false };
    pub(super) const TO: Sides = Sides { from: false, to: true };
    pub(super) const BOTH: Sides = Sides { from: true, to: true };
}

/// Which side of the directory that is walked answers.
#[derive(Default)]
pub(super) struct Answering<'s> {
    /// The files that the site ignores.
    ignored: Option<Matcher<'s>>,
    here: Sides,
}

impl<'s> Answering<'s> {
    /// Takes what the rules ignore for absent.
    pub(super) fn ignoring(rules: &'s Rules) -> Answering<'s> {
        Answering { ignored: Some(rules.matcher()), here: Sides::default() }
    }

    /// Begins with a directory; returns what was found in the one that holds it.
    pub(super) fn enter(&mut self) -> Sides {
        std::mem::take(&mut self.here)
    }

    /// Goes back to the directory that holds it; returns what was found in this one.
    pub(super) fn leave(&mut self, above: Sides) -> Sides {
        let here = self.here;
        self.here = Sides { from: above.from || here.from, to: above.to || here.to };
        here
    }

    /// Returns true when nothing that these sides have can tell anything new.
    fn knows(&self, sides: Sides) -> bool {
        (self.here.from || !sides.from) && (self.here.to || !sides.to)
    }

    /// Notes what sides have under a name: a file that is not ignored answers, and a submodule may, into which nobody looks. `path` is
    /// that of the directory, with its slash.
    pub(super) fn meet(&mut self, kind: EntryKind, (path, name): (&mut Vec<u8>, &[u8]), sides: Sides) {
        if self.knows(sides) || !matches!(kind, EntryKind::File | EntryKind::Gitlink) {
            return;
        }
        let length = path.len();
        path.extend_from_slice(name);
        let ignored = self.ignored.as_mut().is_some_and(|matcher| matcher.judge(path).ignored);
        path.truncate(length);
        self.here.from |= sides.from && !ignored;
        self.here.to |= sides.to && !ignored;
    }

    /// Notes a directory that is the same on both sides and not walked; it holds no link that is followed.
    pub(super) fn pass(&mut self, snapshot: &Snapshot<'_>, id: &[u8], path: &[u8]) -> Result<(), ChangesError> {
        let mut left = vec![(id.to_vec(), path.to_vec())];
        while let Some((id, mut path)) = left.pop() {
            if self.knows(Sides::BOTH) {
                return Ok(());
            }
            let tree = snapshot.tree(&id)?;
            for entry in tree.entries() {
                let entry = entry.map_err(|e| snapshot.malformed(&id, e))?;
                match entry.kind {
                    EntryKind::Tree => left.push((entry.id.to_vec(), [&path, entry.name, b"/"].concat())),
                    kind => self.meet(kind, (&mut path, entry.name), Sides::BOTH),
                }
            }
        }
        Ok(())
    }
}
