//! Deliveries and runs, kept: what was accepted is there after a crash, and each run belongs to one process at a time.
//!
//! A run waits, runs, and is done or has failed; deliveries that come while one waits join it, and those that come while one runs begin
//! the next. A process has a run by a lease, so that nobody waits for ever for one that was killed.

mod memory;
mod postgres;
mod records;
mod sqlite;
mod statements;
mod together;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sqlx::Connection as _;

use self::memory::Memory;
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use crate::config::ServeStore;

pub(super) use self::records::{
    Accepted, Claimed, Drawn, Ending, KeptPage, Listed, NewDelivery, Run, StoreError, moment,
};

/// An opened store.
pub(super) struct Store(Kind);

/// The kinds of it.
enum Kind {
    Memory(Box<Mutex<Memory>>),
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Does the same in one transaction of whichever database it is.
macro_rules! in_transaction {
    ($store:expr, $memory:expr, |$connection:ident| $function:ident($($argument:expr),*)) => {
        match &$store.0 {
            Kind::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                #[allow(clippy::redundant_closure_call, reason = "the closure is the caller's part of the macro")]
                Ok($memory(&mut *memory))
            }
            Kind::Sqlite(sqlite) => {
                let mut connection = sqlite.connection.lock().await;
                let mut $connection = connection.begin().await?;
                let done = statements::sqlite::$function(&mut $connection, $($argument),*).await?;
                $connection.commit().await?;
                Ok(done)
            }
            Kind::Postgres(postgres) => {
                let mut $connection = postgres.pool.begin().await?;
                let done = statements::postgres::$function(&mut $connection, $($argument),*).await?;
                $connection.commit().await?;
                Ok(done)
            }
        }
    };
}

impl Store {
    /// Opens a store, and makes it where it is not there yet.
    pub(super) async fn open(store: &ServeStore) -> Result<Store, StoreError> {
        Ok(Store(match store {
            ServeStore::Memory => Kind::Memory(Box::default()),
            ServeStore::Sqlite(path) => Kind::Sqlite(Sqlite::open(path).await?),
            ServeStore::Postgres(url) => Kind::Postgres(postgres::open(url).await?),
        }))
    }

    /// True where what was accepted is there after a crash.
    pub(super) fn lasts(&self) -> bool {
        !matches!(self.0, Kind::Memory(_))
    }

    /// Returns the directory in which a store of files lies.
    pub(super) fn directory(store: &ServeStore) -> Option<&Path> {
        match store {
            ServeStore::Sqlite(path) => Some(path.parent().unwrap_or(Path::new(""))),
            ServeStore::Postgres(_) | ServeStore::Memory => None,
        }
    }

    /// Keeps a delivery, and says which run is for it. It is kept for good when this returns.
    pub(super) async fn accept(&self, new: NewDelivery) -> Result<Accepted, StoreError> {
        match &self.0 {
            Kind::Memory(memory) => Ok(memory.lock().unwrap_or_else(PoisonError::into_inner).accept(&new)),
            Kind::Sqlite(sqlite) => sqlite.waiting.accept(new).await,
            Kind::Postgres(postgres) => postgres.waiting.accept(new).await,
        }
    }

    /// Takes the next run, until `lease`.
    pub(super) async fn claim(&self, owner: &str, now: i64, lease: i64) -> Result<Option<Claimed>, StoreError> {
        let claimed: Result<Option<Claimed>, StoreError> =
            in_transaction!(self, |memory: &mut Memory| memory.claim(now), |connection| claim((owner, now, lease)));
        match claimed {
            // Another replica took a run of the same site at this very moment.
            Err(StoreError::Database(sqlx::Error::Database(error))) if error.is_unique_violation() => Ok(None),
            claimed => claimed,
        }
    }

    /// Makes a lease longer; false where the run is no longer this process's.
    pub(super) async fn extend(&self, id: &str, owner: &str, lease: i64) -> Result<bool, StoreError> {
        in_transaction!(self, |_: &mut Memory| true, |connection| extend((id, owner, lease)))
    }

    /// Takes note of how a run ended; false where it is no longer this process's.
    pub(super) async fn finish(
        &self,
        (id, owner): (&str, &str),
        ending: &Ending,
        report: serde_json::Value,
        now: i64,
    ) -> Result<bool, StoreError> {
        let text = report.to_string();
        in_transaction!(
            self,
            |memory: &mut Memory| {
                memory.finish(id, ending, report.clone(), now);
                true
            },
            |connection| finish((id, owner), (ending, &text, now))
        )
    }

    /// Returns a run.
    pub(super) async fn run(&self, id: &str) -> Result<Option<Run>, StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.run(id), |connection| run(id))
    }

    /// Lists the runs that are not over, and the newest of the others.
    pub(super) async fn recent(&self, most: i64) -> Result<Vec<Listed>, StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.recent(most), |connection| recent(most))
    }

    /// Takes note that a page is being made; false where that is so already, since no earlier than `before`.
    pub(super) async fn begin_page(&self, name: &str, now: i64, before: i64) -> Result<bool, StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.begin_page(name, now, before), |connection| begin_page((
            name, now, before
        )))
    }

    /// Keeps a page; an earlier one of its name goes.
    pub(super) async fn keep_page(&self, name: &str, now: i64, drawn: &Drawn) -> Result<(), StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.keep_page(name, now, drawn), |connection| keep_page((
            name, now, drawn
        )))
    }

    /// Returns a page.
    pub(super) async fn page(&self, name: &str) -> Result<Option<KeptPage>, StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.page(name), |connection| page(name))
    }

    /// Counts the runs in each state.
    pub(super) async fn counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.counts(), |connection| counts())
    }

    /// Forgets what ended before a moment, and the pages beyond so many.
    pub(super) async fn forget(&self, before: i64, pages: i64) -> Result<(), StoreError> {
        in_transaction!(self, |memory: &mut Memory| memory.forget(before, pages), |connection| forget((before, pages)))
    }
}

#[cfg(test)]
mod tests;
