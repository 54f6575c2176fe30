//! Which loads are still to go, which are under way, and what became of the others.
//!
//! Together the three hold every operation of the plan exactly once, at any moment; so a run that ends early can still
//! say of each what is known. A load that is refused is halved, as long as that does not become a storm of requests.

use std::collections::VecDeque;

use super::ending::Ending;
use super::event::Event;
use super::likeness::{Likeness, Trait};
use super::load::Load;
use super::log::Log;
use super::receipt::Receipt;
use super::trip::{Bearing, Returned, Step};
use crate::display::grouped;
use crate::plan::{Batch, PlannedOperation};

/// Requests that the search for refused operations may take beside the plan's own, and as many as these once more. A bad URL
/// among a hundred takes 14 requests.
const SEARCH: usize = 50;

/// Refused loads that are halved while nothing has been accepted: then it is hardly one URL that is refused.
const MOST_HALVINGS_AT_FIRST: usize = 15;

/// The share of a load that is tried first when all that was under way at once was refused: many are, and few operations show why
/// sooner than many do.
const SMALL: usize = 8;

/// Loads that are halved though all in them shares what was refused: as many as lead to a single one among a hundred. Should one of
/// their halves be accepted, it was another reason.
const MOST_DOUBTS: usize = 7;

/// The loads of one plan.
pub(super) struct Queue<'p> {
    operations: &'p [PlannedOperation],
    waiting: VecDeque<Load>,
    /// Those that share what was refused, in front of those that go last.
    apart: VecDeque<Load>,
    flying: Vec<(Load, Log)>,
    ended: Vec<Receipt>,
    any_accepted: bool,
    halvings: usize,
    /// Loads that were sent, and how many may be.
    sent: usize,
    most: usize,
    likeness: Likeness,
    /// Loads that were accepted, and that nobody has looked at yet: as long as nothing is refused, nobody has to.
    accepted: Vec<Load>,
    learnt: Vec<Trait>,
    /// Loads that were halved though all in them shares what was learnt last.
    doubts: usize,
    /// Loads that ended for want of an answer, with none accepted since.
    weak: usize,
    /// How many may be under way at once.
    in_flight: usize,
    /// Why nothing more is sent, unless something is accepted.
    doubt: Option<&'static str>,
    /// Why nothing more is sent.
    closed: Option<&'static str>,
}

