//! Deliveries and runs in Postgres, for several replicas behind one load balancer.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, SqlSafeStr as _};

use super::records::StoreError;

/// Connections of one replica: enough for the deliveries that are committed at once, and few beside Postgres' own 100.
const CONNECTIONS: u32 = 10;

/// How long a delivery waits for a connection. Then its sender is asked to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects, and brings the tables up to date. Several replicas may do so at once: Postgres lets one after the other.
pub(super) async fn open(url: &str) -> Result<PgPool, StoreError> {
    // PGPASSWORD and its like count where the URL says nothing.
    let options = PgConnectOptions::from_str(url)?.application_name("diffpurge").disable_statement_logging();
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_with(options).await?;
    migrator().run(&pool).await?;
    Ok(pool)
}

fn migrator() -> Migrator {
    let first = include_str!("migrations/postgres/1.sql").into_sql_str();
    Migrator::with_migrations(vec![Migration::new(
        1,
        "runs and deliveries".into(),
        MigrationType::Simple,
        first,
        false,
    )])
}
