//! The result of a mapping: the operations with their reasons, and what is to be said about them.

use std::cmp::Ordering;

use super::last::Later;
use super::operation::{Operation, PublicUrl};
use super::reason::Reason;
use super::reasons::Reasons;
use super::used_up::UsedUp;

/// A thing to purge and why, one reason at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The thing to ask for.
    pub what: Operation,
    /// Sorted, each once.
    pub reasons: Reasons,
}

/// All that a site's changes mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Sorted by kind and text, each once.
    pub operations: Vec<Mapped>,
    /// Changed paths that `ignore` keeps out.
    pub ignored: usize,
    /// Deleted paths whose cached copies are left alone, for the content hash in their names.
    pub left: Vec<Box<[u8]>>,
    /// Changed paths whose own URLs are not in the list, by their indices in [`crate::changes::Changes::paths`].
    pub unlisted: Vec<u32>,
    /// The paths and rules that go last.
    pub later: Later,
    /// Things that a person should know and no list of URLs can hold.
    pub notes: Vec<String>,
}

impl Mapping {
    /// Returns the URLs, in their order.
    pub fn urls(&self) -> impl Iterator<Item = (&PublicUrl, &[Reason])> {
        self.operations.iter().filter_map(|mapped| Some((mapped.what.url()?, &mapped.reasons[..])))
    }
}

/// Merges two sorted lists. The second mostly begins where the first ends.
pub(super) fn merged(mut first: Vec<Mapped>, second: Vec<Mapped>) -> Vec<Mapped> {
    let apart = second.first().map_or(first.len(), |least| first.partition_point(|mapped| mapped.what < least.what));
    let mut one = UsedUp::new(first.split_off(apart));
    let mut other = UsedUp::new(second);
    first.reserve(one.len() + other.len());
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        match left.what.cmp(&right.what) {
            Ordering::Less => first.extend(one.next()),
            Ordering::Greater => first.extend(other.next()),
            Ordering::Equal => {
                let mut reasons: Vec<Reason> = left.reasons.iter().chain(&right.reasons).copied().collect();
                reasons.sort_unstable();
                reasons.dedup();
                let what = left.what.clone();
                first.push(Mapped { what, reasons: reasons.into_iter().collect() });
                one.next();
                other.next();
            }
        }
    }
    first.extend(one);
    first.extend(other);
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RuleNumber;

    fn mapped(url: &str, rules: &[u16]) -> Mapped {
        let number = |rule: &u16| serde_json::from_value::<RuleNumber>((*rule).into()).unwrap();
        let reasons = rules.iter().map(|rule| Reason::Rule(number(rule), 0, 1)).collect();
        Mapped { what: Operation::Url(PublicUrl::restored(url, []).unwrap()), reasons }
    }

    #[test]
    fn two_lists_become_one_in_order_and_what_stands_in_both_has_the_reasons_of_both() {
        let [a, b, c, d] =
            ["a", "b", "c", "d"].map(|name| move |rules: &[u16]| mapped(&format!("https://w.example/{name}"), rules));
        assert_eq!(merged(vec![a(&[1]), b(&[1])], vec![c(&[1]), d(&[1])]), [a(&[1]), b(&[1]), c(&[1]), d(&[1])]);
        assert_eq!(
            merged(vec![a(&[1]), b(&[2, 3]), d(&[1])], vec![b(&[1, 3]), c(&[1])]),
            [a(&[1]), b(&[1, 2, 3]), c(&[1]), d(&[1])]
        );
        assert_eq!(merged(vec![c(&[1])], vec![a(&[1])]), [a(&[1]), c(&[1])]);
        assert_eq!(merged(vec![c(&[1])], Vec::new()), [c(&[1])]);
    }
}
