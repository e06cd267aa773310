//! Reading the whole log in order, decoded, by one reader.
//!
//! The floor is the same rows fetched by position and not decoded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use event_store::{Decoder, Filter};
use platform::pool::DatabaseRole;

use crate::{
    Size,
    parcel::ParcelEvent,
    report::{Measure, Report, rate},
    server::{Database, Server},
};

/// How many events are read at once.
const PAGE: usize = 5_000;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let events = match size {
        Size::Small => 200_000,
        Size::Full => 2_000_000,
    };
    let database = server.database().await?;
    fill(&database, events).await?;
    let ours = decoded(&database, events).await?;
    let floor = bare(&database).await?;
    report.add(Measure::new("read_all", "events/s", ours).floor(floor).resident())
}

/// Fills a log as `append_events` would have, but quicker: what is measured is what comes after.
pub(crate) async fn fill(database: &Database, events: i64) -> Result<()> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    let [packed, _] = ParcelEvent::of_one_command();
    let head: i64 = sqlx::query_scalar("SELECT position FROM log_head")
        .fetch_one(&pool)
        .await?;
    let mut from = head + 1;
    while from <= events {
        let to = (from + 99_999).min(events);
        sqlx::query(include_str!("fill.sql"))
            .bind(from)
            .bind(to)
            .bind(serde_json::to_string(&packed)?)
            .execute(&pool)
            .await?;
        from = to + 1;
    }
    sqlx::query("UPDATE log_head SET position = $1")
        .bind(events)
        .execute(&pool)
        .await?;
    sqlx::query("VACUUM ANALYZE events").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

async fn decoded(database: &Database, events: i64) -> Result<f64> {
    let (log, decoder) = (database.log().await?, Arc::new(Decoder::default()));
    let (start, mut after, mut count) = (Instant::now(), 0, 0);
    loop {
        let page = log.read(after, PAGE, &Filter::default()).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            let _decoded: ParcelEvent = decoder.decode(event)?;
            count += 1;
        }
    }
    ensure!(i64::try_from(count)? == events, "the log was not read to its end");
    Ok(rate(count, start.elapsed()))
}

async fn bare(database: &Database) -> Result<f64> {
    let pool = database.pool(DatabaseRole::Auditor).await?;
    let (start, mut after, mut count) = (Instant::now(), 0_i64, 0);
    loop {
        let page = "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, \
                    metadata::text, recorded_at FROM events WHERE position > $1 ORDER BY position LIMIT $2";
        let rows = sqlx::query(page)
            .bind(after)
            .bind(i64::try_from(PAGE)?)
            .fetch_all(&pool)
            .await?;
        let Some(last) = rows.last() else { break };
        after = sqlx::Row::try_get(last, 0)?;
        count += rows.len();
    }
    Ok(rate(count, start.elapsed().max(Duration::from_micros(1))))
}
