//! Beginning a generation, and ending one.

use event_store::Position;
use sqlx::{PgConnection, PgPool};

use super::{COLUMNS, Generation};

/// How many generations of a read model stay for a roll back after a switch.
const KEPT_RETIRED: i64 = 1;

/// How many builds of the past a read model may have at once: each is as large as the live one.
const MAX_OF_THE_PAST: i64 = 8;

/// How long nothing may be heard of a data folder before its generations are forgotten.
const FORGOTTEN_AFTER_DAYS: i32 = 30;

/// Adds the row of a new generation, or finds the one that is being built already. Says whether it is
/// new: then the caller makes its tables in the same transaction.
pub(crate) async fn building(
    connection: &mut PgConnection,
    projection: &str,
    place: &str,
    schema_version: i32,
) -> Result<(Generation, bool), sqlx::Error> {
    one_at_a_time(&mut *connection, projection, place).await?;
    if let Some(generation) = super::find_building(&mut *connection, projection, place).await? {
        return Ok((generation, false));
    }
    let generation = insert(connection, projection, place, schema_version, None).await?;
    Ok((generation, true))
}

/// As [`building`], for a build that ends at a position. Nothing when there are too many of them.
pub(crate) async fn of_the_past(
    connection: &mut PgConnection,
    projection: &str,
    place: &str,
    schema_version: i32,
    up_to: Position,
) -> Result<Option<(Generation, bool)>, sqlx::Error> {
    one_at_a_time(&mut *connection, projection, place).await?;
    let begun = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE (projection, place, schema_version, up_to) = ($1, $2, $3, $4) AND state IN ('building', 'ready')"
    );
    let query = sqlx::query(&begun)
        .bind(projection)
        .bind(place)
        .bind(schema_version)
        .bind(up_to);
    if let Some(row) = query.fetch_optional(&mut *connection).await? {
        return Ok(Some((Generation::from_row(&row)?, false)));
    }
    let count = "SELECT count(*) FROM projection_generations \
                 WHERE projection = $1 AND place = $2 AND up_to IS NOT NULL";
    let query = sqlx::query_scalar(count).bind(projection).bind(place);
    let others: i64 = query.fetch_one(&mut *connection).await?;
    if others >= MAX_OF_THE_PAST {
        return Ok(None);
    }
    let generation = insert(connection, projection, place, schema_version, Some(up_to)).await?;
    Ok(Some((generation, true)))
}

/// Two who begin at once: the second waits here and then finds what the first one made.
async fn one_at_a_time(
    connection: &mut PgConnection,
    projection: &str,
    place: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('begin ' || $1 || ' ' || $2, 0))")
        .bind(projection)
        .bind(place)
        .execute(connection)
        .await
        .map(|_locked| ())
}

async fn insert(
    connection: &mut PgConnection,
    projection: &str,
    place: &str,
    schema_version: i32,
    up_to: Option<Position>,
) -> Result<Generation, sqlx::Error> {
    let insert = format!("{} RETURNING {COLUMNS}", include_str!("insert.sql"));
    let query = sqlx::query(&insert)
        .bind(projection)
        .bind(place)
        .bind(schema_version)
        .bind(up_to);
    Generation::from_row(&query.fetch_one(connection).await?)
}

/// Forgets the generations of data folders that are gone: nothing was heard of the folder for so long,
/// and there is nothing of them in the database but their rows.
pub(crate) async fn prune_places(pool: &PgPool, projection: &str, place: &str) -> Result<u64, sqlx::Error> {
    let query = sqlx::query(include_str!("prune_places.sql"))
        .bind(projection)
        .bind(place)
        .bind(FORGOTTEN_AFTER_DAYS);
    Ok(query.execute(pool).await?.rows_affected())
}

/// The generation is lost or damaged. Readers get none until another one is built.
pub(crate) async fn mark_failed(pool: &PgPool, id: i64, reason: &str) -> Result<(), sqlx::Error> {
    let failed = "UPDATE projection_generations \
                  SET state = 'failed', error = $2, error_position = NULL, error_at = now() \
                  WHERE id = $1 AND state IN ('building', 'ready', 'live')";
    sqlx::query(failed).bind(id).bind(reason).execute(pool).await?;
    Ok(())
}

/// Makes the generation that was live before the present one a build in progress, so that it catches
/// up and is switched to like any other.
pub(crate) async fn reopen_retired(
    pool: &PgPool,
    projection: &str,
    place: &str,
    schema_version: i32,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query(include_str!("reopen.sql"))
        .bind(projection)
        .bind(place)
        .bind(schema_version);
    Ok(query.execute(pool).await?.rows_affected() == 1)
}

/// The generations that nobody needs any more: failed ones, and retired ones but for the newest.
pub(crate) async fn outdated(
    pool: &PgPool,
    projection: &str,
    place: &str,
) -> Result<Vec<Generation>, sqlx::Error> {
    let outdated = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE projection = $1 AND place = $2 AND state IN ('retired', 'failed') \
         ORDER BY state = 'retired' DESC, switched_at DESC OFFSET \
         least($3, (SELECT count(*) FROM projection_generations AS kept \
                    WHERE kept.projection = $1 AND kept.place = $2 AND kept.state = 'retired'))"
    );
    let query = sqlx::query(&outdated)
        .bind(projection)
        .bind(place)
        .bind(KEPT_RETIRED);
    query
        .fetch_all(pool)
        .await?
        .iter()
        .map(Generation::from_row)
        .collect()
}

/// Forgets a generation whose tables or index are being dropped.
pub(crate) async fn discard_row(connection: &mut PgConnection, id: i64) -> Result<bool, sqlx::Error> {
    let discard = "DELETE FROM projection_generations WHERE id = $1 AND state IN ('retired', 'failed', 'building', 'ready')";
    Ok(sqlx::query(discard)
        .bind(id)
        .execute(connection)
        .await?
        .rows_affected()
        == 1)
}
