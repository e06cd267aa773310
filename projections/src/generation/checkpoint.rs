//! Moving the checkpoint of a generation.

use event_store::Position;
use sqlx::{PgConnection, PgPool};

/// How many rows the transaction changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    /// Each is found by its key. A plan that was made while the tables were small would read all of them
    /// for that, again and again while they grow, until their statistics are made anew.
    Few,
    /// However the server likes to find them.
    Many,
}

/// Moves the checkpoint inside the transaction that writes the rows. False means that somebody else
/// moved it, or that the generation is no longer fed: then nothing may be written.
///
/// It also spares the transaction its flush of the disk. PostgreSQL's write-ahead log is one ordered
/// sequence, so a crash loses a suffix of it: the rows together with their checkpoint, never one
/// without the other. What was lost is read from the log again.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    id: i64,
    old: Position,
    new: Position,
    changes: Changes,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(include_str!("advance.sql"))
        .bind(id)
        .bind(old)
        .bind(new)
        .bind(match changes {
            Changes::Few => "off",
            Changes::Many => "on",
        });
    Ok(moved.execute(connection).await?.rows_affected() == 1)
}

/// What a worker learns when it says that it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beat {
    /// Readers use the generation, and the views of `souk_live` do not show it.
    pub(crate) lacks_views: bool,
}

/// Says that the worker lives and how many positions it does in a second. Nothing means that the
/// generation is no longer fed.
pub(crate) async fn beat(pool: &PgPool, id: i64, rate: f64) -> Result<Option<Beat>, sqlx::Error> {
    let beat = "UPDATE projection_generations SET heartbeat_at = now(), rate = $2 \
                WHERE id = $1 AND state IN ('building', 'ready', 'live') \
                RETURNING state = 'live' AND NOT presented";
    let lacks_views = sqlx::query_scalar(beat).bind(id).bind(rate);
    let lacks_views = lacks_views.fetch_optional(pool).await?;
    Ok(lacks_views.map(|lacks_views| Beat { lacks_views }))
}

/// Says that the tables have their secondary indexes, inside the transaction that made them. False means
/// that somebody else was quicker.
pub(crate) async fn mark_indexed(connection: &mut PgConnection, id: i64) -> Result<bool, sqlx::Error> {
    let mark = "UPDATE projection_generations SET indexed = true, heartbeat_at = now() \
                WHERE id = $1 AND NOT indexed AND state IN ('building', 'ready')";
    Ok(sqlx::query(mark)
        .bind(id)
        .execute(connection)
        .await?
        .rows_affected()
        == 1)
}

/// Says that a build has reached its end and may be switched to. False means that it is gone.
pub(crate) async fn mark_ready(pool: &PgPool, id: i64) -> Result<bool, sqlx::Error> {
    let mark = "UPDATE projection_generations SET state = 'ready' \
                WHERE id = $1 AND indexed AND state IN ('building', 'ready')";
    Ok(sqlx::query(mark).bind(id).execute(pool).await?.rows_affected() == 1)
}

/// Says why the generation stands still; the next step forward clears it.
pub(crate) async fn record_error(
    pool: &PgPool,
    id: i64,
    reason: &str,
    position: Option<Position>,
) -> Result<(), sqlx::Error> {
    let record =
        "UPDATE projection_generations SET error = $2, error_position = $3, error_at = now() WHERE id = $1";
    sqlx::query(record)
        .bind(id)
        .bind(reason)
        .bind(position)
        .execute(pool)
        .await?;
    Ok(())
}
