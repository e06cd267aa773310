//! What a process manager keeps in PostgreSQL, reached over one connection of its own.
//!
//! The connection holds the lock that makes this copy the working one, and every write goes over it:
//! when it breaks, lock and pen are lost together. Each take-over also counts the tenure up, and every
//! write names the tenure that it belongs to: a copy that was stopped and wakes up is refused.
//!
//! Its transactions do not wait for the disk (`synchronous_commit = off`), and most actions are sent before
//! the save that would store them. What makes both right is one rule: *a reaction follows from the log
//! alone*. A crash loses a suffix of states, outbox, timers and checkpoint, all of them together; the same
//! events are then read again and cause the same actions under the same keys, which happen once.
//!
//! A timer is no event, so its place among the events is not in the log: what a timer came to is stored,
//! durably, before anything that follows from it is sent.

mod hung;
mod rows;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::process::{ProcessManager, TimerName};
use event_store::Position;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool};

pub(crate) use self::hung::Watch;
pub(crate) use self::rows::{ActionRef, Outgoing, StoredAction, StoredProcess, Timer, Trouble};
use crate::{error::ProcessError, identity::lock_key};

/// How long one statement may take before the connection counts as dead.
const STATEMENT_LIMIT: Duration = Duration::from_secs(15);

/// Without the keep-alives a copy whose machine vanished would hold the lock for hours. A plan may be
/// made while the tables are empty, and must hold when they are not: everything here looks up some rows by
/// their keys, and the other ways to join read the whole table, or its whole index, for that.
const SESSION: &str = "
    SET synchronous_commit = off;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off;
    SET plan_cache_mode = force_generic_plan;
    SET tcp_keepalives_idle = 5;
    SET tcp_keepalives_interval = 2;
    SET tcp_keepalives_count = 3";

/// Everything that some events, or some timers, came to.
pub(crate) struct Save {
    /// The checkpoint as this runner left it.
    pub(crate) expected: Position,
    /// The newest event that was reacted to.
    pub(crate) position: Position,
    pub(crate) processes: Vec<StoredProcess>,
    /// Actions that were begun and are not known to be done.
    pub(crate) outgoing: Vec<Arc<Outgoing>>,
    /// Stored actions that were done since the last save.
    pub(crate) done: Vec<ActionRef>,
    pub(crate) timers_set: Vec<Timer>,
    pub(crate) timers_dropped: Vec<(String, TimerName)>,
}

/// How many actions do not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Standing {
    pub(crate) deferred: i64,
    pub(crate) parked: i64,
}

/// When a timer rings, and how far away that is by the clock of the database.
///
/// The clocks of the machines that run the service may differ; the one of the database is one for all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DueIn {
    pub(crate) rings_at: DateTime<Utc>,
    pub(crate) wait: Duration,
}

impl DueIn {
    pub(crate) fn new(rings_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            rings_at,
            wait: (rings_at - now).to_std().unwrap_or_default(),
        }
    }
}

/// The tables, as seen by one process manager.
pub(crate) struct Store {
    connection: PgConnection,
    manager: &'static str,
    /// The fencing token: every write names it.
    tenure: i64,
}

impl Store {
    /// Takes a connection out of the pool, with the rights that the pool gives it.
    pub(crate) async fn open(pool: &PgPool, manager: &'static str) -> Result<Self, ProcessError> {
        let mut connection = in_time(pool.acquire()).await?.detach();
        in_time(connection.execute(sqlx::raw_sql(SESSION))).await?;
        Ok(Self {
            connection,
            manager,
            tenure: 0,
        })
    }

    /// Whether this copy is the working one from now until its connection ends.
    pub(crate) async fn try_lock(&mut self) -> Result<bool, ProcessError> {
        let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(lock_key(self.manager));
        in_time(lock.fetch_one(&mut self.connection)).await
    }

    /// Begins a tenure, by which those before it end, and says how far the process manager came.
    pub(crate) async fn take_over(&mut self) -> Result<Position, ProcessError> {
        let begin = sqlx::query_as(
            "INSERT INTO process_checkpoints AS c (manager, position, tenure) VALUES ($1, 0, 1)
             ON CONFLICT ON CONSTRAINT process_checkpoints_pkey DO UPDATE SET tenure = c.tenure + 1
             RETURNING position, tenure",
        );
        let (position, tenure) = in_time(begin.bind(self.manager).fetch_one(&mut self.connection)).await?;
        self.tenure = tenure;
        Ok(position)
    }

