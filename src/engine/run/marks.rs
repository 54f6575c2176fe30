//! The steps that the marks of a run take together: they are locked and read before anything is planned, TO is noted as live
//! before anything is sent, and they move when all of a site was accepted.

use std::path::Path;
use std::rc::Rc;

use super::mark::SiteMark;
use super::{Run, SiteRun};
use crate::config::{Cache, MarkStore, Site};
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::mark::{self, Destination, Listings, Lock, LockId, MarkError, Moment, Store};
use crate::provider::Provider;
use crate::snapshot::{Snapshot, Source, Sources, Update};

/// How a run works with marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkUse {
    /// They are left alone.
    None,
    /// They are read, and nothing is written, not even a lock.
    Read,
    /// The same, as far as they can be read: one that cannot is noted and goes unused.
    TryRead,
    /// They are locked, and may be moved.
    Write {
        /// Another run that works on one is waited for.
        wait: bool,
    },
}

/// True where a site's mark can hold what `to` names.
pub(in crate::engine) fn holds(site: &Site, to: &str) -> bool {
    matches!(site.mark, MarkStore::File { .. }) || Source::names_a_revision(to)
}

/// Returns the error for a TO that a site's mark cannot hold. It takes no repository to know.
pub(in crate::engine) fn holds_no(site: &Site, to: &str) -> MarkError {
    MarkError::NoRevision { store: mark::ref_of(&site.name), what: to.to_owned() }
}

/// Returns the store of a site's mark, which says which caches it is for.
pub(in crate::engine) fn store(ground: &Ground<'_>, site: &Site, sources: &mut Sources) -> Result<Store, Error> {
    let destination = |cache: &Cache| {
        let to = Provider::for_cache(cache, site, ground.environment)?.destination();
        let mut endpoints = to.nodes;
        endpoints.sort_unstable();
        endpoints.dedup();
        Ok(Destination { kind: to.provider.to_owned(), zone: to.id, environment: to.part, endpoints })
    };
    let caches = site.caches().map(destination).collect::<Result<_, Error>>()?;
    Ok(Store::for_site(site, caches, || sources.repository())?)
}

/// Opens the marks of these sites, in their order. All are locked before the first is read, in the order of their locks, so
/// that two runs never wait for each other.
pub(in crate::engine) fn open(
    ground: &Ground<'_>,
    sites: &[&Site],
    sources: &mut Sources,
    marks: MarkUse,
) -> Vec<Result<SiteMark, Error>> {
    let stores: Vec<Result<Store, Error>> = sites.iter().map(|site| store(ground, site, sources)).collect();
    let mut locks: Vec<Option<Result<Lock, MarkError>>> = stores.iter().map(|_| None).collect();
    if let MarkUse::Write { wait } = marks {
        let mut order: Vec<(usize, &Store)> =
            stores.iter().enumerate().filter_map(|(i, s)| Some((i, s.as_ref().ok()?))).collect();
        order.sort_by_key(|(_, store)| store.lock());
        let mut own = Vec::new();
        for (i, store) in order {
            let taken = lock(ground, store.lock(), &own, wait);
            own.extend(taken.iter().map(Lock::id));
            locks[i] = Some(taken);
        }
    }
    let mut listings = Listings::default();
    fetch(ground, stores.iter().filter_map(|store| store.as_ref().ok()), &mut listings);
    let read = |(store, lock): (Result<Store, Error>, Option<Result<Lock, MarkError>>)| {
        let (mut store, lock) = (store?, lock.transpose()?);
        let held = store.read(&mut listings)?;
        Ok(SiteMark::read(store, held, lock))
    };
    stores.into_iter().zip(locks).map(read).collect()
}

/// Brings what marks at remotes point to, and says so.
pub(in crate::engine) fn fetch<'s>(
    ground: &Ground<'_>,
    stores: impl Iterator<Item = &'s Store>,
    listings: &mut Listings,
) {
    for note in mark::fetch(stores, listings) {
        ground.note(note);
    }
}

