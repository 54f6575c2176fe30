//! One site's mark while a run works with it: one state says where it stands.
//!
//! `read → moves to TO → moved`; or it stays, for a reason, or could not be written. The steps that several marks take
//! together are left to [`super::marks`].

use std::rc::Rc;

use super::direction::{Direction, Older, Open, direction};
use crate::display::shown;
use crate::engine::error::Error;
use crate::mark::{Lock, Mark, MarkError, Marked, Moment, Next, Record, Standing, Store};
use crate::snapshot::{Age, Source, Sources};

/// A site's mark while a run works with it.
pub struct SiteMark {
    pub(in crate::engine) store: Store,
    /// The mark as the store held it when the run began.
    pub(in crate::engine) held: Mark,
    /// The moment that this run has noted as live.
    opened: Option<Moment>,
    /// Where it goes when all is accepted.
    next: Next,
    state: State,
    _lock: Option<Lock>,
}

/// The meaning of a TO that does not descend from the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Meant {
    /// Nothing: it may be a late job.
    Nothing,
    /// It is live beside the mark, as what was typed as FROM tells; but it may be older.
    Aside,
    /// It is live, also where it is older.
    Back,
}

/// Where a mark stands.
enum State {
    /// It was read.
    Read,
    /// It moves to TO once all is accepted.
    MovesTo(Rc<Source>),
    /// TO is live, and the mark stays all the same; TO is purged completely, and stands beside it.
    Stays { to: Option<Rc<Source>>, because: String },
    /// TO is live and stays open, whatever is accepted, since nobody knows that this was all.
    LeftOpen { to: Option<Rc<Source>>, because: String },
    /// It is at TO now.
    Moved,
    /// It was at TO before.
    There,
    /// It could not be written; `to` is where it moves all the same if that succeeds later.
    Failed { because: Error, to: Option<Rc<Source>> },
}

impl SiteMark {
    /// Makes one of what was read.
    pub(super) fn read(store: Store, held: Mark, lock: Option<Lock>) -> SiteMark {
        SiteMark { store, held, opened: None, next: Next::default(), state: State::Read, _lock: lock }
    }

    /// Says where it moves to. It stays where TO is older than what it holds, and what may be live beside TO stays open; then the
    /// reason comes back, for people.
    pub(in crate::engine) fn direct(
        &mut self,
        to: Rc<Source>,
        sources: &mut Sources,
        meant: Meant,
    ) -> Result<Option<String>, Error> {
        if !to.is_revision() || meant == Meant::Back {
            self.move_to(to);
            return Ok(None);
        }
        let id = to.id();
        let mark = self.held.at.iter().collect::<Vec<_>>();
        let mark = self.ages(&id, &mark, sources, meant)?.first().copied();
        let ages = self.ages(&id, &self.held.open.iter().collect::<Vec<_>>(), sources, meant)?;
        let open = self.held.open.iter().zip(ages).map(|(open, age)| Open { age, is_purged: open.is_purged() });
        let open: Vec<Open> = open.collect();
        let Direction { next, older } = direction(mark, &open);
        let (spec, keeps) = (shown(to.spec().as_bytes()), next.keeps_mark);
        self.next = next;
        let at = self.held.at.as_ref().and_then(|at| at.revision.as_deref());
        let at = at.map_or(String::new(), |at| at.get(..10).unwrap_or(at).to_owned());
        let Some(Older { than_open, by_date }) = older else {
            self.state = State::MovesTo(to);
            let comes_after = if mark == Some(Age::DatedBefore) { "is dated before" } else { "does not descend from" };
            let note = format!(
                "{spec} {comes_after} what was last purged, so {at} stays open, and the next run compares with both; `--rollback` closes it"
            );
            return Ok(keeps.then_some(note));
        };
        let what = if than_open { "what was live since" } else { "what was last purged" };
        let because = if by_date {
            format!("{spec} is dated before {what} (the clone is too shallow to tell more)")
        } else {
            format!("{spec} is an ancestor of {what}")
        };
        let at = if at.is_empty() { at } else { format!(" at {at}") };
        let note =
            format!("{because}, so the mark stays{at}, and the next run compares with both; `--rollback` moves it");
        self.state = State::Stays { to: Some(to), because };
        Ok(Some(note))
    }

    /// Returns where TO stands beside what the mark holds.
    fn ages(&self, to: &str, moments: &[&Moment], sources: &mut Sources, meant: Meant) -> Result<Vec<Age>, Error> {
        // A moment that is no revision, or that cannot be found, is older than nothing.
        let mut ages = vec![Age::Unknown; moments.len()];
        if moments.iter().all(|moment| moment.revision.is_none()) {
            return Ok(ages);
        }
        let repository = sources.repository()?;
        let revisions = moments.iter().enumerate().filter_map(|(i, moment)| Some((i, moment.revision.as_deref()?)));
        let (numbers, revisions): (Vec<usize>, Vec<&str>) = revisions.filter(|(_, id)| repository.has(id)).unzip();
        let found = repository.ages(to, &revisions);
        let found = found.map_err(|source| MarkError::Ref { store: self.store.shown(), source })?;
        for (i, age) in numbers.into_iter().zip(found) {
            // Somebody who types what was live knows what is not.
            let is_settled = meant == Meant::Aside && matches!(age, Age::Apart { .. });
            ages[i] = if is_settled { Age::Unknown } else { age };
        }
        Ok(ages)
    }

