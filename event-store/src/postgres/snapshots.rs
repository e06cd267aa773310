//! Snapshots in PostgreSQL.

use std::time::Duration;

use sqlx::{PgPool, Row, postgres::PgRow};

use super::{
    json::JsonText,
    lent::{Lent, within},
};
use crate::{event::StreamId, read::ReadError, snapshot::Snapshot};

pub(super) async fn load(
    pool: &PgPool,
    time: Duration,
    stream: &StreamId,
    version: i32,
) -> Result<Option<Snapshot>, ReadError> {
    let newest = "SELECT version, sequence, state::text FROM snapshots \
                  WHERE aggregate_type = $1 AND aggregate_id = $2 AND version = $3";
    let query = sqlx::query(newest)
        .bind(&stream.aggregate_type)
        .bind(&stream.aggregate_id)
        .bind(version);
    let mut lent = Lent::from(pool).await?;
    let answer = within(time, query.fetch_optional(lent.connection()?)).await;
    let row = lent.finish(answer)?;
    let snapshot = |row: PgRow| {
        Ok(Snapshot {
            version: row.try_get(0)?,
            sequence: row.try_get(1)?,
            state: row.try_get(2)?,
        })
    };
    row.map(snapshot)
        .transpose()
        .map_err(|error: sqlx::Error| ReadError::unavailable(error))
}

pub(super) async fn save(
    pool: &PgPool,
    time: Duration,
    stream: &StreamId,
    snapshot: Snapshot,
) -> Result<(), ReadError> {
    let query = sqlx::query(include_str!("save_snapshot.sql"))
        .bind(&stream.aggregate_type)
        .bind(&stream.aggregate_id)
        .bind(snapshot.version)
        .bind(snapshot.sequence)
        .bind(JsonText(&snapshot.state));
    let mut lent = Lent::from(pool).await?;
    let answer = within(time, query.execute(lent.connection()?)).await;
    lent.finish(answer)?;
    Ok(())
}
