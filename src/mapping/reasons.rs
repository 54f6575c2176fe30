//! The reasons of one operation: mostly a single one, which then takes no memory of its own.
//!
//! A large deploy has millions of operations, and a list for each would be the largest part of its plan. The meaning of a reason stands
//! in [`super::reason`].

use std::ops::Deref;

use super::reason::Reason;

/// Reasons, sorted, each once; none for an operation of a fallback.
#[derive(Clone, Default)]
pub struct Reasons(Held);

#[derive(Clone, Default)]
enum Held {
    #[default]
    None,
    One(Reason),
    Several(Box<Several>),
}

/// A list behind one pointer, so that a single reason is all that has room in its place.
#[derive(Clone)]
struct Several(Vec<Reason>);

impl Reasons {
    /// Adds one behind the others.
    pub fn push(&mut self, reason: Reason) {
        match &mut self.0 {
            Held::None => self.0 = Held::One(reason),
            Held::One(first) => self.0 = Held::Several(Box::new(Several(vec![*first, reason]))),
            Held::Several(several) => several.0.push(reason),
        }
    }
}

impl From<Reason> for Reasons {
    fn from(reason: Reason) -> Reasons {
        Reasons(Held::One(reason))
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason>>(all: I) -> Reasons {
        let mut reasons = Reasons::default();
        all.into_iter().for_each(|reason| reasons.push(reason));
        reasons
    }
}

impl Deref for Reasons {
    type Target = [Reason];

    fn deref(&self) -> &[Reason] {
        match &self.0 {
            Held::None => &[],
            Held::One(reason) => std::slice::from_ref(reason),
            Held::Several(several) => &several.0,
        }
    }
}

impl<'r> IntoIterator for &'r Reasons {
    type Item = &'r Reason;
    type IntoIter = std::slice::Iter<'r, Reason>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Reasons {
    fn eq(&self, other: &Reasons) -> bool {
        **self == **other
    }
}

impl Eq for Reasons {}

impl std::fmt::Debug for Reasons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_reasons_comes_back_in_its_order() {
        let all = [Reason::Asked, Reason::Always, Reason::Cover(1, None)];
        for n in 0..=all.len() {
            let reasons: Reasons = all[..n].iter().copied().collect();
            assert_eq!(*reasons, all[..n]);
            assert_eq!(format!("{reasons:?}"), format!("{:?}", &all[..n]));
        }
        assert_eq!(*Reasons::from(Reason::Always), [Reason::Always]);
    }

    #[test]
    fn a_list_of_reasons_is_no_larger_than_one() {
        assert_eq!((size_of::<Reason>(), size_of::<Reasons>()), (16, 16));
    }
}
