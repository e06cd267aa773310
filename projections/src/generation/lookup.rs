//! Finding generations.

use std::collections::HashSet;

use sqlx::{PgExecutor, postgres::PgRow};

use super::{COLUMNS, Generation};

/// The live generation.
pub(crate) async fn find_live(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
) -> Result<Option<Generation>, sqlx::Error> {
    let live = format!(
        "SELECT {COLUMNS} FROM projection_generations WHERE projection = $1 AND place = $2 AND state = 'live'"
    );
    let row = sqlx::query(&live)
        .bind(projection)
        .bind(place)
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(Generation::from_row).transpose()
}

/// The generation that is being built to become live.
pub(crate) async fn find_building(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
) -> Result<Option<Generation>, sqlx::Error> {
    let building = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE projection = $1 AND place = $2 AND state IN ('building', 'ready') AND up_to IS NULL"
    );
    let row = sqlx::query(&building)
        .bind(projection)
        .bind(place)
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(Generation::from_row).transpose()
}

/// The generation that a reader of this version can use: the live one, or during a deploy the one that
/// was live before, since a reader cannot read tables of another version.
pub(crate) async fn find_readable(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
    schema_version: i32,
) -> Result<Option<Generation>, sqlx::Error> {
    let readable = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE projection = $1 AND place = $2 AND schema_version = $3 AND state IN ('live', 'retired') \
         ORDER BY state = 'live' DESC, switched_at DESC LIMIT 1"
    );
    let query = sqlx::query(&readable)
        .bind(projection)
        .bind(place)
        .bind(schema_version);
    let row: Option<PgRow> = query.fetch_optional(executor).await?;
    row.as_ref().map(Generation::from_row).transpose()
}

/// The schemas, or the folders of an index, that some generation has.
pub(crate) async fn schema_names(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
) -> Result<HashSet<String>, sqlx::Error> {
    let names = "SELECT schema_name FROM projection_generations WHERE projection = $1 AND place = $2";
    let query = sqlx::query_scalar(names).bind(projection).bind(place);
    Ok(query.fetch_all(executor).await?.into_iter().collect())
}

/// A generation as it is now.
pub(crate) async fn fetch(executor: impl PgExecutor<'_>, id: i64) -> Result<Option<Generation>, sqlx::Error> {
    let one = format!("SELECT {COLUMNS} FROM projection_generations WHERE id = $1");
    let row = sqlx::query(&one).bind(id).fetch_optional(executor).await?;
    row.as_ref().map(Generation::from_row).transpose()
}

/// A generation by its number.
pub(crate) async fn find_number(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
    number: i32,
) -> Result<Option<Generation>, sqlx::Error> {
    let one = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE projection = $1 AND place = $2 AND generation = $3"
    );
    let query = sqlx::query(&one).bind(projection).bind(place).bind(number);
    let row: Option<PgRow> = query.fetch_optional(executor).await?;
    row.as_ref().map(Generation::from_row).transpose()
}

/// The generation that readers would be taken back to.
pub(crate) async fn find_retired(
    executor: impl PgExecutor<'_>,
    projection: &str,
    place: &str,
) -> Result<Option<Generation>, sqlx::Error> {
    let newest = format!(
        "SELECT {COLUMNS} FROM projection_generations \
         WHERE projection = $1 AND place = $2 AND state = 'retired' ORDER BY switched_at DESC LIMIT 1"
    );
    let query = sqlx::query(&newest).bind(projection).bind(place);
    let row: Option<PgRow> = query.fetch_optional(executor).await?;
    row.as_ref().map(Generation::from_row).transpose()
}
