//! Takes runs out of the store, one at a time for a site, and has them made.
//!
//! A run is this process's as long as it renews its lease. One that fails waits longer each time, and then stays as failed, to be seen.
//! When the process is to end, what runs is handed back, and whoever comes next goes on with it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use super::figures::Figures;
use super::purge::{Purge, Purged};
use super::settings::{BY_PAGE, Settings};
use super::store::{Claimed, Ending, Store, moment};
use crate::config::Environment;
use crate::hook::Deploy;

/// How long a run is a process's without a renewal. After a crash another waits as long.
const LEASE: Duration = Duration::from_secs(30);

/// How often it is renewed: two may be lost.
const RENEWAL: Duration = Duration::from_secs(8);

/// How often a store is asked that other replicas fill too.
const LOOK: Duration = Duration::from_secs(1);

/// Runs at once, of different sites. Each has a thread.
const AT_ONCE: usize = 4;

/// How often a run is begun before it stays as failed.
const ATTEMPTS: i64 = 8;

/// The first wait after a failure, which doubles from then on.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// How long ended runs can be looked at, and replays are known.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Pages that are kept, of runs and of plans: the newest.
const PAGES: i64 = 500;

/// How often what is older is let go.
const FORGETTING: Duration = Duration::from_secs(3600);

/// Who makes the runs.
pub(super) struct Runner {
    pub(super) settings: watch::Receiver<Arc<Settings>>,
    pub(super) store: Arc<Store>,
    pub(super) environment: Environment,
    pub(super) clones: PathBuf,
    /// This process.
    pub(super) owner: String,
    pub(super) work: Arc<Notify>,
    pub(super) figures: Arc<Figures>,
    /// Turns true when nothing more is begun.
    pub(super) stop: watch::Receiver<bool>,
    /// Turns true when what is under way is to end too.
    pub(super) cut: watch::Receiver<bool>,
}

impl Runner {
    /// Takes runs until the process is to end, and then waits for those that are under way.
    pub(super) async fn work(self: Arc<Runner>) {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let (mut runs, mut stop, mut forgotten) = (JoinSet::new(), self.stop.clone(), None::<Instant>);
        while !*stop.borrow() {
            if forgotten.is_none_or(|at| at.elapsed() > FORGETTING) {
                self.forget().await;
                forgotten = Some(Instant::now());
            }
            while let Ok(permit) = room.clone().try_acquire_owned() {
                let Some(claimed) = self.claim().await else { break };
                let runner = self.clone();
                runs.spawn(async move {
                    runner.make(claimed).await;
                    // What has waited for this site can go on.
                    runner.work.notify_one();
                    drop(permit);
                });
            }
            while runs.try_join_next().is_some() {}
            tokio::select! {
                () = self.work.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
        while runs.join_next().await.is_some() {}
    }

    async fn forget(&self) {
        let before = moment(SystemTime::now() - KEPT);
        if let Err(error) = self.store.forget(before, PAGES).await {
            tracing::warn!(%error, "store");
        }
    }

    async fn claim(&self) -> Option<Claimed> {
        let now = SystemTime::now();
        match self.store.claim(&self.owner, moment(now), moment(now + LEASE)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "store");
                None
            }
        }
    }

    /// Makes a run, and takes note of how it ended.
    async fn make(&self, claimed: Claimed) {
        let start = Instant::now();
        let (lost, mut is_lost) = watch::channel(false);
        let made = self.purged(&claimed, lost.subscribe());
        let renewed = async {
            loop {
                tokio::time::sleep(RENEWAL).await;
                let lease = moment(SystemTime::now() + LEASE);
                // A store that does not answer is asked again before the lease is over.
                if let Ok(false) = self.store.extend(&claimed.id, &self.owner, lease).await {
                    lost.send_replace(true);
                    return std::future::pending::<()>().await;
                }
            }
        };
        let purged = tokio::select! {
            purged = made => purged,
            () = renewed => return,
        };
        if *is_lost.borrow_and_update() {
            tracing::error!(run = claimed.id, site = claimed.site, "the run was taken over by another process");
            return;
        }
        self.end(&claimed, purged, start).await;
    }

    /// Has the engine make it on a thread of its own.
    async fn purged(&self, claimed: &Claimed, lost: watch::Receiver<bool>) -> Purged {
        let settings = self.settings.borrow().clone();
        let deploys: Result<Vec<Deploy>, _> = claimed.deploys.iter().map(|text| serde_json::from_str(text)).collect();
        let (Some(hook), Ok(deploys)) = (settings.of_run(&claimed.hook, &claimed.site), deploys) else {
            return Purged::failed("the hook is no longer in the configuration");
        };
        let stop = either(self.cut.clone(), lost);
        let purge = Purge {
            config: Arc::new(settings.config.clone()),
            environment: self.environment.clone(),
            hook: hook.clone(),
            deploys,
            is_cut: claimed.is_cut,
            clones: self.clones.clone(),
            stop,
            is_drawn: settings.page().is_some(),
        };
        let made = tokio::task::spawn_blocking(move || purge.run()).await;
        made.unwrap_or_else(|_| Purged::failed("the run came to an end that it should not have"))
    }

    async fn end(&self, claimed: &Claimed, purged: Purged, start: Instant) {
        let Purged { report, is_complete, told, unused, drawn } = purged;
        let now = SystemTime::now();
        let (ending, word) = if is_complete {
            (Ending::Done, "done")
        } else if *self.cut.borrow() {
            (Ending::HandedBack, "handed back")
        } else if claimed.attempts >= ATTEMPTS {
            (Ending::Failed, "failed")
        } else {
            (Ending::Again(moment(now + wait(claimed.attempts))), "again")
        };
        let seconds = start.elapsed().as_secs_f64();
        self.figures.run(&claimed.site, word, seconds);
        let Claimed { id: run, site, attempts, .. } = claimed;
        let deliveries = claimed.deploys.len();
        let by = if claimed.hook == BY_PAGE { BY_PAGE } else { "delivery" };
        if let Some(drawn) = drawn
            && let Err(error) = self.store.keep_page(run, moment(now), &drawn).await
        {
            tracing::warn!(run, site, %error, "store");
        }
        match self.store.finish((run, &self.owner), &ending, report, moment(now)).await {
            Ok(true) if is_complete && unused == 0 => {
                tracing::info!(run, site, by, attempts, deliveries, seconds, ended = word, told, "run");
            }
            Ok(true) => tracing::warn!(run, site, by, attempts, deliveries, seconds, ended = word, told, "run"),
            Ok(false) => tracing::error!(run, site, "the run was taken over by another process"),
            Err(error) => tracing::error!(run, site, %error, "store"),
        }
    }
}

/// Returns what turns true when one of two does.
fn either(mut one: watch::Receiver<bool>, mut other: watch::Receiver<bool>) -> watch::Receiver<bool> {
    let (both, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            came = one.wait_for(|stop| *stop) => drop(came),
            came = other.wait_for(|stop| *stop) => drop(came),
            () = both.closed() => return,
        }
        both.send_replace(true);
    });
    stop
}

/// Returns how long a run waits that has failed so often.
fn wait(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT)
}

impl Purged {
    fn failed(why: &str) -> Purged {
        Purged {
            report: json!({ "status": "failed", "errors": [why] }),
            is_complete: false,
            told: why.to_owned(),
            unused: 0,
            drawn: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_fails_waits_longer_each_time_up_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (1..=ATTEMPTS + 2).map(|attempts| wait(attempts).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!((wait(0), wait(i64::MAX)), (FIRST_WAIT, LONGEST_WAIT));
    }
}
