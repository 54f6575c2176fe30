//! One site's mark while a run works with it: one state says where it stands.
//!
//! `read → moves to TO → opened → moved`; or it stays, for a reason, or could not be written. The steps that several marks take
//! together are left to [`super::marks`].

use std::rc::Rc;

use crate::display::shown;
use crate::engine::error::Error;
use crate::mark::{Lock, Mark, MarkError, Marked, Moment, Standing, Store};
use crate::snapshot::{Age, Snapshot, Source, Sources};

/// A site's mark while a run works with it.
pub struct SiteMark {
    pub(in crate::engine) store: Store,
    /// What the store held when the run began.
    pub(in crate::engine) held: Mark,
    state: State,
    _lock: Option<Lock>,
}

/// Where a mark stands.
enum State {
    /// It was read.
    Read,
    /// It moves to TO once all is accepted.
    MovesTo(Rc<Source>),
    /// It moves to TO once all is accepted, and this run has noted beside it that TO is live.
    Opened(Rc<Source>),
    /// TO is live, and the mark stays all the same.
    Stays { to: Option<Rc<Source>>, because: String },
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
        SiteMark { store, held, state: State::Read, _lock: lock }
    }

    /// Says where it moves to. It stays where TO is older than what it holds; then the reason comes back, for people.
    pub(in crate::engine) fn direct(
        &mut self,
        to: Rc<Source>,
        sources: &mut Sources,
        rollback: bool,
    ) -> Result<Option<String>, Error> {
        let older = if to.is_revision() && !rollback { self.is_older(&to, sources)? } else { None };
        let Some(because) = older else {
            self.state = State::MovesTo(to);
            return Ok(None);
        };
        let at = self.held.at.as_ref().and_then(|at| at.revision.as_deref());
        let at = at.map_or(String::new(), |at| format!(" at {}", at.get(..10).unwrap_or(at)));
        let note =
            format!("{because}, so the mark stays{at}, and the next run compares with both; `--rollback` moves it");
        self.state = State::Stays { to: Some(to), because };
        Ok(Some(note))
    }

    /// Returns why TO is older than what it holds, if it is.
    fn is_older(&self, to: &Source, sources: &mut Sources) -> Result<Option<String>, Error> {
        let (id, spec) = (to.id(), shown(to.spec().as_bytes()));
        let marked = self.held.at.iter().map(|at| (at, "what was last purged"));
        // What was live since, and is newer, may be so still: only who comes after it closes it.
        let open = self.held.open.iter().map(|open| (open, "what was live since"));
        for (moment, what) in marked.chain(open) {
            let Some(revision) = &moment.revision else { continue };
            let repository = sources.repository()?;
            // Of what cannot be had nothing is older.
            let age = if repository.has(revision) { repository.age(&id, revision) } else { Ok(Age::NotOlder) };
            match age.map_err(|source| MarkError::Ref { store: self.store.shown(), source })? {
                Age::Same | Age::NotOlder => {}
                Age::Ancestor => return Ok(Some(format!("{spec} is an ancestor of {what}"))),
                Age::DatedBefore => {
                    let shallow = "(the clone is too shallow to tell more)";
                    return Ok(Some(format!("{spec} is dated before {what} {shallow}")));
                }
            }
        }
        Ok(None)
    }

    /// Says that it moves to TO, which was found to be right before.
    pub(in crate::engine) fn move_to(&mut self, to: Rc<Source>) {
        self.state = State::MovesTo(to);
    }

    /// Says that it stays, whatever becomes of the plan; TO is live all the same, where it is known.
    pub(in crate::engine) fn stay(&mut self, to: Option<Rc<Source>>, because: String) {
        self.state = State::Stays { to, because };
    }

    /// Returns what is live once the run has begun, where that is to be noted.
    pub(super) fn live(&self) -> Option<&Rc<Source>> {
        match &self.state {
            State::MovesTo(to) | State::Opened(to) => Some(to),
            State::Stays { to, .. } | State::Failed { to, .. } => to.as_ref(),
            State::Read | State::Moved | State::There => None,
        }
    }

    /// Returns where it moves if all is accepted.
    pub(super) fn target(&self) -> Option<&Rc<Source>> {
        match &self.state {
            State::MovesTo(to) | State::Opened(to) | State::Failed { to: Some(to), .. } => Some(to),
            State::Read | State::Stays { .. } | State::Moved | State::There | State::Failed { to: None, .. } => None,
        }
    }

    /// True when it was at this very snapshot when it was read.
    pub(super) fn was_at(&self, id: &str) -> bool {
        self.held.at.as_ref().is_some_and(|at| at.is(id))
    }

    /// Returns what the store holds now, with what this run has opened.
    pub(super) fn now(&self, to: &Snapshot<'_>) -> Mark {
        let mut mark = self.held.clone();
        let id = &to.name().id;
        if matches!(self.state, State::Opened(_)) && !mark.open.iter().any(|open| open.is(id)) {
            mark.open.push(Moment { spec: id.clone(), id: id.clone(), revision: Some(id.clone()) });
        }
        mark
    }

    /// Takes note that TO was noted as live.
    pub(super) fn opened(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Read) {
            State::MovesTo(to) => State::Opened(to),
            other => other,
        };
    }

    /// Takes note that it could not be written down that TO is live.
    pub(super) fn not_opened(&mut self, because: Error) {
        let to = self.target().cloned();
        self.state = State::Failed { because, to };
    }

    /// Takes note that it is at TO.
    pub(super) fn moved(&mut self) {
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
            State::Read | State::MovesTo(_) | State::Opened(_) => Standing::Untouched,
            State::Stays { because, .. } => Standing::Stays(because.clone()),
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
            State::Read | State::MovesTo(_) | State::Opened(_) | State::Stays { .. } | State::Moved | State::There => {
                None
            }
        }
    }
}
