//! Directories that differ between two trees, and the trees below them, in the order in which a comparison meets them.
//!
//! Nothing is decided here: an entry that cannot be read ends the list, and the comparison tells of it.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use git2::Oid;

use super::reading_order::ReadingOrder;
use super::replaced::Database;
use super::{Entry, EntryKind, MalformedTree, Tree};

/// The deepest directory that is read; a comparison refuses one that lies deeper.
const DEEPEST: usize = 500;

/// A directory on the two sides, where it differs, as the raw ids of its trees.
pub(super) type Pair = [Option<Box<[u8]>>; 2];

/// A tree: its raw id, and its bytes.
pub(super) type Read = (Box<[u8]>, Box<[u8]>);

/// Reads the trees of a directory and of those below it. It ends early where `keep` wants no more, or one cannot be read.
pub(super) fn read_below(
    objects: &Database<'_>,
    pair: &Pair,
    order: &mut ReadingOrder,
    keep: &mut impl FnMut(Read) -> ControlFlow<()>,
) -> ControlFlow<()> {
    below((objects, order), pair, 0, keep)
}

fn below(
    (objects, order): (&Database<'_>, &mut ReadingOrder),
    pair: &Pair,
    depth: usize,
    keep: &mut impl FnMut(Read) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if depth > DEEPEST {
        return ControlFlow::Break(());
    }
    let trees = order.read(|side| read(objects, pair[side].as_deref()));
    let [from, to] = trees.map_or(ControlFlow::Break(()), ControlFlow::Continue)?;
    let has_some = [&from, &to].into_iter().flatten().any(|tree| trees_in(tree).next().is_some());
    let pairs = if has_some { differing(from.as_ref(), to.as_ref()) } else { Ok(Vec::new()) };
    let pairs = pairs.map_or(ControlFlow::Break(()), ControlFlow::Continue)?;
    for (id, tree) in pair.iter().zip([from, to]) {
        if let (Some(id), Some(tree)) = (id, tree) {
            keep((id.clone(), tree.bytes().into()))?;
        }
    }
    pairs.iter().try_for_each(|pair| below((objects, order), pair, depth + 1, keep))
}

/// Reads the tree of a side, where it has one.
fn read<'o>(objects: &'o Database<'_>, id: Option<&[u8]>) -> Result<Option<Tree<'o>>, git2::Error> {
    id.map(|id| Tree::of(objects.read(Oid::from_bytes(id)?)?, id)).transpose()
}

/// Returns where the bytes of directories' modes stand in a tree; now and then there are none behind them.
pub(super) fn trees_in<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(tree.bytes(), b"40000 ")
}

/// Returns the directories that differ, in the order in which they stand in the trees.
pub(super) fn differing(from: Option<&Tree<'_>>, to: Option<&Tree<'_>>) -> Result<Vec<Pair>, MalformedTree> {
    let mut pairs = Vec::new();
    let mut sides = [from, to].map(|tree| tree.map_or((&[][..], 0), |tree| (tree.bytes(), tree.id_bytes())));
    loop {
        let [old, new] = [Entry::first(sides[0].0, sides[0].1)?, Entry::first(sides[1].0, sides[1].1)?];
        let order = match (&old, &new) {
            (None, None) => return Ok(pairs),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) if old.raw == new.raw => {
                let length = old.raw.len();
                for (bytes, _) in &mut sides {
                    *bytes = &bytes[length..];
                }
                continue;
            }
            (Some(old), Some(new)) => old.order(new),
        };
        let kept = [old.filter(|_| order != Ordering::Greater), new.filter(|_| order != Ordering::Less)];
        for ((bytes, _), entry) in sides.iter_mut().zip(&kept) {
            *bytes = &bytes[entry.map_or(0, |entry| entry.raw.len())..];
        }
        let pair = kept.map(|entry| entry.filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.id.into()));
        if pair[0] != pair[1] {
            pairs.push(pair);
        }
    }
}