/// Takes a lock beside those that the run has, and says whom it waits for.
pub(in crate::engine) fn lock(ground: &Ground<'_>, path: &Path, own: &[LockId], wait: bool) -> Result<Lock, MarkError> {
    Lock::take(path, own, |holder| {
        if wait {
            ground.note(format!("waiting for another run on this mark: {holder}"));
        }
        wait
    })
}

/// Notes at all stores what is live, before anything is sent; also for sites of which nothing will be, since the next run has
/// to know of it all the more.
pub(in crate::engine) fn begin(run: &mut Run) {
    let is_noted = |one: &&mut SiteRun| !one.plan.is_empty() || one.mark.as_ref().is_some_and(SiteMark::leaves_open);
    let planned = run.sites.iter_mut().filter(is_noted);
    let planned = planned.filter_map(|one| Some((&one.site, one.mark.as_mut()?)));
    let unplanned = run.unplanned.iter_mut().filter_map(|one| Some((&one.site, one.mark.as_mut()?)));
    let marks: Vec<(&Site, &mut SiteMark)> = planned.chain(unplanned).collect();
    // The snapshot that the mark is at needs no note: it is compared with anyway.
    let open = |mark: &SiteMark, to: &Snapshot<'_>| {
        if mark.was_at(&to.name().id) {
            return Ok(None);
        }
        let moment = mark.store.beside(to)?;
        mark.store.open(&mark.held, to, &moment).map(|updates| Some((updates, Some(moment))))
    };
    let done = step(&marks, SiteMark::live, open);
    for ((_, mark), done) in marks.into_iter().zip(done) {
        match done {
            Ok(Some(moment)) => mark.opened(moment),
            Ok(None) => {}
            Err(error) => mark.not_opened(error),
        }
    }
}

/// Moves the marks of all sites of which everything was accepted and, where that was asked for, proved; or notes beside those that
/// stay that TO is purged.
pub(in crate::engine) fn complete(run: &mut Run) {
    let accepted = run.sites.iter_mut().filter(|one| one.is_accepted() && one.is_proved());
    let marks = accepted.filter_map(|one| Some((&one.site, one.mark.as_mut()?)));
    let marks: Vec<(&Site, &mut SiteMark)> = marks.filter(|(_, mark)| mark.target().is_some()).collect();
    let complete = |mark: &SiteMark, to: &Snapshot<'_>| {
        mark.store.settle(&mark.now(), to, mark.next()).map(|updates| Some((updates, None)))
    };
    let done = step(&marks, SiteMark::target, complete);
    for ((_, mark), done) in marks.into_iter().zip(done) {
        match done {
            Ok(_) => mark.moved(),
            Err(error) => mark.not_moved(error),
        }
    }
}

/// The updates that a step asks remotes for, and its notes.
type Taken = Option<(Vec<Update>, Option<Moment>)>;

/// Does one thing to each of the marks, with what it is about, and tells the remotes together. The answers stand in the order
/// of the marks: what each has noted.
fn step(
    marks: &[(&Site, &mut SiteMark)],
    to: fn(&SiteMark) -> Option<&Rc<Source>>,
    act: impl Fn(&SiteMark, &Snapshot<'_>) -> Result<Taken, MarkError>,
) -> Vec<Result<Option<Moment>, Error>> {
    let mut done = Vec::new();
    let (mut numbers, mut steps) = (Vec::new(), Vec::new());
    for (i, (site, mark)) in marks.iter().enumerate() {
        let acted = match to(mark) {
            Some(to) => to.snapshot(&site.output).map_err(MarkError::from).and_then(|to| act(mark, &to)),
            None => Ok(None),
        };
        done.push(match acted {
            Ok(Some((updates, noted))) => {
                numbers.push(i);
                steps.push((&mark.store, updates));
                Ok(noted)
            }
            Ok(None) => Ok(None),
            Err(error) => Err(error.into()),
        });
    }
    for (i, pushed) in numbers.into_iter().zip(mark::push(&steps)) {
        if let Err(error) = pushed {
            done[i] = Err(error.into());
        }
    }
    done
}
