//! Where a mark goes when all up to TO was purged, from where TO stands beside what the mark holds.
//!
//! All that may still be live stays in it, so that the next run compares with that too: a late job of an earlier push, or of a
//! commit that a force push has dropped, looks like any deploy. An order that dates alone tell gives way once a later run goes on:
//! a clock that is behind must not hold a mark for ever.

use crate::mark::Next;
use crate::snapshot::Age;

/// Why a mark stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Older {
    /// TO is older than what was live since, not than what was last purged.
    pub(super) than_open: bool,
    /// Only the dates say so.
    pub(super) by_date: bool,
}

/// Where a mark goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Direction {
    pub(super) next: Next,
    /// Why it stays, if it does.
    pub(super) older: Option<Older>,
}

/// An open moment, as TO stands beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) age: Age,
    /// It was purged completely, and is kept because it may be live.
    pub(super) is_purged: bool,
}

/// True when TO comes after it, or nothing says otherwise.
fn is_behind(age: Age) -> bool {
    matches!(age, Age::Same | Age::Descendant | Age::DatedAfter | Age::Unknown)
}

/// Finds where a mark goes. `mark` is how TO stands beside it, where there is one.
pub(super) fn direction(mark: Option<Age>, open: &[Open]) -> Direction {
    // A run before this one was dated before the mark as well, and this one comes after it.
    let goes_on = open.iter().any(|one| one.is_purged && matches!(one.age, Age::Descendant | Age::DatedAfter));
    let older = older(mark, open, goes_on);
    let advances = mark.is_none_or(is_behind);
    let is_kept = |one: &Open| match one.age {
        age if is_behind(age) => false,
        // As long as the mark goes on, what was left behind before is only history.
        Age::Apart { is_later } => older.is_some() || !(is_later && advances),
        Age::DatedBefore => older.is_some() || !(one.is_purged && advances),
        _ => true,
    };
    let kept = open.iter().enumerate().filter(|(_, one)| is_kept(one)).map(|(i, _)| i).collect();
    let keeps_mark = older.is_none() && mark.is_some_and(|age| !is_behind(age));
    Direction { next: Next { stays: older.is_some(), keeps_mark, kept }, older }
}

/// Says why the mark stays, if it does.
fn older(mark: Option<Age>, open: &[Open], goes_on: bool) -> Option<Older> {
    match mark {
        Some(Age::Ancestor) => return Some(Older { than_open: false, by_date: false }),
        Some(Age::DatedBefore) if !goes_on => return Some(Older { than_open: false, by_date: true }),
        _ => {}
    }
    // A moment that was live since, and is newer, may be so still: only who comes after it closes it.
    let than_open = |by_date| Older { than_open: true, by_date };
    open.iter().find_map(|one| match one.age {
        Age::Ancestor => Some(than_open(false)),
        Age::DatedBefore if !one.is_purged => Some(than_open(true)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APART: Age = Age::Apart { is_later: false };
    const APART_LATER: Age = Age::Apart { is_later: true };

    fn purged(age: Age) -> Open {
        Open { age, is_purged: true }
    }

    fn unpurged(age: Age) -> Open {
        Open { age, is_purged: false }
    }

    /// `moves` or `stays`, with the old mark or without, and what is kept.
    fn told(mark: Option<Age>, open: &[Open]) -> (&'static str, bool, Vec<usize>) {
        let Direction { next: Next { stays, keeps_mark, kept }, .. } = direction(mark, open);
        (if stays { "stays" } else { "moves" }, keeps_mark, kept)
    }

    #[test]
    fn a_mark_moves_to_what_comes_after_it_and_keeps_what_may_be_live() {
        for (mark, open, want) in [
            (None, vec![], ("moves", false, vec![])),
            (Some(Age::Same), vec![], ("moves", false, vec![])),
            (Some(Age::Descendant), vec![unpurged(Age::Descendant)], ("moves", false, vec![])),
            (Some(Age::DatedAfter), vec![unpurged(Age::DatedAfter)], ("moves", false, vec![])),
            (Some(Age::Unknown), vec![unpurged(Age::Unknown)], ("moves", false, vec![])),
            // A late job.
            (Some(Age::Ancestor), vec![], ("stays", false, vec![])),
            (Some(Age::DatedBefore), vec![], ("stays", false, vec![])),
            (Some(Age::Descendant), vec![unpurged(Age::Ancestor)], ("stays", false, vec![0])),
            (Some(Age::DatedAfter), vec![unpurged(Age::DatedBefore)], ("stays", false, vec![0])),
            // A moment that it has overtaken is folded all the same.
            (Some(Age::Ancestor), vec![unpurged(Age::Descendant), unpurged(APART)], ("stays", false, vec![1])),
            (Some(Age::DatedBefore), vec![unpurged(Age::DatedAfter); 3], ("stays", false, vec![])),
            // A force push, or a late job of what it has dropped.
            (Some(APART), vec![], ("moves", true, vec![])),
            (Some(APART_LATER), vec![], ("moves", true, vec![])),
            (Some(APART), vec![purged(Age::Descendant)], ("moves", true, vec![])),
            (Some(APART), vec![purged(APART_LATER)], ("moves", true, vec![0])),
            (Some(Age::Descendant), vec![purged(APART)], ("moves", false, vec![0])),
            (Some(Age::Descendant), vec![purged(APART_LATER)], ("moves", false, vec![])),
            // A clock that is behind: once it stays, then both, then only the mark.
            (Some(Age::DatedBefore), vec![purged(Age::DatedAfter)], ("moves", true, vec![])),
            (Some(Age::DatedAfter), vec![purged(Age::DatedBefore)], ("moves", false, vec![])),
            (Some(Age::Descendant), vec![purged(Age::DatedBefore)], ("moves", false, vec![])),
            (Some(Age::DatedBefore), vec![purged(Age::DatedBefore)], ("stays", false, vec![0])),
        ] {
            assert_eq!(told(mark, &open), want, "{mark:?}, {open:?}");
        }
    }
}