    /// The states of processes with the newest event that each knows of; those that never reacted are
    /// left out.
    pub(crate) async fn load<M: ProcessManager>(
        &mut self,
        process_ids: &[&str],
    ) -> Result<Vec<(String, M, (Position, DateTime<Utc>))>, ProcessError> {
        let read = sqlx::query_as::<_, (String, String, Position, DateTime<Utc>)>(
            "SELECT process_id, state::text, position, updated_at FROM processes
             WHERE manager = $1 AND process_id = ANY ($2)",
        );
        let read = read.bind(self.manager).bind(process_ids);
        let rows = in_time(read.fetch_all(&mut self.connection)).await?;
        let parse =
            |(process_id, state, position, recorded_at): (String, String, _, _)| match serde_json::from_str(
                &state,
            ) {
                Ok(state) => Ok((process_id, state, (position, recorded_at))),
                Err(source) => Err(ProcessError::State { process_id, source }),
            };
        rows.into_iter().map(parse).collect()
    }

    /// Writes everything in one statement that is its own transaction, and tells the time of the database.
    pub(crate) async fn save(&mut self, save: &Save) -> Result<DateTime<Utc>, ProcessError> {
        let query = sqlx::query_as(include_str!("save.sql"));
        let query = query.bind(self.manager).bind(save.expected).bind(save.position);
        let query = rows::bind_processes(query, &save.processes);
        let query = rows::bind_outgoing(query, &save.outgoing).map_err(ProcessError::Encode)?;
        let query = rows::bind_places(query, &save.done);
        let query = rows::bind_timers(query, &save.timers_set).map_err(ProcessError::Encode)?;
        let query = rows::bind_names(query, &save.timers_dropped).bind(self.tenure);
        let (moved, now) = in_time(query.fetch_one(&mut self.connection)).await?;
        if !moved {
            return Err(ProcessError::Fenced {
                manager: self.manager,
                expected: save.expected,
            });
        }
        Ok(now)
    }

    /// The same, and it is on the disk when it returns.
    pub(crate) async fn save_durably(&mut self, save: &Save) -> Result<DateTime<Utc>, ProcessError> {
        in_time(
            self.connection
                .execute(sqlx::raw_sql("SET synchronous_commit = on")),
        )
        .await?;
        let now = self.save(save).await?;
        in_time(
            self.connection
                .execute(sqlx::raw_sql("SET synchronous_commit = off")),
        )
        .await?;
        Ok(now)
    }

    /// Whether the lock is still held: it is as long as its connection answers.
    pub(crate) async fn ping(&mut self) -> Result<(), ProcessError> {
        in_time(self.connection.execute(sqlx::raw_sql("SELECT 1"))).await?;
        Ok(())
    }

    /// The timers that should have rung by now, those that were due first come first.
    pub(crate) async fn due_timers(&mut self, limit: usize) -> Result<Vec<Timer>, ProcessError> {
        let read = sqlx::query_as::<_, (String, String, DateTime<Utc>, Position, String)>(
            "SELECT process_id, name, due_at, position, metadata::text FROM process_timers
             WHERE manager = $1 AND coalesce(rings_at, due_at) <= now()
             ORDER BY coalesce(rings_at, due_at), process_id, name
             LIMIT $2",
        );
        let read = read.bind(self.manager).bind(count(limit));
        let rows = in_time(read.fetch_all(&mut self.connection)).await?;
        let timer = |(process_id, name, due_at, position, metadata): (_, String, _, _, String)| {
            let Some(known) = TimerName::from_name(&name) else {
                return Err(ProcessError::Timer { process_id, name });
            };
            Ok(Timer {
                process_id,
                name: known,
                due_at,
                set_at: due_at,
                position,
                metadata: serde_json::from_str(&metadata).unwrap_or_default(),
            })
        };
        rows.into_iter().map(timer).collect()
    }

