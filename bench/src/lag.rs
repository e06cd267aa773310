//! How far live read models are behind: from a commit to when readers see it, while orders come in, and when
//! the process that works one of them dies.

mod take_over;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use event_store::{Append, Log, NewEvent, StreamId, Ticket};
use projections::{ReadModels, Waited, value::Position};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    Size,
    history::{self, METADATA},
    rebuild::Shop,
    report::{Latency, Measure, Report, rate},
    server::Server,
};

const ORDERS_PER_S: u32 = 500;
/// Every how many orders somebody looks for what was written.
const LOOK_EVERY: usize = 10;
/// How long somebody looks at most.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let orders: usize = match size {
        Size::Small => 5_000,
        Size::Full => 30_000,
    };
    let database = server.database().await?;
    let log = database.log().await?;
    let bench = Shop::open(&database).await?;
    let models = Arc::new(bench.models.clone());
    let (stop, mut history) = (CancellationToken::new(), history::Shop::default());
    history.open()?;
    let opened = settle(write(&log, &mut history).await?).await?;
    let workers = bench.projections.start(&stop);
    for name in ["orders", "catalogue"] {
        models.wait_for(name, opened, PATIENCE).await?;
    }
    let start = Instant::now();
    let (mut tables, mut search) = (JoinSet::new(), JoinSet::new());
    for number in 0..orders {
        let due = Duration::from_secs(1) / ORDERS_PER_S * u32::try_from(number)?;
        tokio::time::sleep_until((start + due).into()).await;
        history.sell(number + 1)?;
        let sold = write(&log, &mut history).await?;
        if number % LOOK_EVERY == 0 {
            tables.spawn(look(models.clone(), "orders", sold));
            history.reprice(number, 3 + i64::try_from(number / history::PRODUCTS)?)?;
            let priced = write(&log, &mut history).await?;
            search.spawn(look(models.clone(), "catalogue", priced));
        }
    }
    let reached = rate(orders, start.elapsed());
    for (name, looks) in [("live_lag_tables", tables), ("live_lag_search", search)] {
        let mut latency = Latency::new()?;
        for lag in looks.join_all().await {
            latency.record(lag?);
        }
        report.add(Measure::new(name, "orders/s", reached).latency(&latency))?;
    }
    stop.cancel();
    workers.join().await;
    take_over::measure(server, size, report).await
}

/// Hands over what happened, in order, and gives the last answer to come.
async fn write(log: &Log, history: &mut history::Shop) -> Result<Option<Ticket>> {
    let mut last = None;
    for fact in history.facts.drain(..) {
        let append = Append {
            stream: StreamId::new(fact.aggregate_type, fact.aggregate_id),
            expected: fact.sequence - 1,
            events: vec![NewEvent {
                event_type: fact.event_type.to_owned(),
                event_version: "1".to_owned(),
                payload: fact.payload,
            }],
            metadata: METADATA.to_owned(),
            keys: Vec::new(),
            claims: Vec::new(),
        };
        last = Some(log.reserve().await?.submit(append));
    }
    Ok(last)
}

async fn settle(ticket: Option<Ticket>) -> Result<Position> {
    Ok(match ticket {
        Some(ticket) => ticket.await?.position,
        None => 0,
    })
}

/// How long it took from the commit until a reader saw it.
async fn look(models: Arc<ReadModels>, name: &'static str, written: Option<Ticket>) -> Result<Duration> {
    let position = settle(written).await?;
    let committed = Instant::now();
    let waited = models.wait_for(name, position, PATIENCE).await?;
    ensure!(
        matches!(waited, Waited::Reached),
        "{name} did not get to {position}"
    );
    Ok(committed.elapsed())
}
