//! Deliveries and runs in a file of `SQLite`.
//!
//! One process has the file, and one connection of it writes: a lock beside the file keeps others out. Each commit is on the disk before
//! it counts (WAL, `synchronous = FULL`), so deliveries that come together are committed together: one sync of the disk for all that wait.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _, SqliteConnection};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::records::{Accepted, NewDelivery, StoreError};
use super::statements::sqlite::accept;

/// Deliveries that are committed together at most.
const TOGETHER: usize = 256;

/// A delivery that waits to be committed, and who waits for that.
type Waiting = (NewDelivery, oneshot::Sender<Result<Accepted, StoreError>>);

/// The store.
pub(super) struct Sqlite {
    pub(super) connection: Arc<Mutex<SqliteConnection>>,
    waiting: mpsc::Sender<Waiting>,
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
        // Nobody else has the file, so whatever runs in it has stopped.
        sqlx::query("UPDATE runs SET lease = 0 WHERE state = 'running'").execute(&mut connection).await?;
        let connection = Arc::new(Mutex::new(connection));
        let (waiting, taken) = mpsc::channel(4 * TOGETHER);
        tokio::spawn(commit(connection.clone(), taken));
        Ok(Sqlite { connection, waiting, _lock: lock })
    }

    /// Keeps a delivery. It is on the disk when this returns.
    pub(super) async fn accept(&self, new: NewDelivery) -> Result<Accepted, StoreError> {
        let (done, accepted) = oneshot::channel();
        self.waiting.send((new, done)).await.map_err(|_| StoreError::Closed)?;
        accepted.await.map_err(|_| StoreError::Closed)?
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
    Migrator::with_migrations(vec![Migration::new(
        1,
        "runs and deliveries".into(),
        MigrationType::Simple,
        first,
        false,
    )])
}

/// Commits what waits, all of it together, until nobody can send any more.
async fn commit(connection: Arc<Mutex<SqliteConnection>>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        let mut connection = connection.lock().await;
        let (news, senders): (Vec<NewDelivery>, Vec<_>) = batch.drain(..).unzip();
        let (answers, failed) = match together(&mut connection, &news).await {
            Ok(accepted) => (accepted.into_iter().map(Ok).collect(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        drop(connection);
        let mut answers: std::vec::IntoIter<Result<Accepted, StoreError>> = Vec::into_iter(answers);
        for sender in senders {
            let answer = answers.next().unwrap_or_else(|| {
                let why = failed.clone().unwrap_or_default();
                Err(StoreError::Database(sqlx::Error::Protocol(why)))
            });
            // Who has hung up meanwhile delivers again.
            let _gone = sender.send(answer);
        }
    }
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
