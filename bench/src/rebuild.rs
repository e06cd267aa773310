//! Rebuilding read models from the log, and asking them meanwhile.
//!
//! The floor of a rebuild is what cannot be left out: to read the log, and to write the final rows with one
//! `COPY`.

use std::{
    io::{Read, Seek, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use event_store::Decoder;
use futures::TryStreamExt;
use platform::pool::DatabaseRole;
use projections::{PageRequest, Progress, Projections, ReadModels, orders::OrderFilter};
use sqlx::{PgPool, postgres::PgPoolCopyExt};
use tempfile::TempDir;

use crate::{
    Size, history,
    read::bare,
    report::{Latency, Measure, Report, forget_peak, peak_mib, rate},
    server::{Database, Server},
};

/// How many bytes of the floor's rows are in memory.
const CHUNK_BYTES: usize = 1_024 * 1_024;

/// Products in the log from which the search is built.
pub(crate) const PRODUCTS: usize = 100_000;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let events = match size {
        Size::Small => 1_000_000,
        Size::Full => 5_000_000,
    };
    let database = server.database().await?;
    let events = history::fill(&database, events).await?;
    let read_took = Duration::from_secs_f64(events_f64(events) / bare(&database).await?);
    for name in ["orders", "balances"] {
        let shop = Shop::open(&database).await?;
        let (took, rss_mib) = shop.rebuild(name).await?;
        let floor = read_took + copy_took(&database, name).await?;
        let mut measure = Measure::new(
            format!("rebuild_{name}"),
            "events/s",
            events_f64(events) / took.as_secs_f64(),
        );
        measure.rss_mib = rss_mib;
        report.add(measure.floor(events_f64(events) / floor.as_secs_f64()))?;
    }
    beside_a_rebuild(&database, report).await?;
    let database = server.database().await?;
    history::list_products(&database, PRODUCTS).await?;
    let shop = Shop::open(&database).await?;
    let (took, rss_mib) = shop.rebuild("catalogue").await?;
    let mut measure = Measure::new("rebuild_catalogue", "products/s", rate(PRODUCTS, took));
    measure.rss_mib = rss_mib;
    report.add(measure)
}

/// What a projector has.
pub(crate) struct Shop {
    pub(crate) projections: Arc<Projections>,
    pub(crate) models: ReadModels,
    _folder: TempDir,
}

impl Shop {
    pub(crate) async fn open(database: &Database) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("souk-bench-index-")
            .tempdir_in("/var/tmp")?;
        let progress = Progress::new();
        let pool = database.pool(DatabaseRole::Projector).await?;
        let decoder = Arc::new(Decoder::new(domain::upcasters()));
        let place = folder.path().to_path_buf();
        let log = database.log().await?;
        let projections = Projections::new(pool.clone(), log, decoder, place.clone(), progress.clone());
        let models = ReadModels::new(database.pool(DatabaseRole::Auditor).await?, place, progress);
        Ok(Self {
            projections: Arc::new(projections),
            models,
            _folder: folder,
        })
    }

    /// Builds a read model from the first event, and says how long it took and how much memory this process
    /// had at most meanwhile. What it has without a rebuild is some twenty megabytes of it.
    pub(crate) async fn rebuild(&self, name: &str) -> Result<(Duration, Option<f64>)> {
        // Where the peak cannot be forgotten it would be somebody else's.
        let is_forgotten = forget_peak().is_ok();
        let start = Instant::now();
        self.projections.rebuild(name, |_| {}).await?;
        let took = start.elapsed();
        Ok((took, peak_mib().filter(|_| is_forgotten)))
    }
}

fn events_f64(events: i64) -> f64 {
    f64::from(u32::try_from(events).unwrap_or(u32::MAX))
}

/// How long it takes to write the rows of a live read model with one `COPY` for each of its tables.
async fn copy_took(database: &Database, name: &str) -> Result<Duration> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    let schema: String = sqlx::query_scalar(
        "SELECT schema_name FROM projection_generations WHERE projection = $1 AND state = 'live'",
    )
    .bind(name)
    .fetch_one(&pool)
    .await?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY 1")
            .bind(&schema)
            .fetch_all(&pool)
            .await?;
    ensure!(!tables.is_empty(), "{name} has no tables");
    let mut took = Duration::ZERO;
    for table in tables {
        took += copy_one(&pool, &schema, &table).await?;
    }
    Ok(took)
}

async fn copy_one(pool: &PgPool, schema: &str, table: &str) -> Result<Duration> {
    // Names of our own making: nothing in them needs quoting beyond this.
    let out = format!("COPY (SELECT * FROM \"{schema}\".\"{table}\") TO STDOUT (FORMAT binary)");
    // In a file, which the system keeps in memory if it can: this process has a peak of its own to look after.
    let mut rows = tempfile::tempfile_in("/var/tmp")?;
    let mut chunks = pool.copy_out_raw(&out).await?;
    while let Some(chunk) = chunks.try_next().await? {
        rows.write_all(&chunk)?;
    }
    drop(chunks);
    // What is still to be written would be written while it is measured.
    rows.sync_all()?;
    rows.rewind()?;
    sqlx::raw_sql(&format!(
        "CREATE TABLE floor_copy AS SELECT * FROM \"{schema}\".\"{table}\" LIMIT 0"
    ))
    .execute(pool)
    .await?;
    let (start, mut buffer) = (Instant::now(), vec![0; CHUNK_BYTES]);
    let mut copy = pool
        .copy_in_raw("COPY floor_copy FROM STDIN (FORMAT binary)")
        .await?;
    loop {
        let read = rows.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        copy.send(chunk).await?;
    }
    copy.finish().await?;
    let took = start.elapsed();
    sqlx::raw_sql("DROP TABLE floor_copy").execute(pool).await?;
    Ok(took)
}

/// How long a query takes while its read model is built anew, beside how long it took before.
async fn beside_a_rebuild(database: &Database, report: &mut Report) -> Result<()> {
    let shop = Shop::open(database).await?;
    let before = ask(&shop.models, || false).await?;
    let building = Arc::new(AtomicBool::new(true));
    let rebuild = {
        let (projections, building) = (shop.projections.clone(), building.clone());
        tokio::spawn(async move {
            let rebuilt = projections.rebuild("orders", |_| {}).await;
            building.store(false, Ordering::Relaxed);
            rebuilt
        })
    };
    let during = ask(&shop.models, || building.load(Ordering::Relaxed)).await?;
    rebuild.await??;
    let calm = Measure::new("query_before_rebuild", "queries/s", before.0).latency(&before.1);
    report.add(calm)?;
    report.add(Measure::new("query_during_rebuild", "queries/s", during.0).latency(&during.1))
}

/// One caller that turns pages of orders, for at least so many pages and as long as something goes on.
async fn ask(models: &ReadModels, goes_on: impl Fn() -> bool) -> Result<(f64, Latency)> {
    const PAGES: usize = 2_000;
    /// A caller who is not in a hurry leaves the machine to others.
    const PAUSE: Duration = Duration::from_millis(2);
    let (mut latency, mut count, start) = (Latency::new()?, 0, Instant::now());
    while count < PAGES || goes_on() {
        let sent = Instant::now();
        let page = models
            .orders()
            .orders(&OrderFilter::default(), &PageRequest::first(20))
            .await?;
        ensure!(page.edges.len() == 20, "there are orders");
        latency.record(sent.elapsed());
        count += 1;
        tokio::time::sleep(PAUSE).await;
    }
    Ok((rate(count, start.elapsed()), latency))
}
