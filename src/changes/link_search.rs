//! The trees that hold a symbolic link, in themselves or anywhere below, among some and all that lies below them.
//!
//! They are read level by level, so that all cores have work, and each once. Not by recursion: nobody walks these paths, so they may be as
//! deep as they like. Which trees are asked for is left to [`super::scan`].

use std::collections::HashMap;

use crate::snapshot::{EntryKind, LinkedTrees, MalformedTree, Snapshot, SnapshotError, Tree};

/// The raw id of a tree.
type Id = Box<[u8]>;

/// What a tree holds.
struct Held {
    has_link: bool,
    trees: Vec<Id>,
}

/// The trees that were found, by number.
#[derive(Default)]
struct Found {
    numbers: HashMap<Id, usize>,
    /// Each tree with one below it.
    edges: Vec<(usize, usize)>,
    /// Those with a link among their entries.
    with_link: Vec<usize>,
}

/// Finds them among the trees with these raw ids.
pub(super) fn linked_below(
    snapshot: &Snapshot<'_>,
    ids: impl IntoIterator<Item = Id>,
) -> Result<LinkedTrees, SnapshotError> {
    let mut found = Found::default();
    let mut level = Vec::new();
    for id in ids {
        found.number(id, &mut level);
    }
    let mut first = 0;
    while !level.is_empty() {
        let held = snapshot.each_tree(&level, look)?;
        let mut next = Vec::new();
        for (number, Held { has_link, trees }) in (first..).zip(held) {
            found.with_link.extend(has_link.then_some(number));
            for tree in trees {
                let below = found.number(tree, &mut next);
                found.edges.push((number, below));
            }
        }
        first += level.len();
        level = next;
    }
    Ok(found.linked())
}

fn look(tree: &Tree<'_>) -> Result<Held, MalformedTree> {
    let mut held = Held { has_link: false, trees: Vec::new() };
    for entry in tree.entries() {
        let entry = entry?;
        match entry.kind {
            EntryKind::Link => held.has_link = true,
            EntryKind::Tree => held.trees.push(entry.id.into()),
            EntryKind::File | EntryKind::Gitlink => {}
        }
    }
    Ok(held)
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

    /// Returns those with a link, and all that they lie in.
    fn linked(mut self) -> LinkedTrees {
        let mut linked = LinkedTrees::default();
        if self.with_link.is_empty() {
            return linked;
        }
        self.edges.sort_unstable_by_key(|(_, below)| *below);
        let mut is_linked = vec![false; self.numbers.len()];
        while let Some(number) = self.with_link.pop() {
            if !std::mem::replace(&mut is_linked[number], true) {
                let from = self.edges.partition_point(|(_, below)| *below < number);
                let above = self.edges[from..].iter().take_while(|(_, below)| *below == number);
                self.with_link.extend(above.map(|(above, _)| *above));
            }
        }
        for (id, _) in self.numbers.iter().filter(|(_, number)| is_linked[**number]) {
            linked.add(id);
        }
        linked
    }
}
