//! Where a directory really lies in its snapshot, whatever links led to it: `..` goes up from there.

use std::rc::Rc;

/// A directory, and through it those above, up to the web root.
pub(super) struct RealDirectory {
    id: Box<[u8]>,
    name: Box<[u8]>,
    above: Option<Rc<RealDirectory>>,
    depth: usize,
}

impl RealDirectory {
    /// Returns the web root, by its tree's raw id.
    pub(super) fn root(id: &[u8]) -> Rc<RealDirectory> {
        Rc::new(RealDirectory { id: id.into(), name: Box::default(), above: None, depth: 0 })
    }

    /// Returns the directory of this name and tree in it.
    pub(super) fn below(self: &Rc<Self>, name: &[u8], id: &[u8]) -> Rc<RealDirectory> {
        Rc::new(RealDirectory { id: id.into(), name: name.into(), above: Some(Rc::clone(self)), depth: self.depth + 1 })
    }

    /// Returns the raw id of its tree.
    pub(super) fn id(&self) -> &[u8] {
        &self.id
    }

    /// Returns the directory that holds it; nothing for the web root.
    pub(super) fn above(&self) -> Option<&Rc<RealDirectory>> {
        self.above.as_ref()
    }

    /// Returns its path below the web root, with a slash at its end; empty for the web root.
    pub(super) fn path(&self) -> Vec<u8> {
        let Some(above) = &self.above else { return Vec::new() };
        let mut path = above.path();
        path.extend_from_slice(&self.name);
        path.push(b'/');
        path
    }

    /// Directories above it.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Returns true when both are the same directory of the same snapshot.
    pub(super) fn is(&self, other: &RealDirectory) -> bool {
        let (mut one, mut two) = (self, other);
        // The ids first: they differ in nearly every pair, and are equal all the way up where the names are.
        while one.depth == two.depth && one.id == two.id && one.name == two.name {
            match (&one.above, &two.above) {
                (Some(above_one), Some(above_two)) => (one, two) = (above_one, above_two),
                _ => return true,
            }
        }
        false
    }
}

/// Returns true where both are the same tree.
pub(super) fn is_same(from: Option<&Rc<RealDirectory>>, to: Option<&Rc<RealDirectory>>) -> bool {
    from.map(|place| place.id()) == to.map(|place| place.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_trees_in_two_places_are_two_directories() {
        let root = RealDirectory::root(b"r");
        let (a, b) = (root.below(b"a", b"t"), root.below(b"b", b"t"));
        let (in_a, in_b) = (a.below(b"x", b"u"), b.below(b"x", b"u"));
        assert!(in_a.is(&a.below(b"x", b"u")) && in_a.is(&in_a) && root.is(&RealDirectory::root(b"r")));
        assert!(!in_a.is(&in_b) && !a.is(&b) && !in_a.is(&a) && !root.is(&a));
        assert_eq!((in_a.depth(), in_a.above().map(|p| p.id()), root.above().is_none()), (2, Some(&b"t"[..]), true));
        assert_eq!((&*in_a.path(), &*root.path()), (&b"a/x/"[..], &b""[..]));
    }
}
