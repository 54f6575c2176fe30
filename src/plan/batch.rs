//! Operations cut into requests: one kind each, never more than the provider takes, never none.
//!
//! A batch can only be made here, from at least one operation, so an empty list cannot reach a provider and become
//! "purge everything" there.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::planned::PlannedOperation;
use crate::mapping::{Kind, Operation, PublicUrl};

/// How many operations of a kind fit one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// URLs.
    pub urls: NonZeroUsize,
    /// Prefixes, tags or hosts.
    pub others: NonZeroUsize,
}

impl Limits {
    /// How many operations of a kind fit one request.
    #[must_use]
    pub fn for_kind(&self, kind: Kind) -> usize {
        match kind {
            Kind::Url => self.urls.get(),
            Kind::Prefix | Kind::Tag | Kind::Host => self.others.get(),
            Kind::Everything => 1,
        }
    }
}

/// The operations of one request: some that follow each other in the plan, all of one kind, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    kind: Kind,
    operations: Range<usize>,
    last: bool,
}

/// The operations of a request, as text; each list holds at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Items<'p> {
    /// URLs.
    Urls(Vec<&'p PublicUrl>),
    /// Prefixes.
    Prefixes(Vec<&'p str>),
    /// Tags.
    Tags(Vec<&'p str>),
    /// Hosts.
    Hosts(Vec<&'p str>),
    /// The zone.
    Everything,
}

/// Where the batches begin that go last, of `all` operations of one kind of which the last `last` have to.
pub(super) fn cut(all: usize, last: usize, limit: usize) -> usize {
    let others = all - last;
    let shared = others - others % limit;
    if last > 0 && all - shared <= limit { shared } else { others }
}

impl Batch {
    /// Cuts operations, sorted by kind, into batches. Those that go last are all in batches that go last, together with
    /// others where these leave room. With `apart` those of a fallback, sorted behind the others of their kind, are in batches of
    /// their own.
    pub(super) fn all(operations: &[PlannedOperation], limits: Limits, apart: bool) -> Vec<Batch> {
        let mut batches = Vec::new();
        let mut start = 0;
        let alike = |a: &PlannedOperation, b: &PlannedOperation| {
            a.operation.kind() == b.operation.kind() && (!apart || a.is_broad() == b.is_broad())
        };
        for run in operations.chunk_by(alike) {
            let kind = run[0].operation.kind();
            let limit = limits.for_kind(kind);
            let last = run.len() - run.iter().position(|p| p.last).unwrap_or(run.len());
            let (cut, end) = (start + cut(run.len(), last, limit), start + run.len());
            for (part, last) in [(start..cut, false), (cut..end, true)] {
                for first in part.clone().step_by(limit) {
                    batches.push(Batch { kind, operations: first..part.end.min(first + limit), last });
                }
            }
            start = end;
        }
        batches.sort_by_key(|batch| batch.last);
        batches
    }

    /// A batch as it was cut before; `None` where the operations are none, or not of one kind.
    #[must_use]
    pub fn restored(range: Range<usize>, operations: &[PlannedOperation]) -> Option<Batch> {
        let held = operations.get(range.clone())?;
        let kind = held.first()?.operation.kind();
        let last = held.iter().any(|planned| planned.last);
        held.iter().all(|planned| planned.operation.kind() == kind).then_some(Batch { kind, operations: range, last })
    }

    /// True when the batches hold each operation exactly once.
    #[must_use]
    pub fn are_all_of(batches: &[Batch], operations: &[PlannedOperation]) -> bool {
        let mut ranges: Vec<Range<usize>> = batches.iter().map(Batch::operations).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let end = ranges.iter().try_fold(0, |end, range| (range.start == end).then_some(range.end));
        end == Some(operations.len())
    }

    /// True when it may only be sent after all others have been answered.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// The kind of all its operations.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Which of the plan's operations it holds; never empty.
    #[must_use]
    pub fn operations(&self) -> Range<usize> {
        self.operations.clone()
    }

    /// How many operations it holds, at least 1.
    #[must_use]
    pub fn size(&self) -> usize {
        self.operations.len()
    }

    /// Two halves; `None` when it holds a single operation.
    #[must_use]
    pub fn halves(&self) -> Option<(Batch, Batch)> {
        let Range { start, end } = self.operations;
        let middle = start + (end - start) / 2;
        let half = |operations| Batch { kind: self.kind, operations, last: self.last };
        (middle > start).then(|| (half(start..middle), half(middle..end)))
    }

    pub(super) fn items<'p>(&self, operations: &'p [PlannedOperation]) -> Items<'p> {
        let texts = || {
            operations[self.operations.clone()]
                .iter()
                .map(|p: &PlannedOperation| Operation::text(&p.operation))
                .collect()
        };
        match self.kind {
            Kind::Url => {
                let urls = operations[self.operations.clone()].iter().filter_map(|p| p.operation.url());
                Items::Urls(urls.collect())
            }
            Kind::Prefix => Items::Prefixes(texts()),
            Kind::Tag => Items::Tags(texts()),
            Kind::Host => Items::Hosts(texts()),
            Kind::Everything => Items::Everything,
        }
    }
}
