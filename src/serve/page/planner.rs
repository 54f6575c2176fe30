//! Makes plans to look at: one of a site at a time, however often and at however many replicas it is asked for.
//!
//! The engine blocks, so a plan has a thread of its own. What it found is kept in the store, where each replica finds it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::config::{Config, Environment, Hook};
use crate::hook::Deploy;
use crate::report;
use crate::serve::drawn::drawn;
use crate::serve::purge::Purge;
use crate::serve::store::{Store, StoreError, moment};

/// How long a plan may take. A first clone of a large repository takes minutes.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Plans at once, of different sites.
const AT_ONCE: usize = 2;

/// Who makes plans.
pub(in crate::serve) struct Planner {
    store: Arc<Store>,
    environment: Environment,
    clones: PathBuf,
    /// The sites whose plans are under way here, also those that take too long.
    under_way: Arc<Mutex<HashSet<String>>>,
    room: Arc<Semaphore>,
}

/// What became of the wish for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    /// It is being made, for this wish or for an earlier one.
    Made,
    /// Too many others are being made.
    Full,
}

/// A site's place among those that are planned. It is free again when the thread is done.
struct Place {
    site: String,
    under_way: Arc<Mutex<HashSet<String>>>,
    _room: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.site);
    }
}

/// Returns the name of a site's plan in the store. No run is called so.
pub(super) fn plan_of(site: &str) -> String {
    format!("plan/{site}")
}

impl Planner {
    /// Makes one that has nothing to do yet.
    pub(in crate::serve) fn new(store: Arc<Store>, environment: Environment, clones: PathBuf) -> Planner {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        Planner { store, environment, clones, under_way: Arc::default(), room }
    }

    /// Returns where clones are kept, and the variables of the process.
    pub(super) fn ground(&self) -> (PathBuf, Environment) {
        (self.clones.clone(), self.environment.clone())
    }

    /// Begins to make the plan of a hook's site.
    pub(super) async fn begin(&self, config: Config, hook: Hook) -> Result<Begun, StoreError> {
        let place = match self.place(hook.site.as_str()) {
            Ok(place) => place,
            Err(begun) => return Ok(begun),
        };
        let (name, now) = (plan_of(&place.site), SystemTime::now());
        if !self.store.begin_page(&name, moment(now), moment(now - PATIENCE)).await? {
            return Ok(Begun::Made);
        }
        let site = place.site.clone();
        // It is never asked to end: what it does ends by itself, and nothing is sent.
        let (never, stop) = watch::channel(false);
        let purge = Purge {
            config: Arc::new(config),
            environment: self.environment.clone(),
            hook,
            deploys: vec![Deploy::default()],
            clones: self.clones.clone(),
            stop,
            is_drawn: true,
            is_cut: false,
        };
        let made = tokio::task::spawn_blocking(move || {
            let _until_the_end = (place, never);
            purge.plan()
        });
        let store = self.store.clone();
        tokio::spawn(async move {
            let why = match tokio::time::timeout(PATIENCE, made).await {
                Ok(Ok(Some(plan))) => return keep(&store, &name, plan).await,
                Ok(Ok(None)) => "the page of the plan is too large to be kept",
                Ok(Err(_)) => "the plan came to an end that it should not have",
                Err(_) => "the plan took longer than five minutes",
            };
            tracing::warn!(site, why, "plan");
            let failed = drawn(|out| report::plan::html(out, &[], &[(site.clone(), why.to_owned())]));
            if let Some(failed) = failed {
                keep(&store, &name, failed).await;
            }
        });
        Ok(Begun::Made)
    }

    /// Takes the place of a site, unless it is taken or there is no room.
    fn place(&self, site: &str) -> Result<Place, Begun> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.contains(site) {
            return Err(Begun::Made);
        }
        let Ok(room) = self.room.clone().try_acquire_owned() else { return Err(Begun::Full) };
        under_way.insert(site.to_owned());
        Ok(Place { site: site.to_owned(), under_way: self.under_way.clone(), _room: room })
    }
}

async fn keep(store: &Store, name: &str, plan: crate::serve::store::Drawn) {
    if let Err(error) = store.keep_page(name, moment(SystemTime::now()), &plan).await {
        tracing::warn!(name, %error, "store");
    }
}
