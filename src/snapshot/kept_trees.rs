//! Trees that are kept, since they are asked for again: the last large ones, and those above the web roots.
//!
//! A directory of a hundred thousand files takes as long to inflate as a thousand small ones, and several ask for it: is it a source, has it
//! lost its pages, what differs in it. The directory of two hundred sites is asked for by each of them. Other trees are read again, which
//! costs less than to keep them. An object never changes, so what was read once stays true.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use git2::Oid;

/// Bytes from which on a tree is large.
const LARGE: usize = 256 << 10;

/// Large trees that are kept: both sides of a comparison.
const MOST_LARGE: usize = 2;

/// Trees above web roots that are kept: those of a few revisions.
const MOST_ABOVE: usize = 64;

/// The trees that are kept.
#[derive(Default)]
pub(super) struct KeptTrees {
    /// The newest last.
    large: RefCell<Vec<(Oid, Rc<[u8]>)>>,
    above: RefCell<HashMap<Oid, Rc<[u8]>>>,
}

impl KeptTrees {
    /// Returns the bytes of one that is kept.
    pub(super) fn get(&self, id: Oid) -> Option<Rc<[u8]>> {
        let large = self.large.borrow();
        let kept = large.iter().find(|(kept, _)| *kept == id).map(|(_, bytes)| Rc::clone(bytes));
        kept.or_else(|| self.above.borrow().get(&id).map(Rc::clone))
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
            kept.entry(id).or_insert_with(|| bytes.into());
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
    fn no_more_trees_are_kept_than_lie_above_a_few_revisions() {
        let trees = KeptTrees::default();
        for n in 0..100 {
            trees.keep_above(id(n), &[n]);
        }
        let kept: Vec<u8> = (0..100).filter(|n| trees.get(id(*n)).is_some_and(|bytes| *bytes == [*n])).collect();
        assert_eq!(kept, (0..64).collect::<Vec<u8>>());
    }
}
