//! The sites' marks in a run: locked and read before anything is planned, moved when all of a site was accepted.

use std::path::Path;
use std::rc::Rc;

use super::{Output, Planned};
use crate::cli::Global;
use crate::config::{MarkStore, Site};
use crate::display::shown;
use crate::error::Error;
use crate::mark::{self, Listings, Lock, Mark, MarkError, Marked, Moment, Outcome, Store};
use crate::snapshot::{Age, Snapshot, Source, Sources, Update};

/// A site's mark while a run works with it.
pub(super) struct SiteMark {
    pub(super) store: Store,
    /// What it was when the run began.
    pub(super) mark: Mark,
    /// What it moves to, once that is known.
    pub(super) to: Option<Rc<Source>>,
    /// Why it does not move, however the run ends.
    pub(super) stays: Option<String>,
    /// A note was made in this run that it is live, which goes when all of it was accepted.
    opened: bool,
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
    /// Says where it moves to; gives the reason why it does not, where there is one.
    pub(super) fn direct(
        &mut self,
        to: Rc<Source>,
        sources: &mut Sources,
        rollback: bool,
    ) -> Result<Option<String>, Error> {
        let (is_revision, id, spec) = (to.is_revision(), to.id(), shown(to.spec().as_bytes()));
        self.to = Some(to);
        let marked = self.mark.at.iter().map(|at| (at, "what was last purged"));
        // What was live since, and is newer, may be so still: only who comes after it closes it.
        let open = self.mark.open.iter().map(|open| (open, "what was live since"));
        for (moment, what) in marked.chain(open).filter(|_| is_revision && !rollback) {
            let Some(revision) = &moment.revision else { continue };
            let repository = sources.repository()?;
            // Of what cannot be had nothing is older.
            let age = if repository.has(revision) { repository.age(&id, revision) } else { Ok(Age::NotOlder) };
            let older = match age.map_err(|source| MarkError::Ref { store: self.store.shown(), source })? {
                Age::Same | Age::NotOlder => continue,
                Age::Ancestor => format!("{spec} is an ancestor of {what}"),
                Age::DatedBefore => {
                    format!("{spec} is dated before {what} (the clone is too shallow to tell more)")
                }
            };
            let at = self.mark.at.as_ref().and_then(|at| at.revision.as_deref());
            let at = at.map_or(String::new(), |at| format!(" at {}", at.get(..10).unwrap_or(at)));
            let note =
                format!("{older}, so the mark stays{at}, and the next run compares with both; `--rollback` moves it");
            self.stays = Some(older);
            return Ok(Some(note));
        }
        Ok(None)
    }

    /// True when it is at this very snapshot.
    fn is_at(&self, id: &str) -> bool {
        self.mark.at.as_ref().is_some_and(|at| at.is(id))
    }

    /// What the store holds now, with what this run has opened.
    fn now(&self, to: &Snapshot<'_>) -> Mark {
        let mut mark = self.mark.clone();
        let id = &to.name().id;
        if self.opened && !mark.open.iter().any(|open| open.is(id)) {
            mark.open.push(Moment { spec: id.clone(), id: id.clone(), revision: Some(id.clone()) });
        }
        mark
    }

