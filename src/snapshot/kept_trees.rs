//! Trees that are kept, since they are asked for again: the last large ones, and those above the web roots.
//!
//! A directory of a hundred thousand files takes as long to inflate as a thousand small ones, and several ask for it: is it a source, has it
//! lost its pages, what differs in it. The directory of two hundred sites is asked for by each of them. Other trees are read again, which
//! costs less than to keep them. An object never changes, so what was read once stays true.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use git2::Oid;

/// Bytes from which on a tree is large.
const LARGE: usize = 256 << 10;

/// Large trees that are kept: both sides of a comparison.
const MOST_LARGE: usize = 2;

/// Trees above web roots that are kept: those of a few revisions.
const MOST_ABOVE: usize = 64;

/// Names that are looked for in a tree before all of its names are put in order: a run of one site asks for a few.
const FEW: u32 = 16;

/// The names in a tree, each with the byte at which its entry begins.
pub(super) type Places = HashMap<Box<[u8]>, usize>;

/// The answer to where an entry of a tree is.
pub(super) enum Told {
    /// In these bytes of the tree, from this one on.
    At(Rc<[u8]>, usize),
    /// Nowhere.
    Absent,
    /// The tree itself has to be asked.
    Nothing,
}

/// A tree above web roots.
struct Above {
    bytes: Rc<[u8]>,
    asked: Cell<u32>,
    /// `None` where it is malformed.
    places: OnceCell<Option<Places>>,
}

/// The trees that are kept.
#[derive(Default)]
pub(super) struct KeptTrees {
    /// The newest last.
    large: RefCell<Vec<(Oid, Rc<[u8]>)>>,
    above: RefCell<HashMap<Oid, Above>>,
}

impl KeptTrees {
    /// Returns the bytes of one that is kept.
    pub(super) fn get(&self, id: Oid) -> Option<Rc<[u8]>> {
        let large = self.large.borrow();
        let kept = large.iter().find(|(kept, _)| *kept == id).map(|(_, bytes)| Rc::clone(bytes));
        kept.or_else(|| self.above.borrow().get(&id).map(|above| Rc::clone(&above.bytes)))
    }

    /// Keeps a tree, if it is large; returns the bytes then.
    pub(super) fn keep_large(&self, id: Oid, bytes: &[u8]) -> Option<Rc<[u8]>> {
        if bytes.len() < LARGE {
            return None;
        }
        let bytes: Rc<[u8]> = bytes.into();
        let mut kept = self.large.borrow_mut();
        if kept.len() == MOST_LARGE {
            kept.remove(0);
        }
        kept.push((id, Rc::clone(&bytes)));
        Some(bytes)
    }

    /// Keeps a tree above a web root, while there is room.
    pub(super) fn keep_above(&self, id: Oid, bytes: &[u8]) {
        let mut kept = self.above.borrow_mut();
        if kept.len() < MOST_ABOVE && bytes.len() < LARGE {
            let above = || Above { bytes: bytes.into(), asked: Cell::new(0), places: OnceCell::new() };
            kept.entry(id).or_insert_with(above);
        }
    }

    /// Returns where an entry of a tree above web roots is. `read` puts its names in order.
    pub(super) fn find_above(&self, id: Oid, name: &[u8], read: impl FnOnce(&[u8]) -> Option<Places>) -> Told {
        let above = self.above.borrow();
        let Some(above) = above.get(&id) else { return Told::Nothing };
        above.asked.set(above.asked.get().saturating_add(1));
        if above.asked.get() <= FEW {
            return Told::Nothing;
        }
        match above.places.get_or_init(|| read(&above.bytes)) {
            Some(places) => places.get(name).map_or(Told::Absent, |at| Told::At(Rc::clone(&above.bytes), *at)),
            None => Told::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Oid {
        Oid::from_bytes(&[n; 20]).unwrap()
    }

    #[test]
    fn the_last_two_large_trees_are_kept_and_no_small_one() {
        let trees = KeptTrees::default();
        assert!(trees.keep_large(id(1), &vec![0; LARGE - 1]).is_none() && trees.get(id(1)).is_none());
        for n in 1..=3 {
            assert_eq!(trees.keep_large(id(n), &vec![n; LARGE]).unwrap()[0], n);
        }
        let kept: Vec<bool> = (1..=3).map(|n| trees.get(id(n)).is_some_and(|bytes| bytes[0] == n)).collect();
        assert_eq!(kept, [false, true, true]);
    }

    #[test]
    fn the_names_of_a_tree_are_put_in_order_once_many_were_asked_for() {
        let trees = KeptTrees::default();
        trees.keep_above(id(1), b"ab");
        trees.keep_above(id(2), b"malformed");
        let orders = Cell::new(0);
        let find = |n, name: &str| {
            trees.find_above(id(n), name.as_bytes(), |bytes| {
                orders.set(orders.get() + 1);
                let place = |(at, byte): (usize, &u8)| ([*byte].into(), at);
                (bytes.len() == 2).then(|| bytes.iter().enumerate().map(place).collect())
            })
        };
        for n in [1, 2] {
            assert!((0..FEW).all(|_| matches!(find(n, "a"), Told::Nothing)));
        }
        assert_eq!(orders.get(), 0);
        assert!(matches!(find(1, "a"), Told::At(_, 0)) && matches!(find(1, "b"), Told::At(_, 1)));
        assert!(matches!(find(1, "c"), Told::Absent));
        assert!(matches!(find(2, "a"), Told::Nothing) && matches!(find(3, "a"), Told::Nothing));
        assert_eq!(orders.get(), 2);
    }

    #[test]
    fn no_more_trees_are_kept_than_lie_above_a_few_revisions() {
        let trees = KeptTrees::default();
        for n in 0..100 {
            trees.keep_above(id(n), &[n]);
        }
        let kept: Vec<u8> = (0..100).filter(|n| trees.get(id(*n)).is_some_and(|bytes| *bytes == [*n])).collect();
        assert_eq!(kept, (0..64).collect::<Vec<u8>>());
    }
}