impl<'p> Queue<'p> {
    pub(super) fn new(batches: &[Batch], operations: &'p [PlannedOperation], in_flight: usize) -> Queue<'p> {
        Queue {
            operations,
            waiting: batches.iter().cloned().map(Load::of).collect(),
            apart: VecDeque::new(),
            flying: Vec::new(),
            ended: Vec::new(),
            any_accepted: false,
            halvings: 0,
            sent: 0,
            most: 2 * batches.len() + SEARCH,
            likeness: Likeness::default(),
            accepted: Vec::new(),
            learnt: Vec::new(),
            doubts: 0,
            weak: 0,
            in_flight,
            doubt: None,
            closed: None,
        }
    }

    /// The next load to send; none once the queue is closed, or while it is in doubt.
    pub(super) fn take(&mut self) -> Option<(Load, Log)> {
        if self.closed.is_some() || (self.doubt.is_some() && !self.any_accepted) {
            return None;
        }
        // A load that is set apart goes behind all others, and a load that goes last waits until every other one has been answered.
        let is_apart = !self.apart.is_empty() && self.waiting.front().is_none_or(Load::is_last);
        let queue = if is_apart { &mut self.apart } else { &mut self.waiting };
        queue.front().filter(|load| !load.is_last() || self.flying.is_empty())?;
        let next = (queue.pop_front()?, Log::default());
        self.sent += 1;
        self.flying.push(next.clone());
        Some(next)
    }

    /// Sends nothing more; the first reason counts.
    pub(super) fn close(&mut self, why: &'static str) {
        self.closed.get_or_insert(why);
    }

    /// Takes note of how a load under way went on.
    pub(super) fn went_on(&mut self, step: Step, watch: &dyn Fn(&Event<'_>)) {
        let Step { returned, bearing } = step;
        let Some(bearing) = bearing else { return self.split(returned, watch) };
        let is_accepted = matches!(returned.ending, Ending::Accepted { .. });
        self.weak = match bearing {
            Bearing::Weak => self.weak + 1,
            _ if is_accepted => 0,
            _ => self.weak,
        };
        self.any_accepted |= is_accepted;
        if bearing == Bearing::Doubt {
            self.doubt.get_or_insert("another request was refused for a reason that holds for all");
        } else if self.weak >= self.in_flight && self.any_accepted {
            // Each that follows would be tried for as long again.
            self.close("the server has stopped answering");
        } else if self.weak >= self.in_flight {
            self.doubt.get_or_insert("the server did not answer any request");
        } else if bearing == Bearing::Stop {
            self.close("the API asks to wait longer than `--retry-for`");
        }
        self.ends(returned, watch);
    }

    /// Goes on with the parts of a load that was refused as a whole; a single operation is known to be refused.
    fn split(&mut self, mut returned: Returned, watch: &dyn Fn(&Event<'_>)) {
        let is_apart = |operation: &_| self.learnt.iter().any(|one| one.is_of(operation));
        match returned.load.parts(self.operations, self.share(), is_apart) {
            None => {
                let number = returned.load.batch().operations().start;
                self.ends(returned, watch);
                self.look_at_accepted();
                self.likeness.refused(&self.operations[number].operation);
                self.learn();
            }
            Some((left, right)) if self.may_halve(&returned.load) => {
                self.halvings += 1;
                self.doubts += usize::from(self.is_all_apart(&returned.load));
                self.flying.retain(|(load, _)| *load != returned.load);
                let why = returned.ending.why().unwrap_or_default();
                watch(&Event::Halved { batch: returned.load.batch(), why });
                self.again(right);
                self.again(left);
            }
            Some(_) => {
                if self.any_accepted {
                    returned.ending.add(&self.too_many(&returned.load));
                } else {
                    self.doubt.get_or_insert("every request so far was refused");
                }
                self.ends(returned, watch);
            }
        }
    }

    /// Returns the share of a refused load that is tried first: the half, or less where it is not for a few that loads are refused.
    fn share(&self) -> usize {
        if self.any_accepted || self.halvings < self.in_flight { 2 } else { SMALL }
    }

    /// Lets a part of a refused load wait for its turn.
    fn again(&mut self, load: Load) {
        if self.is_all_apart(&load) { self.apart.push_front(load) } else { self.waiting.push_front(load) }
    }

    fn is_all_apart(&self, load: &Load) -> bool {
        load.numbers().iter().all(|number| self.is_apart(*number))
    }

    fn is_apart(&self, number: usize) -> bool {
        self.learnt.iter().any(|one| one.is_of(&self.operations[number].operation))
    }

    /// Says why a load is not looked into: with what its operations share, where that is known.
    fn too_many(&self, load: &Load) -> String {
        let numbers = load.numbers();
        let is_of_all = |one: &&Trait| numbers.iter().all(|number| one.is_of(&self.operations[*number].operation));
        if let Some(learnt) = self.learnt.iter().find(is_of_all) {
            return format!("not tried one by one, since others that share {learnt} were refused alone");
        }
        let (sent, most) = (grouped(self.sent), grouped(self.most));
        format!("not tried one by one, since too many are refused ({sent} of {most} requests were spent)")
    }

    /// Looks for what the refused operations share, and sets apart what is left and shares it.
    fn learn(&mut self) {
        let left: Vec<usize> =
            self.waiting.iter().chain(self.flying.iter().map(|(load, _)| load)).flat_map(Load::numbers).collect();
        // Where nothing was accepted, and all that is left is alike, nothing is gained.
        let is_everywhere = |one: &Trait| {
            !self.any_accepted && left.iter().all(|number| one.is_of(&self.operations[*number].operation))
        };
        let Some(learnt) = self.likeness.learnt(is_everywhere) else { return };
        self.learnt.push(learnt);
        self.doubts = 0;
        let loads = std::mem::take(&mut self.waiting);
        let most = loads.iter().map(Load::size).max().unwrap_or(1);
        let (mut others, mut apart) = (Vec::new(), Vec::new());
        let alike = |a: &Load, b: &Load| a.kind() == b.kind() && a.is_last() == b.is_last();
        for run in Vec::from(loads).chunk_by(alike) {
            let mut numbers: Vec<usize> = run.iter().flat_map(Load::numbers).collect();
            numbers.sort_unstable();
            let (set_apart, left): (Vec<usize>, Vec<usize>) =
                numbers.iter().partition(|number| self.is_apart(**number));
            others.extend(Load::all(&left, most, self.operations));
            apart.extend(Load::all(&set_apart, most, self.operations));
        }
        self.waiting = others.into();
        self.apart.extend(apart);
    }

    /// True where two requests more leave enough for all that is waiting, and something may be found.
    fn may_halve(&self, load: &Load) -> bool {
        let needed = self.sent + self.waiting.len() + self.apart.len() + 2;
        let is_wanted = self.any_accepted || self.halvings < MOST_HALVINGS_AT_FIRST;
        let is_known = self.doubts >= MOST_DOUBTS && self.is_all_apart(load);
        self.closed.is_none() && is_wanted && !is_known && needed <= self.most
    }

    fn ends(&mut self, returned: Returned, watch: &dyn Fn(&Event<'_>)) {
        self.flying.retain(|(load, _)| *load != returned.load);
        if matches!(returned.ending, Ending::Accepted { .. }) {
            self.accepted.push(returned.load.clone());
            // A reason that something accepted has is none.
            if !self.learnt.is_empty() {
                self.look_at_accepted();
                self.learnt.retain(|one| !self.likeness.is_accepted(one));
            }
        }
        for receipt in returned.receipts() {
            watch(&Event::Ended(&receipt));
            self.ended.push(receipt);
        }
    }

    fn look_at_accepted(&mut self) {
        for number in self.accepted.drain(..).flat_map(|load| load.numbers()) {
            self.likeness.accepted(&self.operations[number].operation);
        }
    }

    /// One receipt for each run of operations in a load, sorted by operation.
    pub(super) fn receipts(self) -> Vec<Receipt> {
        let why = self.closed.or(self.doubt).unwrap_or("interrupted").to_owned();
        let not_sent = |load| Returned::new(load, Log::default(), None, Ending::NotSent { why: why.clone() });
        let unanswered = |(load, log)| Returned::new(load, log, None, Ending::Unanswered);
        let waiting = self.waiting.into_iter().chain(self.apart).map(not_sent);
        let left = waiting.chain(self.flying.into_iter().map(unanswered)).flat_map(Returned::receipts);
        let mut receipts: Vec<Receipt> = self.ended.into_iter().chain(left).collect();
        receipts.sort_by_key(|r| r.batch.operations().start);
        receipts
    }
}
