//! Links that were not followed, and the notes about them: one for each kind, however many there are.

use crate::display::shown;

/// Links that a note names; the others are counted.
const NAMED: usize = 3;

/// The links of both snapshots that were met and not followed, by the paths under which they were met, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OddLinks {
    /// They lead out of the web root.
    pub outside: Vec<Box<[u8]>>,
    /// They lead to a path that the snapshot does not have.
    pub missing: Vec<Box<[u8]>>,
    /// They lead to a directory that they lie in.
    pub upward: Vec<Box<[u8]>>,
    /// They lead to themselves, or through more links than any system follows.
    pub endless: Vec<Box<[u8]>>,
    /// Those that lead upward, with where to; taken out when the walk is over.
    pub(super) loops: Vec<Loop>,
}

/// A link to a directory that it lies in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loop {
    /// The path under which it is met.
    pub(super) link: Box<[u8]>,
    /// That of the directory, with a slash at its end; empty for the web root.
    pub(super) directory: Box<[u8]>,
}

impl OddLinks {
    /// Takes another walk's links along.
    pub(super) fn append(&mut self, mut other: OddLinks) {
        self.outside.append(&mut other.outside);
        self.missing.append(&mut other.missing);
        self.upward.append(&mut other.upward);
        self.endless.append(&mut other.endless);
        self.tidy();
    }

    /// Sorts, and leaves each path once: most are in both snapshots.
    pub(super) fn tidy(&mut self) {
        for paths in [&mut self.outside, &mut self.missing, &mut self.upward, &mut self.endless] {
            paths.sort_unstable();
            paths.dedup();
        }
    }

    /// Returns what a person should know of those paths that `counts` is true for.
    #[must_use]
    pub fn notes(&self, mut counts: impl FnMut(&[u8]) -> bool) -> Vec<String> {
        let note = |(paths, what): (&Vec<Box<[u8]>>, &str)| {
            let counted: Vec<&[u8]> = paths.iter().map(AsRef::as_ref).filter(|path| counts(path)).collect();
            let names: Vec<String> = counted.iter().take(NAMED).map(|path| shown(path)).collect();
            let more = match counted.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            (!counted.is_empty()).then(|| format!("symbolic links that {what}: {}{more}", names.join(", ")))
        };
        let kinds = [
            (&self.outside, "lead out of `output` are not followed, and what changes there is not seen"),
            (&self.missing, "lead to what is not in the snapshot are not followed, and what changes there is not seen"),
            (
                &self.upward,
                "lead to a directory they lie in are not followed; when it changes, all below them is purged",
            ),
            (&self.endless, "never come to an end count as absent"),
        ];
        kinds.into_iter().filter_map(note).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_a_few_and_counts_the_rest() {
        let paths = |names: &[&str]| names.iter().map(|n| n.as_bytes().into()).collect();
        let mut odd = OddLinks { outside: paths(&["d", "a", "c\n", "b", "a", "e"]), ..OddLinks::default() };
        odd.tidy();
        let notes = odd.notes(|_| true);
        assert!(notes.len() == 1 && notes[0].ends_with(": a, b, \"c\\n\" and 2 more"), "{notes:?}");
        let notes = odd.notes(|path| path < &b"c"[..]);
        assert!(notes.len() == 1 && notes[0].ends_with(": a, b"), "{notes:?}");
        assert!(odd.notes(|_| false).is_empty());
    }
}