    /// Says that it moves to TO, and that nothing is open then.
    pub(in crate::engine) fn move_to(&mut self, to: Rc<Source>) {
        self.next = Next::default();
        self.state = State::MovesTo(to);
    }

    /// Says that it stays, whatever becomes of the plan; TO is live all the same, where it is known.
    pub(in crate::engine) fn stay(&mut self, to: Option<Rc<Source>>, because: String) {
        self.next = Next { stays: true, keeps_mark: false, kept: (0..self.held.open.len()).collect() };
        self.state = State::Stays { to, because };
    }

    /// Says that it stays, and that TO stays open beside it, whatever is accepted.
    pub(in crate::engine) fn leave_open(&mut self, to: Option<Rc<Source>>, because: String) {
        self.state = State::LeftOpen { to, because };
    }

    /// True when it stays where it is.
    pub(in crate::engine) fn stays(&self) -> bool {
        matches!(self.state, State::Stays { .. } | State::LeftOpen { .. })
    }

    /// Returns why it stays where it is, if so.
    pub(in crate::engine) fn stays_because(&self) -> Option<&str> {
        match &self.state {
            State::Stays { because, .. } | State::LeftOpen { because, .. } => Some(because),
            State::Read | State::MovesTo(_) | State::Moved | State::There | State::Failed { .. } => None,
        }
    }

    /// True when TO stays open, even where nothing of it is sent.
    pub(super) fn leaves_open(&self) -> bool {
        matches!(self.state, State::LeftOpen { .. })
    }

    /// Returns what is live once the run has begun, where that is to be noted.
    pub(super) fn live(&self) -> Option<&Rc<Source>> {
        match &self.state {
            State::MovesTo(to) => Some(to),
            State::Stays { to, .. } | State::LeftOpen { to, .. } | State::Failed { to, .. } => to.as_ref(),
            State::Read | State::Moved | State::There => None,
        }
    }

    /// Returns what is purged completely if all is accepted: where it moves, or what stands beside it then.
    pub(super) fn target(&self) -> Option<&Rc<Source>> {
        match &self.state {
            State::MovesTo(to) | State::Stays { to: Some(to), .. } | State::Failed { to: Some(to), .. } => Some(to),
            State::Read
            | State::Stays { to: None, .. }
            | State::LeftOpen { .. }
            | State::Moved
            | State::There
            | State::Failed { to: None, .. } => None,
        }
    }

    /// Returns where it goes when all is accepted.
    pub(super) fn next(&self) -> &Next {
        &self.next
    }

    /// True when it was at this very snapshot when it was read, as this site has it.
    pub(in crate::engine) fn was_at(&self, id: &str) -> bool {
        let output = &self.store.record().output;
        let same = |record: &Record| record.output == *output;
        self.held.at.as_ref().is_some_and(|at| at.is(id) && at.record.as_ref().is_none_or(same))
    }

    /// Takes note that TO was noted as live.
    pub(super) fn opened(&mut self, moment: Moment) {
        self.opened = Some(moment);
    }

    /// Returns what the store holds now, with what this run has opened behind all else.
    pub(super) fn now(&self) -> Mark {
        let mut mark = self.held.clone();
        mark.open.extend(self.opened.iter().filter(|opened| !self.held.open.contains(opened)).cloned());
        mark
    }

    /// Takes note that it could not be written down that TO is live.
    pub(super) fn not_opened(&mut self, because: Error) {
        let to = self.target().cloned();
        self.state = State::Failed { because, to };
    }

    /// Takes note that all is written: it is at TO, or stays.
    pub(super) fn moved(&mut self) {
        if self.stays() {
            return;
        }
        let was_there = self.target().is_some_and(|to| self.was_at(&to.id()));
        self.state = if was_there { State::There } else { State::Moved };
    }

    /// Takes note that it could not be moved.
    pub(super) fn not_moved(&mut self, because: Error) {
        self.state = State::Failed { because, to: None };
    }

    /// Returns what a report shows of it.
    pub(super) fn marked(&self) -> Marked {
        let standing = match &self.state {
            State::Read | State::MovesTo(_) => Standing::Untouched,
            State::Stays { because, .. } | State::LeftOpen { because, .. } => Standing::Stays(because.clone()),
            State::Moved => Standing::Moved,
            State::There => Standing::There,
            State::Failed { because, .. } => Standing::Failed(because.to_string()),
        };
        Marked {
            store: self.store.shown(),
            was: self.held.at.as_ref().map(|at| at.id.clone()),
            open: self.held.open.iter().map(|open| open.id.clone()).collect(),
            standing,
        }
    }

    /// Returns why it could not be written, if so.
    pub(super) fn into_error(self) -> Option<Error> {
        match self.state {
            State::Failed { because, .. } => Some(because),
            State::Read
            | State::MovesTo(_)
            | State::Stays { .. }
            | State::LeftOpen { .. }
            | State::Moved
            | State::There => None,
        }
    }
}
