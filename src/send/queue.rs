//! Which batches are still to go, which are under way, and what became of the others.
//!
//! Together the three hold every operation of the plan exactly once, at any moment; so a run that ends early can still
//! say of each what is known.

use std::collections::VecDeque;

use super::ending::Ending;
use super::event::Event;
use super::log::Log;
use super::receipt::Receipt;
use super::trip::{Bearing, Step};
use crate::plan::Batch;

/// Refused batches that are halved in a run. A bad URL among a hundred takes 7; this many take about five minutes at the
/// API's pace, and say that something else is wrong.
const MOST_HALVINGS: usize = 500;

/// The same while nothing has been accepted: then it is hardly one URL that is refused.
const MOST_HALVINGS_AT_FIRST: usize = 20;

/// The batches of one plan.
pub(super) struct Queue {
    waiting: VecDeque<Batch>,
    flying: Vec<(Batch, Log)>,
    ended: Vec<Receipt>,
    halvings: usize,
    /// Batches that ended for want of an answer, with none accepted since.
    weak: usize,
    /// How many may be under way at once.
    in_flight: usize,
    /// Why nothing more is sent, unless something is accepted.
    doubt: Option<&'static str>,
    /// Why nothing more is sent.
    closed: Option<&'static str>,
}

impl Queue {
    pub(super) fn new(batches: &[Batch], in_flight: usize) -> Queue {
        let (waiting, flying, ended) = (batches.iter().cloned().collect(), Vec::new(), Vec::new());
        Queue { waiting, flying, ended, halvings: 0, weak: 0, in_flight, doubt: None, closed: None }
    }

    /// The next batch to send; none once the queue is closed, or while it is in doubt.
    pub(super) fn take(&mut self) -> Option<(Batch, Log)> {
        if self.closed.is_some() || (self.doubt.is_some() && !self.any_accepted()) {
            return None;
        }
        // A batch that goes last waits until every other batch has been answered.
        self.waiting.front().filter(|batch| !batch.is_last() || self.flying.is_empty())?;
        let next = (self.waiting.pop_front()?, Log::default());
        self.flying.push(next.clone());
        Some(next)
    }

    /// Sends nothing more; the first reason counts.
    pub(super) fn close(&mut self, why: &'static str) {
        self.closed.get_or_insert(why);
    }

    /// Takes note of how a batch under way went on.
    pub(super) fn went_on(&mut self, step: Step, watch: &dyn Fn(&Event<'_>)) {
        match step {
            Step::Halves { refused, halves: (left, right) } if self.may_halve() => {
                self.halvings += 1;
                self.flying.retain(|(b, _)| *b != refused.batch);
                watch(&Event::Halved { batch: &refused.batch, why: refused.why().unwrap_or_default() });
                self.waiting.push_front(right);
                self.waiting.push_front(left);
            }
            Step::Halves { refused, .. } => {
                self.doubt.get_or_insert("every request so far was refused");
                self.ends(refused, watch);
            }
            Step::End(receipt, bearing) => {
                self.weak = match bearing {
                    Bearing::Weak => self.weak + 1,
                    _ if receipt.is_accepted() => 0,
                    _ => self.weak,
                };
                if bearing == Bearing::Doubt {
                    self.doubt.get_or_insert("another request was refused for a reason that holds for all");
                } else if self.weak >= self.in_flight && self.any_accepted() {
                    // Each that follows would be tried for as long again.
                    self.close("the server has stopped answering");
                } else if self.weak >= self.in_flight {
                    self.doubt.get_or_insert("the server did not answer any request");
                } else if bearing == Bearing::Stop {
                    self.close("the API asks to wait longer than `--retry-for`");
                }
                self.ends(receipt, watch);
            }
        }
    }

    fn may_halve(&self) -> bool {
        self.closed.is_none()
            && self.halvings < if self.any_accepted() { MOST_HALVINGS } else { MOST_HALVINGS_AT_FIRST }
    }

    fn any_accepted(&self) -> bool {
        self.ended.iter().any(Receipt::is_accepted)
    }

    fn ends(&mut self, receipt: Receipt, watch: &dyn Fn(&Event<'_>)) {
        self.flying.retain(|(b, _)| *b != receipt.batch);
        watch(&Event::Ended(&receipt));
        self.ended.push(receipt);
    }

    /// One receipt for each batch, sorted by operation.
    pub(super) fn receipts(self) -> Vec<Receipt> {
        let why = self.closed.or(self.doubt).unwrap_or("interrupted").to_owned();
        let not_sent = |batch| Receipt::new(batch, &Log::default(), None, Ending::NotSent { why: why.clone() });
        let unanswered = |(batch, log): (Batch, Log)| Receipt::new(batch, &log, None, Ending::Unanswered);
        let waiting = self.waiting.into_iter().map(not_sent);
        let mut receipts: Vec<Receipt> =
            self.ended.into_iter().chain(waiting).chain(self.flying.into_iter().map(unanswered)).collect();
        receipts.sort_by_key(|r| r.batch.operations().start);
        receipts
    }
}
