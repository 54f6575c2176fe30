//! Which batches are still to go, which are under way, and what became of the others.
//!
//! Together the three hold every operation of the plan exactly once, at any moment; so a run that ends early can still
//! say of each what is known.

use std::collections::VecDeque;

use super::trip::Step;
use super::{Event, Receipt};
use crate::plan::Batch;

/// Refused batches that are halved in a run. A bad URL among a hundred takes 7; this many take about five minutes at the
/// API's pace, and say that something else is wrong.
const MOST_HALVINGS: usize = 500;

/// The same while nothing has been accepted: then it is hardly one URL that is refused.
const MOST_HALVINGS_AT_FIRST: usize = 20;

/// The batches of one plan.
pub(super) struct Queue {
    waiting: VecDeque<Batch>,
    flying: Vec<Batch>,
    ended: Vec<Receipt>,
    halvings: usize,
    /// Why nothing more is sent.
    closed: Option<String>,
}

impl Queue {
    pub(super) fn new(batches: &[Batch]) -> Queue {
        Queue {
            waiting: batches.iter().cloned().collect(),
            flying: Vec::new(),
            ended: Vec::new(),
            halvings: 0,
            closed: None,
        }
    }

    /// The next batch to send; none once the queue is closed.
    pub(super) fn take(&mut self) -> Option<Batch> {
        if self.closed.is_some() {
            return None;
        }
        let batch = self.waiting.pop_front()?;
        self.flying.push(batch.clone());
        Some(batch)
    }

    /// Sends nothing more; the first reason counts.
    pub(super) fn close(&mut self, why: &str) {
        self.closed.get_or_insert_with(|| why.to_owned());
    }

    /// Takes note of how a batch under way went on.
    pub(super) fn went_on(&mut self, step: Step, watch: &dyn Fn(&Event<'_>)) {
        match step {
            Step::Halves { refused, halves: (left, right) } if self.may_halve() => {
                self.halvings += 1;
                self.flying.retain(|b| *b != refused.batch);
                watch(&Event::Halved { batch: &refused.batch, why: refused.why().unwrap_or_default() });
                self.waiting.push_front(right);
                self.waiting.push_front(left);
            }
            Step::Halves { refused, .. } => {
                if !self.any_accepted() {
                    self.close("every request so far was refused");
                }
                self.ends(refused, watch);
            }
            Step::End { receipt, for_all } => {
                // A token that was good for one batch is good for all: then this refusal is about the one.
                if for_all && !self.any_accepted() {
                    self.close("another request was refused for a reason that holds for all");
                }
                self.ends(receipt, watch);
            }
        }
    }

    fn may_halve(&self) -> bool {
        self.halvings < if self.any_accepted() { MOST_HALVINGS } else { MOST_HALVINGS_AT_FIRST }
    }

    fn any_accepted(&self) -> bool {
        self.ended.iter().any(Receipt::is_accepted)
    }

    fn ends(&mut self, receipt: Receipt, watch: &dyn Fn(&Event<'_>)) {
        self.flying.retain(|b| *b != receipt.batch);
        watch(&Event::Ended(&receipt));
        self.ended.push(receipt);
    }

    /// One receipt for each batch, sorted by operation.
    pub(super) fn receipts(self) -> Vec<Receipt> {
        let why = self.closed.as_deref().unwrap_or("interrupted");
        let not_sent = self.waiting.into_iter().map(|batch| Receipt::not_sent(batch, why));
        let unanswered = self.flying.into_iter().map(Receipt::unanswered);
        let mut receipts: Vec<Receipt> = self.ended.into_iter().chain(not_sent).chain(unanswered).collect();
        receipts.sort_by_key(|r| r.batch.operations().start);
        receipts
    }
}
