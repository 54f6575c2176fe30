//! The rows of a plan that there is room for: directories with many changes become one row, and what is left over a count.
//!
//! Directories are opened as long as there is room, those first that take the fewest rows. So much is opened as fits, and the rows still
//! add up to the plan.

use super::kinds::Kinds;
use super::rows::{Leaf, Owner};
use crate::changes::Status;

/// A row.
#[derive(Debug)]
pub(super) enum Node<'l> {
    /// One path.
    Leaf(&'l Leaf),
    /// A directory in which several paths changed, or a file of which several entries did.
    Folded(Folded<'l>),
    /// The rest.
    More(Sum),
}

/// The row of several paths that have a beginning in common.
#[derive(Debug)]
pub(super) struct Folded<'l> {
    /// The bytes of the path that they have in common: a directory with its slash, or the file whose entries they are.
    pub(super) path: &'l [u8],
    pub(super) sum: Sum,
    /// Where it is opened.
    inside: Vec<Node<'l>>,
}

/// Several paths in one row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) files: usize,
    pub(super) directories: usize,
    pub(super) entries: usize,
    pub(super) kinds: Kinds,
    status: Option<Status>,
}

impl Sum {
    fn of(leaves: &[Leaf]) -> Sum {
        let mut sum = Sum { status: leaves.first().map(|leaf| leaf.status), ..Sum::default() };
        for leaf in leaves {
            match leaf.owner {
                Owner::Directory(_) => sum.directories += 1,
                Owner::Entry(_) => sum.entries += 1,
                Owner::Path(_) | Owner::Rule(_) | Owner::Always => sum.files += 1,
            }
            sum.kinds += leaf.kinds;
            if sum.status != Some(leaf.status) {
                sum.status = None;
            }
        }
        sum
    }

    fn and(mut self, other: Sum) -> Sum {
        self.files += other.files;
        self.directories += other.directories;
        self.entries += other.entries;
        self.kinds += other.kinds;
        self.status = None;
        self
    }

    /// Returns what happened to all of them; where that is not the same, their directory is modified.
    pub(super) fn status(&self) -> Status {
        self.status.unwrap_or(Status::Modified)
    }
}

impl Node<'_> {
    fn sum(&self) -> Sum {
        match self {
            Node::Leaf(leaf) => Sum::of(std::slice::from_ref(leaf)),
            Node::Folded(Folded { sum, .. }) | Node::More(sum) => *sum,
        }
    }

    /// Returns the rows that it takes more when it is opened; `None` where it cannot be.
    fn opened_takes(&self) -> Option<usize> {
        if let Node::Folded(folded) = self { folded.inside.len().checked_sub(1) } else { None }
    }
}

/// Folds rows, which stand in their order, into so many at most; into one at least.
pub(super) fn fold(leaves: &[Leaf], most: usize) -> Vec<Node<'_>> {
    let mut nodes = inside(leaves, 0);
    while let Some(takes) = nodes.iter().filter_map(Node::opened_takes).min() {
        // Those that take the same are opened together or not at all: of four equal chapters one alone would look like more.
        let equal = nodes.iter().filter(|node| node.opened_takes() == Some(takes)).count();
        if nodes.len() + equal * takes > most {
            break;
        }
        nodes = nodes.into_iter().flat_map(|node| opened(node, takes)).collect();
    }
    if nodes.len() > most { cut(nodes, most) } else { nodes }
}

/// Returns what is in a row that takes so many rows more when it is opened; any other stays.
fn opened(node: Node<'_>, takes: usize) -> Vec<Node<'_>> {
    match node {
        Node::Folded(folded) if folded.inside.len() == takes + 1 => folded.inside,
        node => vec![node],
    }
}

/// Returns what lies directly below a directory, whose path is so many bytes long: paths, and directories in which several changed.
fn inside(leaves: &[Leaf], length: usize) -> Vec<Node<'_>> {
    let name = |leaf: &Leaf| -> usize {
        let rest = &leaf.path[length.min(leaf.path.len())..];
        let slash = rest.iter().position(|b| *b == b'/').map(|at| at + 1);
        slash.map_or(leaf.path.len(), |at| length + at)
    };
    let alike = |one: &Leaf, other: &Leaf| {
        let [ends, other_ends] = [name(one), name(other)];
        one.path[..ends] == other.path[..other_ends]
    };
    leaves.chunk_by(alike).map(node).collect()
}

fn node(leaves: &[Leaf]) -> Node<'_> {
    let (first, last) = match leaves {
        [leaf] => return Node::Leaf(leaf),
        [first, .., last] => (first, last),
        [] => return Node::More(Sum::default()),
    };
    let of_one_file = leaves.iter().all(|leaf| leaf.path == first.path);
    let path = if of_one_file { &*first.path } else { common(leaves, &first.path, &last.path) };
    let opened = if of_one_file { leaves.iter().map(Node::Leaf).collect() } else { inside(leaves, path.len()) };
    Node::Folded(Folded { path, sum: Sum::of(leaves), inside: opened })
}

/// Returns the deepest directory that holds all of them.
fn common<'l>(leaves: &[Leaf], first: &'l [u8], last: &[u8]) -> &'l [u8] {
    let mut length = first.iter().zip(last).take_while(|(a, b)| a == b).count();
    while !leaves.iter().all(|leaf| leaf.path.starts_with(&first[..length])) {
        length -= 1;
    }
    let slash = first[..length].iter().rposition(|b| *b == b'/');
    &first[..slash.map_or(0, |at| at + 1)]
}

/// Keeps the rows with the most operations, in their order, the first of all in any case, and counts the rest.
fn cut(nodes: Vec<Node<'_>>, most: usize) -> Vec<Node<'_>> {
    let mut largest: Vec<usize> = (1..nodes.len()).collect();
    largest.sort_by_key(|at| std::cmp::Reverse(nodes[*at].sum().kinds.total()));
    largest.truncate(most.saturating_sub(2));
    largest.push(0);
    let (mut kept, mut more) = (Vec::new(), Sum::default());
    for (at, node) in nodes.into_iter().enumerate() {
        if largest.contains(&at) && most > 1 {
            kept.push(node);
        } else {
            more = more.and(node.sum());
        }
    }
    kept.push(Node::More(more));
    kept
}

#[cfg(test)]
mod tests;
