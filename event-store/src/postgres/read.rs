//! Reading the log.

use std::time::Duration;

use sqlx::{PgPool, Postgres, QueryBuilder, Row, postgres::PgRow};

use super::lent::{Lent, within};
use crate::{
    append::{Appended, StoredKey},
    event::{Position, RecordedEvent, Sequence, StreamId},
    read::{Filter, ReadError, json_text},
};

/// The columns of [`recorded`], in its order.
const COLUMNS: &str = "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, \
                       payload, metadata, recorded_at FROM ";

/// How many positions are looked through for the events of one request. In a longer stretch of the log an
/// index finds them sooner.
const SCANNED: Position = 50_000;

pub(super) async fn head(pool: &PgPool, time: Duration) -> Result<Position, ReadError> {
    let head = sqlx::query_scalar("SELECT position FROM log_head");
    let mut lent = Lent::from(pool).await?;
    let answer = within(time, head.fetch_one(lent.connection()?)).await;
    lent.finish(answer)
}

pub(super) async fn load(
    pool: &PgPool,
    time: Duration,
    stream: &StreamId,
    after: Sequence,
    limit: usize,
) -> Result<Vec<RecordedEvent>, ReadError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query
        .push("events WHERE aggregate_type = ")
        .push_bind(&stream.aggregate_type);
    query.push(" AND aggregate_id = ").push_bind(&stream.aggregate_id);
    query.push(" AND sequence > ").push_bind(after);
    query.push(" ORDER BY sequence LIMIT ").push_bind(rows(limit));
    fetch(pool, time, query).await
}

pub(super) async fn page(
    pool: &PgPool,
    time: Duration,
    after: Position,
    limit: usize,
    filter: &Filter,
) -> Result<Vec<RecordedEvent>, ReadError> {
    let mut query = QueryBuilder::new(COLUMNS);
    let is_long = filter
        .up_to
        .is_none_or(|up_to| up_to.saturating_sub(after) > SCANNED);
    match &filter.correlation_id {
        Some(request) if is_long => {
            query.push("events_of_request(").push_bind(request).push(")");
        }
        _ => {
            query.push("events");
        }
    }
    query.push(" WHERE position > ").push_bind(after);
    if let [aggregate_type] = filter.aggregate_types.as_slice() {
        query.push(" AND aggregate_type = ").push_bind(aggregate_type);
    } else if !filter.aggregate_types.is_empty() {
        query
            .push(" AND aggregate_type = ANY (")
            .push_bind(&filter.aggregate_types)
            .push(")");
    }
    if let Some(aggregate_id) = &filter.aggregate_id {
        query.push(" AND aggregate_id = ").push_bind(aggregate_id);
    }
    if !filter.aggregate_ids.is_empty() {
        query
            .push(" AND aggregate_id = ANY (")
            .push_bind(&filter.aggregate_ids)
            .push(")");
    }
    if let Some(text) = &filter.mentions {
        // Finding a text is quicker than reading JSON, and a payload is text already.
        query.push(" AND (aggregate_id = ").push_bind(text);
        query
            .push(" OR strpos(payload::text, ")
            .push_bind(json_text(text))
            .push(") > 0)");
    }
    if !filter.event_types.is_empty() {
        query
            .push(" AND event_type = ANY (")
            .push_bind(&filter.event_types)
            .push(")");
    }
    if let Some(request) = filter.correlation_id.as_ref().filter(|_| !is_long) {
        query
            .push(" AND metadata->>'correlation_id' = ")
            .push_bind(request);
    }
    if let Some(actor) = &filter.actor {
        query.push(" AND metadata->>'actor' = ").push_bind(actor);
    }
    if let Some(up_to) = filter.up_to {
        query.push(" AND position <= ").push_bind(up_to);
    }
    if let Some(since) = filter.since {
        query.push(" AND recorded_at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        query.push(" AND recorded_at < ").push_bind(until);
    }
    // Within one aggregate both orders are the same, and this one is that of the primary key: however
    // long the log is, only the events of the aggregate are read.
    let one = filter.aggregate_id.is_some() && filter.aggregate_types.len() == 1;
    query.push(match (one, filter.newest_first) {
        (true, false) => " ORDER BY sequence LIMIT ",
        (true, true) => " ORDER BY sequence DESC LIMIT ",
        (false, false) => " ORDER BY position LIMIT ",
        (false, true) => " ORDER BY position DESC LIMIT ",
    });
    query.push_bind(rows(limit));
    fetch(pool, time, query).await
}

pub(super) async fn find_key(
    pool: &PgPool,
    time: Duration,
    key: &str,
) -> Result<Option<StoredKey>, ReadError> {
    let stored = "SELECT fingerprint, aggregate_type, aggregate_id, sequence, position FROM command_keys WHERE key = $1";
    let query = sqlx::query(stored).bind(key);
    let mut lent = Lent::from(pool).await?;
    let answer = within(time, query.fetch_optional(lent.connection()?)).await;
    let row = lent.finish(answer)?;
    let decode = |row: &PgRow| -> Result<StoredKey, sqlx::Error> {
        let stream = StreamId {
            aggregate_type: row.try_get(1)?,
            aggregate_id: row.try_get(2)?,
        };
        let aggregate_id = stream.aggregate_id.clone();
        let (sequence, position) = (row.try_get(3)?, row.try_get(4)?);
        let appended = Appended {
            aggregate_id,
            sequence,
            position,
            replayed: true,
        };
        Ok(StoredKey {
            fingerprint: row.try_get(0)?,
            stream,
            appended,
        })
    };
    row.as_ref()
        .map(decode)
        .transpose()
        .map_err(ReadError::unavailable)
}

async fn fetch(
    pool: &PgPool,
    time: Duration,
    mut query: QueryBuilder<'_, Postgres>,
) -> Result<Vec<RecordedEvent>, ReadError> {
    let mut lent = Lent::from(pool).await?;
    // Each row as it comes: the server goes on with the next ones meanwhile.
    let events = query
        .build()
        .try_map(|row| recorded(&row))
        .fetch_all(lent.connection()?);
    let answer = within(time, events).await;
    lent.finish(answer)
}

fn recorded(row: &PgRow) -> Result<RecordedEvent, sqlx::Error> {
    Ok(RecordedEvent {
        position: row.try_get(0)?,
        aggregate_type: row.try_get(1)?,
        aggregate_id: row.try_get(2)?,
        sequence: row.try_get(3)?,
        event_type: row.try_get(4)?,
        event_version: row.try_get(5)?,
        // On the wire JSON is its text. To let the server turn it into one costs it two copies of each.
        payload: row.try_get_unchecked(6)?,
        metadata: row.try_get_unchecked(7)?,
        recorded_at: row.try_get(8)?,
    })
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
