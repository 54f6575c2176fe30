//! One operation of a plan, and the order in which they stand.

use crate::mapping::{Kind, Operation, Reason, Reasons};

/// An operation with the reasons it is there; the reason of a fallback to hosts or everything is the plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOperation {
    /// The operation.
    pub operation: Operation,
    /// Why; empty for the operations of a fallback.
    pub reasons: Reasons,
    /// It is sent when all others have been answered.
    pub last: bool,
}

impl PlannedOperation {
    /// Makes an operation of a fallback.
    pub(super) fn broad(operation: Operation) -> PlannedOperation {
        PlannedOperation { operation, reasons: Reasons::default(), last: false }
    }

    /// True for an operation of a fallback, which also covers URLs that may not have changed.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        self.reasons.is_empty() || self.reasons.iter().any(|reason| matches!(reason, Reason::Cover(_, None)))
    }
}

/// Sorts by kind, those that go last at the end of theirs.
pub(super) fn in_order(operations: &mut [PlannedOperation]) {
    let key = |planned: &PlannedOperation| -> (Kind, bool) { (planned.operation.kind(), planned.last) };
    operations.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.operation.cmp(&b.operation)));
}
