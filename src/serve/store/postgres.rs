//! Deliveries and runs in Postgres, for several replicas behind one load balancer.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, SqlSafeStr as _};

use super::records::{Accepted, NewDelivery, StoreError};
use super::statements::postgres::accept;
use super::together::Together;

/// Connections of one replica: enough for the deliveries that are committed at once, and few beside Postgres' own 100.
const CONNECTIONS: u32 = 10;

/// How long a delivery waits for a connection. Then its sender is asked to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The store.
pub(super) struct Postgres {
    pub(super) pool: PgPool,
    pub(super) waiting: Together,
}

/// Connects, and brings the tables up to date. Several replicas may do so at once: Postgres lets one after the other.
pub(super) async fn open(url: &str) -> Result<Postgres, StoreError> {
    // PGPASSWORD and its like count where the URL says nothing.
    let options = PgConnectOptions::from_str(url)?.application_name("diffpurge").disable_statement_logging();
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_with(options).await?;
    migrator().run(&pool).await?;
    let ours = pool.clone();
    let waiting = Together::begin(move |news| {
        let pool = ours.clone();
        async move { together(&pool, &news).await }
    });
    Ok(Postgres { pool, waiting })
}

/// Keeps all of them in one transaction, or none.
async fn together(pool: &PgPool, news: &[NewDelivery]) -> Result<Vec<Accepted>, StoreError> {
    let mut transaction = pool.begin().await?;
    let mut accepted = Vec::with_capacity(news.len());
    for new in news {
        accepted.push(accept(&mut transaction, new).await?);
    }
    transaction.commit().await?;
    Ok(accepted)
}

fn migrator() -> Migrator {
    let first = include_str!("migrations/postgres/1.sql").into_sql_str();
    let second = include_str!("migrations/postgres/2.sql").into_sql_str();
    let simple =
        |number, what: &'static str, sql| Migration::new(number, what.into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![simple(1, "runs and deliveries", first), simple(2, "pages", second)])
}
