//! What a process manager keeps in PostgreSQL, reached over one connection of its own.
//!
//! The connection holds the lock that makes this copy the working one, and every write goes over it:
//! when it breaks, lock and pen are lost together. The checkpoint is compared before anything is
//! written, for the case that this is ever not enough.
//!
//! Its transactions do not wait for the disk (`synchronous_commit = off`), which saves a wait at each
//! hop of an order. The write-ahead log is one ordered sequence, so a crash loses a suffix of it: states,
//! outbox and checkpoint are lost together, and the same events cause the same actions under the same
//! keys again. An event that an action wrote is committed synchronously and later in that sequence, so
//! whatever had consequences in the log is durable together with them.

mod rows;

use std::time::Duration;

use domain::process::ProcessManager;
use event_store::Position;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool};

pub(crate) use self::rows::{Outgoing, Reacted, StoredAction, Trouble};
use crate::{
    error::ProcessError,
    identity::{ActionId, lock_key},
};

/// How long one statement may take before the connection counts as dead.
const STATEMENT_LIMIT: Duration = Duration::from_secs(15);

/// Without the keep-alives a copy whose machine vanished would hold the lock for hours.
const SESSION: &str = "
    SET synchronous_commit = off;
    SET tcp_keepalives_idle = 5;
    SET tcp_keepalives_interval = 2;
    SET tcp_keepalives_count = 3";

/// Everything that one batch of events came to.
pub(crate) struct Save<'a> {
    /// The checkpoint as this runner left it.
    pub(crate) expected: Position,
    /// The newest event of the batch.
    pub(crate) position: Position,
    pub(crate) reacted: &'a [Reacted],
    pub(crate) outgoing: &'a [Outgoing],
    /// Actions that were done since the last save.
    pub(crate) done: &'a [ActionId],
}

/// How many actions do not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Standing {
    pub(crate) deferred: i64,
    pub(crate) parked: i64,
}

/// The tables, as seen by one process manager.
pub(crate) struct Store {
    connection: PgConnection,
    manager: &'static str,
}

impl Store {
    /// Takes a connection out of the pool, with the rights that the pool gives it.
    pub(crate) async fn open(pool: &PgPool, manager: &'static str) -> Result<Self, ProcessError> {
        let mut connection = in_time(pool.acquire()).await?.detach();
        in_time(connection.execute(sqlx::raw_sql(SESSION))).await?;
        Ok(Self { connection, manager })
    }

    /// Whether this copy is the working one from now until its connection ends.
    pub(crate) async fn try_lock(&mut self) -> Result<bool, ProcessError> {
        let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(lock_key(self.manager));
        in_time(lock.fetch_one(&mut self.connection)).await
    }

    /// How far the process manager came.
    pub(crate) async fn checkpoint(&mut self) -> Result<Position, ProcessError> {
        let create = sqlx::query(
            "INSERT INTO process_checkpoints (manager, position) VALUES ($1, 0)
             ON CONFLICT ON CONSTRAINT process_checkpoints_pkey DO NOTHING",
        );
        in_time(create.bind(self.manager).execute(&mut self.connection)).await?;
        let read = sqlx::query_scalar("SELECT position FROM process_checkpoints WHERE manager = $1");
        in_time(read.bind(self.manager).fetch_one(&mut self.connection)).await
    }

    /// The states of processes; those that never reacted are left out.
    pub(crate) async fn load<M: ProcessManager>(
        &mut self,
        process_ids: &[&str],
    ) -> Result<Vec<(String, M)>, ProcessError> {
        let read = sqlx::query_as::<_, (String, String)>(
            "SELECT process_id, state::text FROM processes WHERE manager = $1 AND process_id = ANY ($2)",
        );
        let read = read.bind(self.manager).bind(process_ids);
        let rows = in_time(read.fetch_all(&mut self.connection)).await?;
        let parse = |(process_id, state): (String, String)| match serde_json::from_str(&state) {
            Ok(state) => Ok((process_id, state)),
            Err(source) => Err(ProcessError::State { process_id, source }),
        };
        rows.into_iter().map(parse).collect()
    }

    /// Writes everything that a batch came to, in one statement that is its own transaction.
    pub(crate) async fn save(&mut self, save: &Save<'_>) -> Result<(), ProcessError> {
        let query = sqlx::query_scalar(include_str!("save.sql"));
        let query = query.bind(self.manager).bind(save.expected).bind(save.position);
        let query = rows::bind_reacted(query, save.reacted);
        let query = rows::bind_outgoing(query, save.outgoing);
        let query = rows::bind_ids(query, save.done.iter().copied());
        let moved: i64 = in_time(query.fetch_one(&mut self.connection)).await?;
        if moved == 0 {
            return Err(ProcessError::Fenced {
                manager: self.manager,
                expected: save.expected,
            });
        }
        Ok(())
    }

    /// What was in somebody's hands when they ceased to be, in order, page by page.
    pub(crate) async fn abandoned(
        &mut self,
        after: ActionId,
        limit: usize,
    ) -> Result<Vec<StoredAction>, ProcessError> {
        let read = sqlx::query_as(
            "SELECT position, index, process_id, action::text, key, metadata::text, attempts
             FROM process_outbox
             WHERE manager = $1 AND state = 'pending' AND next_attempt_at IS NULL
                   AND (position, index) > ($2, $3)
             ORDER BY position, index
             LIMIT $4",
        );
        let read = read
            .bind(self.manager)
            .bind(after.position)
            .bind(after.index)
            .bind(count(limit));
        in_time(read.fetch_all(&mut self.connection)).await
    }

    /// Takes actions whose next try is due.
    pub(crate) async fn take_due(&mut self, limit: usize) -> Result<Vec<StoredAction>, ProcessError> {
        let take = sqlx::query_as(include_str!("due.sql"))
            .bind(self.manager)
            .bind(count(limit));
        in_time(take.fetch_all(&mut self.connection)).await
    }

    /// Notes that an action was not done: with a wait it is tried again, without one it is parked.
    pub(crate) async fn note(&mut self, id: ActionId, trouble: &Trouble) -> Result<(), ProcessError> {
        let note = sqlx::query(
            "UPDATE process_outbox
             SET attempts = $4, last_error = $5, next_attempt_at = now() + $6::float8 * interval '1 second',
                 state = CASE WHEN $6::float8 IS NULL THEN 'parked' ELSE 'pending' END
             WHERE manager = $1 AND position = $2 AND index = $3",
        );
        let note = note
            .bind(self.manager)
            .bind(id.position)
            .bind(id.index)
            .bind(trouble.attempts);
        let note = note
            .bind(&trouble.reason)
            .bind(trouble.retry_in.map(|wait| wait.as_secs_f64()));
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
