//! The operations of one request: a batch of the plan, or what is left of one when those apart are taken out that are refused for
//! the same reason.

use crate::mapping::{Kind, Operation};
use crate::plan::{Batch, Items, Plan, PlannedOperation};

/// The operations of one request, at least one, in the order of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Load {
    /// Runs of operations that follow each other, all of one kind.
    pieces: Vec<Batch>,
}

impl Load {
    /// Makes one of a batch.
    pub(super) fn of(batch: Batch) -> Load {
        Load { pieces: vec![batch] }
    }

    /// Makes one of some operations of one kind, by their sorted numbers; `None` where there are none.
    fn gathered(numbers: &[usize], operations: &[PlannedOperation]) -> Option<Load> {
        let runs = numbers.chunk_by(|one, next| one + 1 == *next);
        let pieces: Option<Vec<Batch>> =
            runs.map(|run| Batch::restored(run[0]..run[run.len() - 1] + 1, operations)).collect();
        pieces.filter(|pieces| !pieces.is_empty()).map(|pieces| Load { pieces })
    }

    /// Makes loads of at most so many of some operations each.
    pub(super) fn all(numbers: &[usize], most: usize, operations: &[PlannedOperation]) -> Vec<Load> {
        numbers.chunks(most.max(1)).filter_map(|numbers| Load::gathered(numbers, operations)).collect()
    }

    /// Returns its runs of operations.
    pub(super) fn pieces(&self) -> &[Batch] {
        &self.pieces
    }

    /// Returns the first run, which stands for all.
    pub(super) fn batch(&self) -> &Batch {
        &self.pieces[0]
    }

    pub(super) fn kind(&self) -> Kind {
        self.batch().kind()
    }

    pub(super) fn size(&self) -> usize {
        self.pieces.iter().map(Batch::size).sum()
    }

    /// True when it may only be sent after all others have been answered.
    pub(super) fn is_last(&self) -> bool {
        self.pieces.iter().any(Batch::is_last)
    }

    /// Returns the numbers of its operations in the plan.
    pub(super) fn numbers(&self) -> Vec<usize> {
        self.pieces.iter().flat_map(Batch::operations).collect()
    }

    /// Returns its operations as text.
    pub(super) fn items<'p>(&self, plan: &'p Plan) -> Items<'p> {
        let operations = || self.pieces.iter().flat_map(|piece| &plan.operations[piece.operations()]);
        let texts = || operations().map(|planned| Operation::text(&planned.operation)).collect();
        match self.kind() {
            Kind::Url => Items::Urls(operations().filter_map(|planned| planned.operation.url()).collect()),
            Kind::Prefix => Items::Prefixes(texts()),
            Kind::Tag => Items::Tags(texts()),
            Kind::Host => Items::Hosts(texts()),
            Kind::Everything => Items::Everything,
        }
    }

    /// Returns two parts, the first one of so many to the whole, or those that `is_apart` tells from each other; `None` for a single
    /// operation.
    pub(super) fn parts(
        &self,
        operations: &[PlannedOperation],
        share: usize,
        is_apart: impl Fn(&Operation) -> bool,
    ) -> Option<(Load, Load)> {
        let numbers = self.numbers();
        let (apart, others): (Vec<usize>, Vec<usize>) =
            numbers.iter().partition(|number| is_apart(&operations[**number].operation));
        let of = |numbers: &[usize]| Load::gathered(numbers, operations);
        if let (Some(others), Some(apart)) = (of(&others), of(&apart)) {
            return Some((others, apart));
        }
        let (left, right) = numbers.split_at(if numbers.len() > 1 { (numbers.len() / share).max(1) } else { 0 });
        Some((of(left)?, of(right)?))
    }
}
