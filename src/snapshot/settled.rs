//! What was found out of a repository and stays so, whatever is fetched later: which objects are here, and which commits come before which.
//!
//! Two hundred sites whose marks are at one revision ask the same two hundred times. The questions themselves are those of
//! [`super::refs`] and [`super::history`].

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::age::Age;

/// What was found so far, by full ids.
#[derive(Default)]
pub(super) struct Settled {
    here: RefCell<HashSet<String>>,
    ages: RefCell<HashMap<(String, String), Age>>,
}

impl Settled {
    /// Returns true for an object that is here. One that is not is looked for again, since it may be fetched.
    pub(super) fn has(&self, id: &str, look: impl FnOnce() -> bool) -> bool {
        if self.here.borrow().contains(id) {
            return true;
        }
        let is_here = look();
        if is_here {
            self.here.borrow_mut().insert(id.to_owned());
        }
        is_here
    }

    /// Returns where one commit stands beside another. An answer that more history may change is looked for again.
    pub(super) fn age<E>(&self, id: &str, other: &str, find: impl FnOnce() -> Result<Age, E>) -> Result<Age, E> {
        let key = (id.to_owned(), other.to_owned());
        if let Some(known) = self.ages.borrow().get(&key) {
            return Ok(*known);
        }
        let age = find()?;
        if matches!(age, Age::Same | Age::Ancestor | Age::Descendant) {
            self.ages.borrow_mut().insert(key, age);
        }
        Ok(age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_change_is_looked_for_again_and_what_may_not_is_not() {
        let settled = Settled::default();
        let has = [false, true, false].map(|is_here| settled.has("a", || is_here));
        assert_eq!(has, [false, true, true]);
        for (age, stays) in [
            (Age::Unknown, false),
            (Age::DatedBefore, false),
            (Age::DatedAfter, false),
            (Age::Apart { is_later: true }, false),
            (Age::Ancestor, true),
        ] {
            assert_eq!(settled.age("a", "b", || Ok::<_, ()>(age)), Ok(age));
            let again = settled.age("a", "b", || Err(()));
            assert_eq!(again, if stays { Ok(age) } else { Err(()) }, "{age:?}");
        }
        assert_eq!(settled.age("b", "a", || Err(())), Err(()), "the other way round is another question");
    }
}
