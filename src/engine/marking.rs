//! Marks by themselves: shown, set to a snapshot, cleared.

use std::time::SystemTime;

use super::error::{Error, PlanningError};
use super::ground::Ground;
use super::planning::{doubt, one_web_root};
use super::run::{MarkUse, marks};
use crate::config::Site;
use crate::mark::{self, Candidate, Identity, Listings, Lock, Mark, MarkError, Next, Store};
use crate::snapshot::{Source, Sources, Update};

/// One site's mark as it was found.
pub struct Found {
    /// The site's name.
    pub site: String,
    /// Where it is kept, for people.
    pub store: String,
    /// Its owner.
    pub identity: Identity,
    /// The mark as the store holds it.
    pub held: Mark,
    /// When its revision was committed; `None` where it is of none, or that is not here.
    pub committed: Option<SystemTime>,
    /// When it was written, likewise; `None` where the store does not keep that.
    pub written: Option<SystemTime>,
}

/// The fate of one site's mark that was to be written.
pub struct Written {
    /// The site's name.
    pub site: String,
    /// Where it is kept, for people.
    pub store: String,
    /// Why it was not, if so.
    pub failed: Option<Error>,
}

/// Reads the marks of the sites.
///
/// # Errors
/// When one cannot be read; the first such site's.
pub fn read(ground: &Ground<'_>) -> Result<Vec<Found>, Error> {
    let sites: Vec<&Site> = ground.chosen.sites.iter().collect();
    let mut sources = ground.sources();
    let opened = marks::open(ground, &sites, &mut sources, MarkUse::Read);
    let mut all = Vec::with_capacity(sites.len());
    for (site, opened) in sites.iter().zip(opened) {
        let found = match opened {
            Ok(mark) => {
                let (store, identity) = (mark.store.shown(), mark.store.record().identity.clone());
                let written = mark.held.at.as_ref().and_then(|_| mark.store.written());
                vec![(Candidate { store, identity, mark: mark.held }, written)]
            }
            // Which one it is, the zone says; here each is shown.
            Err(Error::Mark(MarkError::Several { .. })) => {
                let store = marks::store(ground, site, &mut sources)?;
                store.candidates(&mut Listings::default())?.into_iter().map(|one| (one, None)).collect()
            }
            Err(error) => return Err(error),
        };
        for (Candidate { store, identity, mark: held }, written) in found {
            let revision = held.at.as_ref().and_then(|at| at.revision.as_deref());
            let committed = match revision {
                Some(revision) => sources.repository().ok().and_then(|repository| repository.committed(revision)),
                None => None,
            };
            all.push(Found { site: site.name.to_string(), store, identity, held, committed, written });
        }
    }
    Ok(all)
}

/// Says that all up to a snapshot is purged; returns its full id, and what became of each mark.
///
/// # Errors
/// When the snapshot or a mark cannot be read, or a mark cannot hold such a snapshot. Then none was set.
pub fn set(ground: &Ground<'_>, snapshot: &str, wait: bool) -> Result<(String, Vec<Written>), Error> {
    if Source::names_a_web_root(snapshot) {
        one_web_root(ground.chosen, snapshot)?;
    }
    let sites = &ground.chosen.sites;
    if let Some(site) = sites.iter().find(|site| !marks::holds(site, snapshot)) {
        return Err(marks::holds_no(site, snapshot).into());
    }
    let mut sources = ground.sources();
    let to = sources.ends(&[], snapshot)?.to;
    for site in sites {
        if let Some(why) = doubt(ground, site, &to, &[], false)? {
            return Err(PlanningError::from(why).into());
        }
    }
    let mut locked = Locked::take(ground, wait, &mut sources)?;
    let mut listings = Listings::default();
    marks::fetch(ground, locked.stores.iter(), &mut listings);
    // All are read before the first is set.
    let read = locked.stores.iter_mut().map(|store| store.read_to_replace(&mut listings));
    let marks = read.collect::<Result<Vec<_>, _>>()?;
    let mut steps = Vec::new();
    for ((site, store), mark) in sites.iter().zip(&locked.stores).zip(marks) {
        let snapshot = to.snapshot(&site.output)?;
        steps.push((store, store.settle(&mark, &snapshot, &Next::default())?));
    }
    Ok((to.id(), pushed(sites, &steps)))
}

/// Forgets the marks of the sites.
///
/// # Errors
/// When one cannot be locked or taken away.
pub fn clear(ground: &Ground<'_>, wait: bool) -> Result<Vec<Written>, Error> {
    let mut sources = ground.sources();
    let mut locked = Locked::take(ground, wait, &mut sources)?;
    let mut listings = Listings::default();
    marks::fetch(ground, locked.stores.iter(), &mut listings);
    let mut steps = Vec::new();
    for store in &mut locked.stores {
        let updates = store.clear(&mut listings)?;
        steps.push((&*store, updates));
    }
    Ok(pushed(&ground.chosen.sites, &steps))
}

/// Stores of which no other run moves anything meanwhile. They are not read: what they hold may be broken, and is to go.
struct Locked {
    stores: Vec<Store>,
    _locks: Vec<Lock>,
}

impl Locked {
    fn take(ground: &Ground<'_>, wait: bool, sources: &mut Sources) -> Result<Locked, Error> {
        let sites = &ground.chosen.sites;
        let stores: Vec<Store> =
            sites.iter().map(|site| marks::store(ground, site, sources)).collect::<Result<_, _>>()?;
        // In the order in which every run takes them, so that two never wait for each other.
        let mut order: Vec<&Store> = stores.iter().collect();
        order.sort_by_key(|store| store.lock());
        let (mut locks, mut own) = (Vec::new(), Vec::new());
        for store in order {
            let taken = marks::lock(ground, store.lock(), &own, wait)?;
            own.push(taken.id());
            locks.push(taken);
        }
        Ok(Locked { stores, _locks: locks })
    }
}

/// Tells the remotes, and says what became of each mark.
fn pushed(sites: &[Site], steps: &[(&Store, Vec<Update>)]) -> Vec<Written> {
    let done: Vec<Result<(), MarkError>> = mark::push(steps);
    let mut written = Vec::with_capacity(steps.len());
    for ((site, (store, _)), done) in sites.iter().zip(steps).zip(done) {
        let (site, store) = (site.name.to_string(), store.shown());
        written.push(Written { site, store, failed: done.err().map(Error::from) });
    }
    written
}
