//! Reading the whole log in order, decoded, by one reader.
//!
//! The floor is the same rows fetched by position and not decoded.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use event_store::{Decoder, Filter, Scan};
use platform::pool::DatabaseRole;

use crate::{
    Size, history,
    report::{Measure, Report, rate},
    server::{Database, Server},
};

/// How many events are read at once.
const PAGE: usize = 5_000;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let events = match size {
        Size::Small => 500_000,
        Size::Full => 5_000_000,
    };
    let database = server.database().await?;
    let events = history::fill(&database, events).await?;
    // Whoever reads first would fetch the log from the disk for the other.
    bare(&database).await?;
    let ours = decoded(&database, events).await?;
    let measure = Measure::new("read_all", "events/s", ours).resident();
    let floor = bare(&database).await?;
    report.add(measure.floor(floor))
}

async fn decoded(database: &Database, events: i64) -> Result<f64> {
    let (log, decoder) = (database.log().await?, Decoder::new(domain::upcasters()));
    let (start, mut count) = (Instant::now(), 0);
    let mut scan = Scan::new(log, 0, Filter::default(), PAGE);
    loop {
        let page = scan.next_page().await?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            let decoded = domain::Event::from_payload(&event.aggregate_type, &decoder.payload(event)?)?;
            // What is never looked at need not be decoded.
            count += usize::from(std::hint::black_box(decoded).aggregate_type() == event.aggregate_type);
        }
    }
    ensure!(i64::try_from(count)? == events, "the log was not read to its end");
    Ok(rate(count, start.elapsed()))
}

pub(crate) async fn bare(database: &Database) -> Result<f64> {
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