    /// How long it is until the next timer rings, by the clock of the database.
    pub(crate) async fn next_timer(&mut self) -> Result<Option<DueIn>, ProcessError> {
        let read = sqlx::query_as::<_, (Option<DateTime<Utc>>, DateTime<Utc>)>(
            "SELECT (SELECT coalesce(rings_at, due_at) FROM process_timers WHERE manager = $1
                     ORDER BY coalesce(rings_at, due_at) LIMIT 1), now()",
        );
        let (rings_at, now) = in_time(read.bind(self.manager).fetch_one(&mut self.connection)).await?;
        Ok(rings_at.map(|rings_at| DueIn::new(rings_at, now)))
    }

    /// Forgets processes to which nothing can happen any more, some time after they ended. One with an
    /// action that was parked stays: people may still want to look at it.
    pub(crate) async fn forget_ended(&mut self, after: Duration, limit: usize) -> Result<u64, ProcessError> {
        let forget = sqlx::query(include_str!("forget.sql"));
        let forget = forget
            .bind(self.manager)
            .bind(after.as_secs_f64())
            .bind(count(limit));
        Ok(in_time(forget.execute(&mut self.connection))
            .await?
            .rows_affected())
    }

    /// What was in somebody's hands when they ceased to be, page by page.
    pub(crate) async fn abandoned(
        &mut self,
        after: &ActionRef,
        limit: usize,
    ) -> Result<Vec<StoredAction>, ProcessError> {
        let read = sqlx::query_as(
            "SELECT process_id, position, index, key, action::text, metadata::text, attempts
             FROM process_outbox
             WHERE manager = $1 AND state = 'pending' AND next_attempt_at IS NULL
                   AND (process_id, key) > ($2, $3)
             ORDER BY process_id, key
             LIMIT $4",
        );
        let read = read
            .bind(self.manager)
            .bind(&after.process_id)
            .bind(after.key)
            .bind(count(limit));
        in_time(read.fetch_all(&mut self.connection)).await
    }

    /// Takes actions whose next try is due.
    pub(crate) async fn take_due(&mut self, limit: usize) -> Result<Vec<StoredAction>, ProcessError> {
        let take = sqlx::query_as(include_str!("due.sql"))
            .bind(self.manager)
            .bind(count(limit))
            .bind(self.tenure);
        in_time(take.fetch_all(&mut self.connection)).await
    }

    /// Notes that an action was not done: with a wait it is tried again, without one it is parked.
    pub(crate) async fn note(&mut self, place: &ActionRef, trouble: &Trouble) -> Result<(), ProcessError> {
        let note = sqlx::query(
            "UPDATE process_outbox
             SET attempts = $4, last_error = $5, next_attempt_at = now() + $6::float8 * interval '1 second',
                 state = CASE WHEN $6::float8 IS NULL THEN 'parked' ELSE 'pending' END
             WHERE manager = $1 AND process_id = $2 AND key = $3
               AND EXISTS (SELECT FROM process_checkpoints WHERE manager = $1 AND tenure = $7)",
        );
        let note = note
            .bind(self.manager)
            .bind(&place.process_id)
            .bind(place.key)
            .bind(trouble.attempts);
        let note = note
            .bind(&trouble.reason)
            .bind(trouble.retry_in.map(|wait| wait.as_secs_f64()))
            .bind(self.tenure);
        in_time(note.execute(&mut self.connection)).await?;
        Ok(())
    }

    /// How many actions do not move. It also finds out whether the connection still lives.
    pub(crate) async fn standing(&mut self) -> Result<Standing, ProcessError> {
        let read = sqlx::query_as(
            "SELECT (SELECT count(*) FROM process_outbox
                     WHERE manager = $1 AND state = 'pending' AND next_attempt_at IS NOT NULL) AS deferred,
                    (SELECT count(*) FROM process_outbox
                     WHERE manager = $1 AND state = 'parked') AS parked",
        );
        in_time(read.bind(self.manager).fetch_one(&mut self.connection)).await
    }

    /// Lets another copy have the lock at once.
    pub(crate) async fn close(self) {
        if let Err(error) = in_time(self.connection.close()).await {
            tracing::debug!(%error, process.manager = self.manager, "a connection was not closed in order");
        }
    }
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, ProcessError> {
    match tokio::time::timeout(STATEMENT_LIMIT, work).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(ProcessError::TimedOut {
            limit_s: STATEMENT_LIMIT.as_secs(),
        }),
    }
}
