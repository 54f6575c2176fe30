//! The last large trees that were read.
//!
//! A directory of a hundred thousand files takes as long to inflate as a thousand small ones, and several ask for it: is it a source, has it
//! lost its pages, what differs in it. Small trees are read again, which costs less than to keep them.

use std::cell::RefCell;
use std::rc::Rc;

use git2::Oid;

/// Bytes from which on a tree is kept.
const LARGE: usize = 256 << 10;

/// Trees that are kept: both sides of a comparison.
const MOST: usize = 2;

/// Large trees, the newest last.
#[derive(Default)]
pub(super) struct LargeTrees(RefCell<Vec<(Oid, Rc<[u8]>)>>);

impl LargeTrees {
    /// Returns the bytes of one that is kept.
    pub(super) fn get(&self, id: Oid) -> Option<Rc<[u8]>> {
        self.0.borrow().iter().find(|(kept, _)| *kept == id).map(|(_, bytes)| Rc::clone(bytes))
    }

    /// Keeps a tree, if it is large; returns the bytes then.
    pub(super) fn keep(&self, id: Oid, bytes: &[u8]) -> Option<Rc<[u8]>> {
        if bytes.len() < LARGE {
            return None;
        }
        let bytes: Rc<[u8]> = bytes.into();
        let mut kept = self.0.borrow_mut();
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.push((id, Rc::clone(&bytes)));
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_large_trees_are_kept_and_no_small_one() {
        let (trees, id) = (LargeTrees::default(), |n: u8| Oid::from_bytes(&[n; 20]).unwrap());
        assert!(trees.keep(id(1), &vec![0; LARGE - 1]).is_none() && trees.get(id(1)).is_none());
        for n in 1..=3 {
            assert_eq!(trees.keep(id(n), &vec![n; LARGE]).unwrap()[0], n);
        }
        let kept: Vec<bool> = (1..=3).map(|n| trees.get(id(n)).is_some_and(|bytes| bytes[0] == n)).collect();
        assert_eq!(kept, [false, true, true]);
    }
}
