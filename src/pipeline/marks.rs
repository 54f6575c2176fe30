//! The sites' marks in a run: locked and read before anything is planned, moved when all of a site was accepted.

use std::path::Path;
use std::rc::Rc;

use super::{Output, Planned};
use crate::cli::Global;
use crate::config::{MarkStore, Site};
use crate::error::Error;
use crate::mark::{self, Listings, Lock, Mark, MarkError, Marked, Outcome, Store};
use crate::snapshot::{GitError, Snapshot, Source, Sources, Update};

/// A site's mark while a run works with it.
pub(super) struct SiteMark {
    pub(super) store: Store,
    /// What it was when the run began.
    pub(super) mark: Mark,
    /// What it moves to, once that is known.
    pub(super) to: Option<Rc<Source>>,
    /// Why it does not move, however the run ends.
    pub(super) stays: Option<String>,
    outcome: Outcome,
    _lock: Option<Lock>,
}

/// Whether marks are only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Nothing is written, not even a lock.
    Read,
    /// They are locked, and may be moved.
    Write {
        /// Wait for another run that works on one.
        wait: bool,
    },
}

impl SiteMark {
    /// The error for a TO that the mark cannot hold.
    pub(super) fn holds_no(&self, to: &str) -> MarkError {
        MarkError::NoRevision { store: self.store.shown(), what: to.to_owned() }
    }

    /// The error for a mark of which it cannot be told whether it is older.
    pub(super) fn no_age(&self, source: GitError) -> MarkError {
        MarkError::Ref { store: self.store.shown(), source }
    }

    /// As a report has it.
    pub(super) fn marked(&self) -> Marked {
        let outcome = match &self.stays {
            Some(why) => Outcome::Stays(why.clone()),
            None => self.outcome.clone(),
        };
        Marked {
            store: self.store.shown(),
            was: self.mark.at.as_ref().map(|at| at.id.clone()),
            open: self.mark.open.iter().map(|open| open.id.clone()).collect(),
            outcome,
        }
    }
}

/// True where a site's mark can hold what `to` names.
pub(super) fn holds(site: &Site, to: &str) -> bool {
    matches!(site.mark, MarkStore::File { .. }) || Source::names_a_revision(to)
}

/// The marks of these sites, in their order. All are locked before the first is read, in the order of their locks, so that two
/// runs never wait for each other.
pub(super) fn open(
    global: &Global,
    sites: &[&Site],
    sources: &mut Sources,
    access: Access,
    output: &mut Output<'_>,
) -> Vec<Result<SiteMark, Error>> {
    let stores: Vec<Result<Store, Error>> =
        sites.iter().map(|site| Store::of(site, || sources.repository()).map_err(Error::from)).collect();
    let mut locks: Vec<Option<Result<Lock, MarkError>>> = stores.iter().map(|_| None).collect();
    if let Access::Write { wait } = access {
        let mut order: Vec<usize> = (0..stores.len()).filter(|i| stores[*i].is_ok()).collect();
        order.sort_by_key(|i| stores[*i].as_ref().ok().map(|store| store.lock().to_owned()));
        for i in order {
            let Ok(store) = &stores[i] else { continue };
            locks[i] = Some(lock(global, store.lock(), wait, output));
        }
    }
    let mut listings = Listings::default();
    let mut marks = Vec::new();
    for (store, lock) in stores.into_iter().zip(locks) {
        marks.push(store.and_then(|store| {
            let lock = lock.transpose()?;
            let mark = store.read(&mut listings)?;
            Ok(SiteMark { store, mark, to: None, stays: None, outcome: Outcome::Untouched, _lock: lock })
        }));
    }
    marks
}

/// Takes a lock, and says whom it waits for.
pub(super) fn lock(global: &Global, path: &Path, wait: bool, output: &mut Output<'_>) -> Result<Lock, MarkError> {
    Lock::take(path, |holder| {
        if wait && !global.quiet {
            // A stderr that is gone is no reason not to purge.
            let _unheard = writeln!(output.err, "note: waiting for another run on this mark: {holder}");
        }
        wait
    })
}

/// Notes at all stores what is live, before anything is sent.
pub(super) fn begin(planned: &mut [Planned]) {
    step(planned, |planned| !planned.plan.is_empty(), |mark, to| mark.store.open(&mark.mark, to));
}

/// Moves the marks of all sites of which everything was accepted, as `complete` says of each.
pub(super) fn complete(planned: &mut [Planned], complete: &[bool]) {
    let mut complete = complete.iter();
    let is_complete = |planned: &Planned| {
        *complete.next().unwrap_or(&false) && planned.mark.as_ref().is_some_and(|mark| mark.stays.is_none())
    };
    let moved = step(planned, is_complete, |mark, to| {
        let is_there = mark.mark.at.as_ref().is_some_and(|at| at.is(&to.name().id)) && mark.mark.open.is_empty();
        if is_there { Ok(Vec::new()) } else { mark.store.complete(&mark.mark, to) }
    });
    for (planned, _) in planned.iter_mut().zip(moved).filter(|(_, moved)| *moved) {
        planned.mark_failed = None;
        if let Some(mark) = &mut planned.mark {
            let there = mark.to.as_ref().zip(mark.mark.at.as_ref()).is_some_and(|(to, at)| at.is(&to.id()));
            mark.outcome = if there { Outcome::There } else { Outcome::Moved };
        }
    }
}

/// Does one thing to the marks of the sites that are `wanted`, with what they move to; says of which it is done. What fails is
/// noted there.
fn step(
    planned: &mut [Planned],
    mut wanted: impl FnMut(&Planned) -> bool,
    act: impl Fn(&SiteMark, &Snapshot<'_>) -> Result<Vec<Update>, MarkError>,
) -> Vec<bool> {
    let mut done: Vec<Option<Result<(), MarkError>>> = planned.iter().map(|_| None).collect();
    let (mut numbers, mut steps) = (Vec::new(), Vec::new());
    for (i, planned) in planned.iter().enumerate() {
        let is_wanted = wanted(planned) && planned.failed.is_none();
        let Some(mark) = planned.mark.as_ref().filter(|_| is_wanted) else { continue };
        let Some(to) = &mark.to else { continue };
        let acted = to.snapshot(&planned.site.output).map_err(MarkError::from).and_then(|to| act(mark, &to));
        match acted {
            Ok(updates) => {
                numbers.push(i);
                steps.push((&mark.store, updates));
            }
            Err(error) => done[i] = Some(Err(error)),
        }
    }
    for (i, pushed) in numbers.into_iter().zip(mark::push(&steps)) {
        done[i] = Some(pushed);
    }
    let mut are_done = Vec::new();
    for (planned, done) in planned.iter_mut().zip(done) {
        are_done.push(matches!(done, Some(Ok(()))));
        if let Some(Err(error)) = done {
            planned.mark_failed = Some(error.into());
        }
    }
    are_done
}
