//! What is asked of a database, in SQL that `SQLite` and Postgres both speak; only how rows are locked differs.
//!
//! Each statement runs in a transaction of its caller's. The indexes hold what must hold: one waiting run for a hook of a site, and one
//! that runs for a site.

/// Makes the functions for the connection of one database; `$lock` stands behind a `SELECT` whose rows are then changed.
macro_rules! statements {
    ($connection:ty, $row:ty, $lock:literal) => {
        use sqlx::Row as _;

        use crate::serve::store::records::{
            Accepted, Claimed, Drawn, Ending, KeptPage, Listed, MOST, NewDelivery, Run, StoreError,
        };

        /// Keeps a delivery, and finds the run that is for it.
        pub(in crate::serve::store) async fn accept(
            connection: &mut $connection,
            new: &NewDelivery,
        ) -> Result<Accepted, StoreError> {
            if let Some(run) = known(connection, new).await? {
                return Ok(Accepted { run, is_known: true });
            }
            let run: String = sqlx::query_scalar(
                "INSERT INTO runs (id, site, hook, state, attempts, created, not_before)
                 VALUES ($1, $2, $3, 'waiting', 0, $4, CASE
                     WHEN EXISTS (SELECT 1 FROM runs r WHERE r.site = $2 AND r.created > $4 - 2 * $5)
                     THEN $4 + $5 ELSE $4 END)
                 ON CONFLICT (site, hook) WHERE state = 'waiting'
                 DO UPDATE SET not_before = CASE
                     WHEN runs.not_before > excluded.not_before THEN excluded.not_before ELSE runs.not_before END
                 RETURNING id",
            )
            .bind(&new.run)
            .bind(&new.site)
            .bind(&new.hook)
            .bind(new.received)
            .bind(new.gather)
            .fetch_one(&mut *connection)
            .await?;
            // One whose run has failed counts again; one that came at the same moment as this does not.
            let kept = sqlx::query(
                "INSERT INTO deliveries (hook, replay, received, run, deploy) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (hook, replay) DO UPDATE SET run = excluded.run, received = excluded.received
                 WHERE EXISTS (SELECT 1 FROM runs WHERE id = deliveries.run AND state = 'failed')",
            )
            .bind(&new.hook)
            .bind(&new.replay)
            .bind(new.received)
            .bind(&run)
            .bind(&new.deploy)
            .execute(&mut *connection)
            .await?;
            Ok(Accepted { run, is_known: kept.rows_affected() == 0 })
        }

        /// Returns the run of a delivery that came before and did not fail.
        async fn known(connection: &mut $connection, new: &NewDelivery) -> Result<Option<String>, StoreError> {
            let Some(replay) = &new.replay else { return Ok(None) };
            let run = sqlx::query_scalar(
                "SELECT d.run FROM deliveries d JOIN runs r ON r.id = d.run
                 WHERE d.hook = $1 AND d.replay = $2 AND r.state <> 'failed'",
            )
            .bind(&new.hook)
            .bind(replay)
            .fetch_optional(&mut *connection)
            .await?;
            Ok(run)
        }

        /// Takes the run that has waited longest, of a site of which none runs. A run whose process is gone waits again first.
        pub(in crate::serve::store) async fn claim(
            connection: &mut $connection,
            (owner, now, lease): (&str, i64, i64),
        ) -> Result<Option<Claimed>, StoreError> {
            let gone = concat!("SELECT id FROM runs WHERE state = 'running' AND lease < $1", $lock);
            let gone: Vec<String> = sqlx::query_scalar(gone).bind(now).fetch_all(&mut *connection).await?;
            for id in gone {
                wait_again(connection, &id, now, false).await?;
            }
            let taken = concat!(
                "UPDATE runs SET state = 'running', owner = $1, lease = $2, attempts = attempts + 1 WHERE id = (
                     SELECT r.id FROM runs r WHERE r.state = 'waiting' AND r.not_before <= $3
                     AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.site = r.site AND o.state = 'running')
                     ORDER BY r.created, r.id LIMIT 1",
                $lock,
                ") RETURNING id, site, hook, attempts"
            );
            let taken = sqlx::query(taken).bind(owner).bind(lease).bind(now).fetch_optional(&mut *connection).await?;
            let Some(row) = taken else { return Ok(None) };
            let (id, site, hook): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let attempts = row.try_get(3)?;
            // What failed before is purged along: of paths and events nothing else would tell.
            sqlx::query(
                "UPDATE deliveries SET run = $1 WHERE run IN (
                     SELECT id FROM runs WHERE site = $2 AND hook = $3 AND state = 'failed')",
            )
            .bind(&id)
            .bind(&site)
            .bind(&hook)
            .execute(&mut *connection)
            .await?;
            let (deploys, is_cut) = deploys(connection, &id).await?;
            Ok(Some(Claimed { id, site, hook, attempts, deploys, is_cut }))
        }

        /// Returns the deploys of a run, or the newest alone and true where there are too many.
        async fn deploys(connection: &mut $connection, run: &str) -> Result<(Vec<String>, bool), StoreError> {
            let bytes = "SELECT CAST(COALESCE(SUM(LENGTH(deploy)), 0) AS BIGINT) FROM deliveries WHERE run = $1";
            let bytes: i64 = sqlx::query_scalar(bytes).bind(run).fetch_one(&mut *connection).await?;
            let (is_cut, deploys) = if bytes > MOST {
                (true, "SELECT deploy FROM deliveries WHERE run = $1 ORDER BY received DESC, id DESC LIMIT 1")
            } else {
                (false, "SELECT deploy FROM deliveries WHERE run = $1 ORDER BY received, id")
            };
            Ok((sqlx::query_scalar(deploys).bind(run).fetch_all(&mut *connection).await?, is_cut))
        }

        /// Lets a run wait again; what waits already for the same hook takes its deliveries.
        async fn wait_again(
            connection: &mut $connection,
            id: &str,
            not_before: i64,
            uncounted: bool,
        ) -> Result<(), StoreError> {
            let other = "SELECT o.id FROM runs o JOIN runs r ON o.site = r.site AND o.hook = r.hook
                 WHERE r.id = $1 AND o.state = 'waiting'";
            let other: Option<String> = sqlx::query_scalar(other).bind(id).fetch_optional(&mut *connection).await?;
            let Some(other) = other else {
                let waits = "UPDATE runs SET state = 'waiting', not_before = $2, owner = NULL, lease = NULL,
                     attempts = attempts - $3 WHERE id = $1";
                let waits = sqlx::query(waits).bind(id).bind(not_before).bind(i64::from(uncounted));
                waits.execute(&mut *connection).await?;
                return Ok(());
            };
            let moved = sqlx::query("UPDATE deliveries SET run = $2 WHERE run = $1").bind(id).bind(&other);
            moved.execute(&mut *connection).await?;
            let joins = "UPDATE runs SET state = 'joined', joined = $2, owner = NULL, lease = NULL WHERE id = $1";
            sqlx::query(joins).bind(id).bind(&other).execute(&mut *connection).await?;
            Ok(())
        }

        /// Makes a lease longer; false where the run is no longer this process's.
        pub(in crate::serve::store) async fn extend(
            connection: &mut $connection,
            (id, owner, lease): (&str, &str, i64),
        ) -> Result<bool, StoreError> {
            let longer = "UPDATE runs SET lease = $3 WHERE id = $1 AND owner = $2 AND state = 'running'";
            let longer = sqlx::query(longer).bind(id).bind(owner).bind(lease).execute(&mut *connection).await?;
            Ok(longer.rows_affected() > 0)
        }

        /// Takes note of how a run ended; false where it is no longer this process's.
        pub(in crate::serve::store) async fn finish(
            connection: &mut $connection,
            (id, owner): (&str, &str),
            (ending, report, now): (&Ending, &str, i64),
        ) -> Result<bool, StoreError> {
            let report_of = "UPDATE runs SET report = $3 WHERE id = $1 AND owner = $2 AND state = 'running'";
            let is_ours = sqlx::query(report_of).bind(id).bind(owner).bind(report).execute(&mut *connection).await?;
            if is_ours.rows_affected() == 0 {
                return Ok(false);
            }
            let state = match ending {
                Ending::Again(not_before) => return wait_again(connection, id, *not_before, false).await.map(|()| true),
                Ending::HandedBack => return wait_again(connection, id, now, true).await.map(|()| true),
                Ending::Done => "done",
                Ending::Failed => "failed",
            };
            let ended = "UPDATE runs SET state = $2, ended = $3, owner = NULL, lease = NULL WHERE id = $1";
            sqlx::query(ended).bind(id).bind(state).bind(now).execute(&mut *connection).await?;
            Ok(true)
        }

        /// Returns a run.
        pub(in crate::serve::store) async fn run(
            connection: &mut $connection,
            id: &str,
        ) -> Result<Option<Run>, StoreError> {
            let run = "SELECT id, site, hook, state, attempts, created, ended, joined, report FROM runs WHERE id = $1";
            let row = sqlx::query(run).bind(id).fetch_optional(&mut *connection).await?;
            row.as_ref().map(read).transpose()
        }

        /// Reads a row that begins with what a run is.
        fn read(row: &$row) -> Result<Run, StoreError> {
            let report: Option<String> = row.try_get(8)?;
            let report = report.map(|text| serde_json::from_str(&text)).transpose();
            Ok(Run {
                id: row.try_get(0)?,
                site: row.try_get(1)?,
                hook: row.try_get(2)?,
                state: row.try_get(3)?,
                attempts: row.try_get(4)?,
                created: row.try_get(5)?,
                ended: row.try_get(6)?,
                joined: row.try_get(7)?,
                report: report.map_err(|_| StoreError::Strange("a report that is no JSON"))?,
            })
        }

        /// Lists the runs that are not over, and then the newest of the others.
        pub(in crate::serve::store) async fn recent(
            connection: &mut $connection,
            most: i64,
        ) -> Result<Vec<Listed>, StoreError> {
            let runs = "SELECT id, site, hook, state, attempts, created, ended, joined, report,
                    (SELECT COUNT(*) FROM deliveries d WHERE d.run = runs.id),
                    (SELECT COUNT(*) FROM pages p WHERE p.name = runs.id)
                 FROM runs WHERE state IN ('waiting', 'running')
                 OR id IN (SELECT id FROM runs ORDER BY created DESC, id DESC LIMIT $1)
                 ORDER BY created DESC, id DESC";
            let rows = sqlx::query(runs).bind(most).fetch_all(&mut *connection).await?;
            let listed = |row: &$row| {
                let (deliveries, pages): (i64, i64) = (row.try_get(9)?, row.try_get(10)?);
                Ok(Listed { run: read(row)?, deliveries, has_page: pages > 0 })
            };
            rows.iter().map(listed).collect()
        }

        /// Takes note that a page is being made; false where that is so already, since no earlier than `before`.
        pub(in crate::serve::store) async fn begin_page(
            connection: &mut $connection,
            (name, now, before): (&str, i64, i64),
        ) -> Result<bool, StoreError> {
            let begun = "INSERT INTO pages (name, made) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET made = excluded.made, policy = NULL, page = NULL
                 WHERE pages.page IS NOT NULL OR pages.made < $3";
            let begun = sqlx::query(begun).bind(name).bind(now).bind(before).execute(&mut *connection).await?;
            Ok(begun.rows_affected() > 0)
        }

        /// Keeps a page; an earlier one of its name goes.
        pub(in crate::serve::store) async fn keep_page(
            connection: &mut $connection,
            (name, now, drawn): (&str, i64, &Drawn),
        ) -> Result<(), StoreError> {
            let kept = "INSERT INTO pages (name, made, policy, page) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (name) DO UPDATE
                 SET made = excluded.made, policy = excluded.policy, page = excluded.page";
            let kept = sqlx::query(kept).bind(name).bind(now).bind(&drawn.policy).bind(&drawn.page);
            kept.execute(&mut *connection).await?;
            Ok(())
        }

        /// Returns a page.
        pub(in crate::serve::store) async fn page(
            connection: &mut $connection,
            name: &str,
        ) -> Result<Option<KeptPage>, StoreError> {
            let page = "SELECT made, policy, page FROM pages WHERE name = $1";
            let Some(row) = sqlx::query(page).bind(name).fetch_optional(&mut *connection).await? else {
                return Ok(None);
            };
            let (policy, page): (Option<String>, Option<Vec<u8>>) = (row.try_get(1)?, row.try_get(2)?);
            let drawn = policy.zip(page).map(|(policy, page)| Drawn { policy, page });
            Ok(Some(KeptPage { made: row.try_get(0)?, drawn }))
        }

        /// Counts the runs in each state.
        pub(in crate::serve::store) async fn counts(
            connection: &mut $connection,
        ) -> Result<Vec<(String, i64)>, StoreError> {
            let rows = sqlx::query("SELECT state, COUNT(*) FROM runs GROUP BY state ORDER BY state");
            let rows = rows.fetch_all(&mut *connection).await?;
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
        }

        /// Forgets what ended before a moment, and the pages beyond so many.
        pub(in crate::serve::store) async fn forget(
            connection: &mut $connection,
            (before, pages): (i64, i64),
        ) -> Result<(), StoreError> {
            for statement in [
                "DELETE FROM deliveries WHERE run IN (SELECT id FROM runs WHERE state IN ('done', 'failed') AND ended < $1)",
                "DELETE FROM runs WHERE (state IN ('done', 'failed') AND ended < $1 OR state = 'joined' AND created < $1)
                     AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.run = runs.id)",
            ] {
                sqlx::query(statement).bind(before).execute(&mut *connection).await?;
            }
            let older = "DELETE FROM pages WHERE made < $1
                 OR name NOT IN (SELECT name FROM pages ORDER BY made DESC, name LIMIT $2)";
            sqlx::query(older).bind(before).bind(pages).execute(&mut *connection).await?;
            Ok(())
        }
    };
}

/// For `SQLite`, of which one process has one connection: nothing has to be locked.
pub(super) mod sqlite {
    statements!(sqlx::SqliteConnection, sqlx::sqlite::SqliteRow, "");
}

/// For Postgres: what another replica has locked is passed over.
pub(super) mod postgres {
    statements!(sqlx::PgConnection, sqlx::postgres::PgRow, " FOR UPDATE SKIP LOCKED");
}
