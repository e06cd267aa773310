//! The right to work a generation: a lock that dies with its connection.

use sqlx::{Connection, PgConnection, PgExecutor, PgPool};

/// Keeps these locks apart from any other advisory locks: "proj" in ASCII.
const LOCK_CLASS: i32 = 0x7072_6f6a;

/// How long a worker may say nothing before its lock is taken from it: its process is stopped, or its
/// machine is out of reach and the server has not noticed. What it does when it wakes up is refused,
/// since the checkpoint has moved.
const SILENCE_SECONDS: i32 = 5;

/// The right to work one generation, for as long as it is kept.
///
/// The connection belongs to no pool: a pool would hand it, lock and all, to somebody else.
pub(crate) struct Lease {
    connection: PgConnection,
}

impl Lease {
    /// Takes the lease, unless somebody has it.
    pub(crate) async fn try_take(pool: &PgPool, generation: i64) -> Result<Option<Self>, sqlx::Error> {
        let key = i32::try_from(generation).unwrap_or(i32::MAX);
        // Those who wait for their turn ask often, and a new session for each question would be dear.
        if !is_granted("SELECT pg_try_advisory_xact_lock($1, $2)", key, pool).await?
            && !wrest(pool, generation, key).await?
        {
            return Ok(None);
        }
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        if is_granted("SELECT pg_try_advisory_lock($1, $2)", key, &mut connection).await? {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Whether nobody has the lease. One that a silent worker has is taken from it, and free soon after.
    pub(crate) async fn is_free(pool: &PgPool, generation: i64) -> Result<bool, sqlx::Error> {
        let key = i32::try_from(generation).unwrap_or(i32::MAX);
        let is_free = is_granted("SELECT pg_try_advisory_xact_lock($1, $2)", key, pool).await?;
        if !is_free {
            wrest(pool, generation, key).await?;
        }
        Ok(is_free)
    }

    /// Fails when the connection, and the lock with it, is lost.
    pub(crate) async fn check(&mut self) -> Result<(), sqlx::Error> {
        self.connection.ping().await
    }

    /// Gives the lease back at once.
    pub(crate) async fn release(self) {
        // When this fails the server has noticed, or soon will, that the connection is gone.
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a projection's lock connection did not close in order");
        }
    }
}

/// Ends the connection of a worker that has been silent for too long. Says whether there was one.
///
/// With the rights of the login, as the locks are taken: a role may not end what belongs to its login.
async fn wrest(pool: &PgPool, generation: i64, key: i32) -> Result<bool, sqlx::Error> {
    let silent = sqlx::query_scalar(include_str!("silent.sql"))
        .bind(generation)
        .bind(SILENCE_SECONDS);
    let is_silent: Option<bool> = silent.fetch_optional(pool).await?;
    if !is_silent.unwrap_or_default() {
        return Ok(false);
    }
    let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
    let query = sqlx::query_scalar(include_str!("wrest.sql"))
        .bind(LOCK_CLASS)
        .bind(key);
    let ended: i64 = query.fetch_one(&mut connection).await?;
    connection.close().await?;
    if ended > 0 {
        tracing::warn!(generation, "a silent worker's lock was taken from it");
    }
    Ok(ended > 0)
}

async fn is_granted(ask: &str, key: i32, executor: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(ask)
        .bind(LOCK_CLASS)
        .bind(key)
        .fetch_one(executor)
        .await
}
