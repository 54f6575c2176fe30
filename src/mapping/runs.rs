//! A list that comes nearly in order, kept in runs that are in order: then next to nothing is left to be sorted.
//!
//! Changes come sorted by path, and so do their URLs, but for a few sequences beside each other: the forms of a page, each base
//! URL, what a template makes, a directory whose name begins another's. Where the items come in no order at all they are sorted as
//! ever.

use super::used_up::UsedUp;

/// Runs that are kept beside each other: more than the sequences of most sites. Each costs a comparison or two for every item.
const MOST: usize = 8;

/// Items to be sorted.
pub(super) struct Runs<T> {
    /// Each in order; by their last items, the greatest first.
    runs: Vec<Vec<T>>,
    /// Items that none of them can take.
    rest: Vec<T>,
}

impl<T: Ord> Runs<T> {
    pub(super) fn new() -> Runs<T> {
        Runs { runs: Vec::new(), rest: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(super) fn push(&mut self, item: T) {
        // The first that can take it: its last item stays behind that of the run before.
        let can = |run: &Vec<T>| run.last().is_none_or(|last| last.cmp(&item).is_le());
        match self.runs.iter().position(can) {
            Some(run) => self.runs[run].push(item),
            None if self.runs.len() < MOST => self.runs.push(vec![item]),
            None => self.rest.push(item),
        }
    }

    /// Returns all of them in order.
    pub(super) fn sorted(mut self) -> Sorted<T> {
        self.rest.sort_unstable();
        let runs = self.runs.into_iter().chain([self.rest]).filter(|run| !run.is_empty());
        let mut runs: Vec<UsedUp<T>> = runs.map(UsedUp::new).collect();
        runs.sort_unstable_by(|one, other| other.peek().cmp(&one.peek()));
        Sorted(runs)
    }
}

/// The items of several runs, in order. None of the runs is used up, and the one with the least item is the last.
pub(super) struct Sorted<T>(Vec<UsedUp<T>>);

impl<T: Ord> Iterator for Sorted<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let run = self.0.last_mut()?;
        let item = run.next();
        if run.peek().is_none() {
            self.0.pop();
            return item;
        }
        // Mostly its next item is among the least, too.
        let mut at = self.0.len() - 1;
        while at > 0 && self.0[at - 1].peek() < self.0[at].peek() {
            self.0.swap(at - 1, at);
            at -= 1;
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let all = self.0.iter().map(ExactSizeIterator::len).sum();
        (all, Some(all))
    }
}

impl<T: Ord> ExactSizeIterator for Sorted<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(items: &[u32]) -> (Vec<u32>, usize, usize) {
        let mut runs = Runs::new();
        for item in items {
            runs.push(*item);
        }
        let (kept, rest) = (runs.runs.len(), runs.rest.len());
        (runs.sorted().collect(), kept, rest)
    }

    #[test]
    fn sequences_beside_each_other_leave_nothing_to_sort() {
        let beside = |n: u32| (0..300).map(|i| i / n + i % n * 1000).collect::<Vec<_>>();
        for n in [1, 2, 8] {
            let (all, runs, rest) = sorted(&beside(n));
            assert!(all.is_sorted() && (runs, rest) == (n as usize, 0), "{n}: {runs} runs, {rest} left");
        }
        let (all, runs, rest) = sorted(&beside(9));
        assert!(all.is_sorted() && runs == MOST && rest > 0);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_sorted(items in proptest::collection::vec(0u32..50, 0..200)) {
            let mut want = items.clone();
            want.sort_unstable();
            prop_assert_eq!(sorted(&items).0, want);
        }
    }
}
