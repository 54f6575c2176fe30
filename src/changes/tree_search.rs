//! The trees with something of note, in themselves or anywhere below, among some and all that lies below them.
//!
//! They are read level by level, so that all cores have work, and each once. Not by recursion: nobody walks these paths, so they may be as
//! deep as they like. Which trees are asked for is left to [`super::scan`].

use std::collections::HashMap;

use super::noting::Held;
use crate::snapshot::{EntryKind, MalformedTree, Note, NotedTrees, Snapshot, SnapshotError, Tree};

/// The raw id of a tree.
type Id = Box<[u8]>;

/// The trees that were found, by number.
#[derive(Default)]
struct Found {
    numbers: HashMap<Id, usize>,
    /// Each tree with one below it.
    edges: Vec<(usize, usize)>,
    /// What each holds among its own entries.
    held: Vec<Held>,
}

/// Finds them among the trees with these raw ids.
pub(super) fn noted_below(
    snapshot: &Snapshot<'_>,
    ids: impl IntoIterator<Item = Id>,
) -> Result<NotedTrees, SnapshotError> {
    let mut found = Found::default();
    let mut level = Vec::new();
    for id in ids {
        found.number(id, &mut level);
    }
    let mut first = 0;
    while !level.is_empty() {
        let looked = snapshot.each_tree(&level, look)?;
        let mut next = Vec::new();
        for (number, (held, trees)) in (first..).zip(looked) {
            found.held.push(held);
            for tree in trees {
                let below = found.number(tree, &mut next);
                found.edges.push((number, below));
            }
        }
        first += level.len();
        level = next;
    }
    Ok(found.noted())
}

/// Returns what a tree holds among its own entries, and the trees among them.
fn look(tree: &Tree<'_>) -> Result<(Held, Vec<Id>), MalformedTree> {
    let (mut held, mut trees) = (Held::default(), Vec::new());
    for entry in tree.entries() {
        let entry = entry?;
        held.meet(entry.kind, entry.name);
        if entry.kind == EntryKind::Tree {
            trees.push(entry.id.into());
        }
    }
    Ok((held, trees))
}

impl Found {
    /// Returns the number of a tree; a new one is added to those that are still to be read.
    fn number(&mut self, id: Id, unread: &mut Vec<Id>) -> usize {
        if let Some(known) = self.numbers.get(&id) {
            return *known;
        }
        let number = self.numbers.len();
        unread.push(id.clone());
        self.numbers.insert(id, number);
        number
    }

    /// Returns those with something of note.
    fn noted(mut self) -> NotedTrees {
        let mut noted = NotedTrees::default();
        if self.held.iter().all(|held| *held == Held::default()) {
            return noted;
        }
        self.edges.sort_unstable_by_key(|(_, below)| *below);
        self.note(Note::Link, |held| held.link, &mut noted);
        self.note(Note::Configuration, |held| held.configuration, &mut noted);
        noted
    }

    /// Notes those that hold something, and all that they lie in.
    fn note(&self, note: Note, holds: impl Fn(&Held) -> bool, noted: &mut NotedTrees) {
        let mut open: Vec<usize> = (0..self.held.len()).filter(|number| holds(&self.held[*number])).collect();
        let mut is_noted = vec![false; self.numbers.len()];
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut is_noted[number], true) {
                let from = self.edges.partition_point(|(_, below)| *below < number);
                let above = self.edges[from..].iter().take_while(|(_, below)| *below == number);
                open.extend(above.map(|(above, _)| *above));
            }
        }
        for (id, _) in self.numbers.iter().filter(|(_, number)| is_noted[**number]) {
            noted.add(note, id);
        }
    }
}
