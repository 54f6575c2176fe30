//! What a store keeps and hands out, whichever store it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// A moment in milliseconds since 1970, as the stores have it.
pub(in crate::serve) fn moment(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Why a store could not do something. No text of a delivery is in it.
#[derive(Debug, thiserror::Error)]
pub(in crate::serve) enum StoreError {
    /// The database says no.
    #[error("the store cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// Its tables cannot be brought up to date.
    #[error("the store's tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Another process has it.
    #[error("another process uses {0}")]
    InUse(String),
    /// Its file cannot be made.
    #[error("{0} cannot be opened: {1}")]
    File(String, std::io::Error),
    /// It holds what this version did not write.
    #[error("the store holds {0}")]
    Strange(&'static str),
    /// The task that writes is gone.
    #[error("the store is closed")]
    Closed,
}

/// A delivery that is to be kept.
#[derive(Debug, Clone)]
pub(in crate::serve) struct NewDelivery {
    /// The path of its hook.
    pub(in crate::serve) hook: String,
    /// The site that it is about.
    pub(in crate::serve) site: String,
    /// What a replay of it has in common with it.
    pub(in crate::serve) replay: Option<String>,
    /// The deploy, as JSON.
    pub(in crate::serve) deploy: String,
    /// When it came.
    pub(in crate::serve) received: i64,
    /// Milliseconds for which a run waits that it begins soon after another of the site, so that a burst is gathered.
    pub(in crate::serve) gather: i64,
    /// The id of the run, should it begin one.
    pub(in crate::serve) run: String,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Accepted {
    /// The run that purges for it.
    pub(in crate::serve) run: String,
    /// It came before.
    pub(in crate::serve) is_known: bool,
}

/// A run that a process has taken.
#[derive(Debug, Clone)]
pub(in crate::serve) struct Claimed {
    /// Its id.
    pub(in crate::serve) id: String,
    /// The site.
    pub(in crate::serve) site: String,
    /// The path of the hook.
    pub(in crate::serve) hook: String,
    /// How often it was begun, this time included.
    pub(in crate::serve) attempts: i64,
    /// The deploys that it is for, as JSON, the oldest first.
    pub(in crate::serve) deploys: Vec<String>,
    /// There were more than one run reads: `deploys` holds the newest alone.
    pub(in crate::serve) is_cut: bool,
}

/// Bytes of the deploys of one run. While a purge fails, deliveries gather for as long as that takes, and a run has them all in memory.
/// Ten thousand notifications fit, and a purge of more paths than that is a broader one anyway.
pub(in crate::serve) const MOST: i64 = 8 << 20;

/// How a run ended.
#[derive(Debug, Clone)]
pub(in crate::serve) enum Ending {
    /// All was purged.
    Done,
    /// It is to be tried again, not before this.
    Again(i64),
    /// It was handed back before it was done, and counts as not begun.
    HandedBack,
    /// It is not tried again.
    Failed,
}

/// A run as it can be asked for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::serve) struct Run {
    pub(in crate::serve) id: String,
    pub(in crate::serve) site: String,
    pub(in crate::serve) hook: String,
    pub(in crate::serve) state: String,
    pub(in crate::serve) attempts: i64,
    pub(in crate::serve) created: i64,
    pub(in crate::serve) ended: Option<i64>,
    /// The run that took its deliveries.
    pub(in crate::serve) joined: Option<String>,
    /// The report, once there is one.
    pub(in crate::serve) report: Option<Value>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::serve) struct Listed {
    pub(in crate::serve) run: Run,
    /// The deliveries that it is for.
    pub(in crate::serve) deliveries: i64,
    /// There is a page of it.
    pub(in crate::serve) has_page: bool,
}

/// A page that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Drawn {
    /// What it may do in a browser.
    pub(in crate::serve) policy: String,
    /// Itself, compressed with gzip.
    pub(in crate::serve) page: Vec<u8>,
}

/// A page, or that one is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct KeptPage {
    /// Since when it is there, or is being made.
    pub(in crate::serve) made: i64,
    pub(in crate::serve) drawn: Option<Drawn>,
}

impl Run {
    /// True when nothing more becomes of it.
    pub(in crate::serve) fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "done" | "failed")
    }

    /// True while a process makes it.
    pub(in crate::serve) fn is_under_way(&self) -> bool {
        self.state == "running"
    }
}
