//! Deliveries and runs in a file of `SQLite`.
//!
//! One process has the file, and one connection of it writes: a lock beside the file keeps others out. Each commit is on the disk before
//! it counts (WAL, `synchronous = FULL`).

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _, SqliteConnection};
use tokio::sync::Mutex;

use super::records::{Accepted, NewDelivery, StoreError};
use super::statements::sqlite::accept;
use super::together::Together;

/// The store.
pub(super) struct Sqlite {
    pub(super) connection: Arc<Mutex<SqliteConnection>>,
    pub(super) waiting: Together,
    /// Held as long as the store is open.
    _lock: File,
}

impl Sqlite {
    /// Opens the file, or makes it. What another process was running when it was killed waits again.
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let lock = lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .disable_statement_logging();
        let mut connection = options.connect().await?;
        migrator().run_direct(None, &mut connection, false).await?;
        // Nobody else has the file, so whatever runs in it has stopped, and no page is being made.
        sqlx::query("UPDATE runs SET lease = 0 WHERE state = 'running'").execute(&mut connection).await?;
        sqlx::query("DELETE FROM pages WHERE page IS NULL").execute(&mut connection).await?;
        let connection = Arc::new(Mutex::new(connection));
        let ours = connection.clone();
        let waiting = Together::begin(move |news| {
            let connection = ours.clone();
            async move { together(&mut *connection.lock().await, &news).await }
        });
        Ok(Sqlite { connection, waiting, _lock: lock })
    }
}

/// Takes the lock beside the file, which goes with the process however that ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let shown = || crate::display::shown(path.as_os_str().as_encoded_bytes());
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(name);
    let file = opened.map_err(|error| StoreError::File(shown(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse(shown())),
        Err(std::fs::TryLockError::Error(error)) => Err(StoreError::File(shown(), error)),
    }
}

fn migrator() -> Migrator {
    let first = include_str!("migrations/sqlite/1.sql").into_sql_str();
    let second = include_str!("migrations/sqlite/2.sql").into_sql_str();
    let simple =
        |number, what: &'static str, sql| Migration::new(number, what.into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![simple(1, "runs and deliveries", first), simple(2, "pages", second)])
}

/// Keeps all of them in one transaction, or none.
async fn together(connection: &mut SqliteConnection, news: &[NewDelivery]) -> Result<Vec<Accepted>, StoreError> {
    let mut transaction = connection.begin().await?;
    let mut accepted = Vec::with_capacity(news.len());
    for new in news {
        accepted.push(accept(&mut transaction, new).await?);
    }
    transaction.commit().await?;
    Ok(accepted)
}