    /// As a report has it; `failed` says why it could not be moved.
    pub(super) fn marked(&self, failed: Option<&Error>) -> Marked {
        let outcome = match (failed, &self.stays) {
            (Some(error), _) => Outcome::Failed(error.to_string()),
            (None, Some(why)) => Outcome::Stays(why.clone()),
            (None, None) => self.outcome.clone(),
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

/// The error for a TO that a site's mark cannot hold. It takes no repository to know.
pub(super) fn holds_no(site: &Site, to: &str) -> MarkError {
    MarkError::NoRevision { store: mark::ref_of(&site.name), what: to.to_owned() }
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
            Ok(SiteMark { store, mark, to: None, stays: None, opened: false, outcome: Outcome::Untouched, _lock: lock })
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

/// Notes at all stores what is live, before anything is sent; also for sites of which nothing will be, since the next run has to
/// know of it all the more. `others` could not be planned.
pub(super) fn begin(planned: &mut [Planned], others: &mut [(Site, SiteMark)]) {
    let is_wanted = |planned: &&mut Planned| !planned.plan.is_empty();
    let (mut marks, mut failed) = (Vec::new(), Vec::new());
    for Planned { site, mark, mark_failed, .. } in planned.iter_mut().filter(is_wanted) {
        let Some(mark) = mark else { continue };
        marks.push((&*site, mark));
        failed.push(mark_failed);
    }
    marks.extend(others.iter_mut().map(|(site, mark)| (&*site, mark)));
    let steps = marks.iter().map(|(site, mark)| (*site, &**mark)).collect::<Vec<_>>();
    // What the mark is at needs no note: it is compared with anyway.
    let open = |mark: &SiteMark, to: &Snapshot<'_>| {
        if mark.is_at(&to.name().id) { Ok(None) } else { mark.store.open(&mark.mark, to).map(Some) }
    };
    let done = step(&steps, open);
    drop(steps);
    for ((_, mark), done) in marks.iter_mut().zip(&done) {
        mark.opened = matches!(done, Done::Yes);
    }
    // Of a site without a plan the error is told that it has none.
    for (failed, done) in failed.into_iter().zip(done) {
        *failed = done.error();
    }
}

/// Moves the marks of all sites of which everything was accepted, as `complete` says of each.
pub(super) fn complete(planned: &mut [Planned], complete: &[bool]) {
    let is_complete = |p: &Planned| p.failed.is_none() && p.mark.as_ref().is_some_and(|mark| mark.stays.is_none());
    let wanted: Vec<bool> = planned.iter().zip(complete).map(|(p, complete)| *complete && is_complete(p)).collect();
    let marks = planned.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
    let steps: Vec<(&Site, &SiteMark)> = marks.filter_map(|(p, _)| Some((&p.site, p.mark.as_ref()?))).collect();
    let done = step(&steps, |mark, to| {
        let now = mark.now(to);
        let is_there = mark.is_at(&to.name().id) && now.open.is_empty();
        if is_there { Ok(None) } else { mark.store.complete(&now, to).map(Some) }
    });
    let planned = planned.iter_mut().zip(wanted).filter(|(_, wanted)| *wanted);
    for (planned, done) in planned.map(|(planned, _)| planned).zip(done) {
        let Some(mark) = &mut planned.mark else { continue };
        let is_there = mark.to.as_ref().is_some_and(|to| mark.is_at(&to.id()));
        mark.outcome = if is_there { Outcome::There } else { Outcome::Moved };
        planned.mark_failed = done.error();
    }
}

/// What became of one step.
enum Done {
    Yes,
    /// There was nothing to do.
    No,
    Failed(Error),
}

impl Done {
    fn error(self) -> Option<Error> {
        if let Done::Failed(error) = self { Some(error) } else { None }
    }
}

/// Does one thing to each of the marks, with what it moves to; the answers stand in their order.
fn step(
    marks: &[(&Site, &SiteMark)],
    act: impl Fn(&SiteMark, &Snapshot<'_>) -> Result<Option<Vec<Update>>, MarkError>,
) -> Vec<Done> {
    let mut done = Vec::new();
    let (mut numbers, mut steps) = (Vec::new(), Vec::new());
    for (i, (site, mark)) in marks.iter().enumerate() {
        let acted = match &mark.to {
            Some(to) => to.snapshot(&site.output).map_err(MarkError::from).and_then(|to| act(mark, &to)),
            None => Ok(None),
        };
        done.push(match acted {
            Ok(Some(updates)) => {
                numbers.push(i);
                steps.push((&mark.store, updates));
                Done::Yes
            }
            Ok(None) => Done::No,
            Err(error) => Done::Failed(error.into()),
        });
    }
    for (i, pushed) in numbers.into_iter().zip(mark::push(&steps)) {
        if let Err(error) = pushed {
            done[i] = Done::Failed(error.into());
        }
    }
    done
}
