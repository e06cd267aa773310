//! A build works apart from everything else: on threads that step back, with few connections.

use std::sync::{
    Arc,
    atomic::{AtomicI32, AtomicI64, Ordering},
};

use event_store::{PostgresLog, PostgresLogOptions};
use sqlx::PgConnection;

use super::*;
use crate::{
    Progress, Projections, Schema, TableProjection,
    orders::{Orders, OrdersBatch},
    recorded::EventError,
    registry::table,
};

/// What the connections of the process under test are called.
const PROCESS: &str = "one process";

/// The orders, which note who works on them.
#[derive(Clone, Default)]
struct Watched {
    niceness: Arc<AtomicI32>,
    connections: Arc<AtomicI64>,
}

impl TableProjection for Watched {
    const NAME: &'static str = Orders::NAME;
    const VERSION: i32 = Orders::VERSION;
    const DDL: &'static str = Orders::DDL;
    const READS: &'static [&'static str] = Orders::READS;
    type Batch = OrdersBatch;

    fn apply(&self, batch: &mut OrdersBatch, recorded: &Recorded) -> Result<(), EventError> {
        self.niceness.store(niceness(), Ordering::Relaxed);
        Orders.apply(batch, recorded)
    }

    async fn flush(
        &self,
        batch: OrdersBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let count = "SELECT count(*) FROM pg_stat_activity \
                     WHERE datname = current_database() AND application_name = $1";
        let query = sqlx::query_scalar(count).bind(PROCESS);
        let connections = query.fetch_one(&mut *connection).await?;
        self.connections.fetch_max(connections, Ordering::Relaxed);
        Orders.flush(batch, schema, connection).await
    }
}

fn niceness() -> i32 {
    rustix::process::getpriority_process(None).unwrap()
}

/// A process with the orders as their only read model, on a log in the database.
async fn process(stage: &Stage, watched: &Watched) -> Projections {
    let log = PostgresLog::open(stage.pool.clone(), PostgresLogOptions::default()).await;
    Projections::with_models(
        stage.pool_of(PROCESS).await,
        Arc::new(log.unwrap()),
        Arc::new(Decoder::new(domain::upcasters())),
        vec![table(watched.clone())],
        Progress::new(),
    )
}

#[tokio::test]
async fn a_build_steps_back_once_its_read_model_can_be_read_and_takes_few_connections() {
    let shop = Shop::with_past(81, 300).await;
    let stage = Stage::new(shop.log()).await;
    stage.store(&shop.events().await).await;
    let watched = Watched::default();
    let projections = process(&stage, &watched).await;
    let ours = niceness();
    // The first one is waited for, and gets its share.
    let built = projections.rebuild("orders", |_| {}).await.unwrap();
    assert_eq!(built.position, shop.head().await);
    assert_eq!(watched.niceness.load(Ordering::Relaxed), ours);
    // Those who read it go before the next one.
    projections.rebuild("orders", |_| {}).await.unwrap();
    #[cfg(target_os = "linux")]
    assert!(watched.niceness.load(Ordering::Relaxed) > ours);
    // The one of the process that found out how it stands, its lock, the one for short statements that are
    // seldom two at once, and the one for all the rest.
    let connections = watched.connections.load(Ordering::Relaxed);
    assert!((3..=5).contains(&connections), "{connections}");
    // Nobody else has stepped back, and the live one does not.
    assert_eq!(niceness(), ours);
    let stop = tokio_util::sync::CancellationToken::new();
    let workers = projections.start(&stop);
    let head = shop.head().await;
    let foreign = stage.foreign_reader();
    assert_eq!(
        foreign.wait_for("orders", head, LONG).await.unwrap(),
        Waited::Reached
    );
    stop.cancel();
    workers.join().await;
}

/// The orders, whose code has a fault.
struct Faulty;

impl TableProjection for Faulty {
    const NAME: &'static str = Orders::NAME;
    const VERSION: i32 = Orders::VERSION;
    const DDL: &'static str = Orders::DDL;
    const READS: &'static [&'static str] = Orders::READS;
    type Batch = OrdersBatch;

    fn apply(&self, _batch: &mut OrdersBatch, _recorded: &Recorded) -> Result<(), EventError> {
        panic!("a fault")
    }

    async fn flush(
        &self,
        _batch: OrdersBatch,
        _schema: &Schema,
        _connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn whoever_asked_for_a_build_hears_of_its_panic_and_the_next_one_may_begin() {
    let shop = Shop::with_past(82, 100).await;
    let stage = Stage::new(shop.log()).await;
    let faulty = stage.projections_of(vec![table(Faulty)], Progress::new());
    for _ in 0..=super::super::BUILDS_AT_ONCE {
        let faulty = faulty.clone();
        let building = tokio::spawn(async move { faulty.rebuild("orders", |_| {}).await });
        assert!(building.await.unwrap_err().is_panic());
    }
    // The lock of the last one may be just about to break off.
    let rebuilt = loop {
        match stage.projections().rebuild("orders", |_| {}).await {
            Ok(rebuilt) => break rebuilt,
            Err(ProjectionError::Busy(_)) => {}
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(rebuilt.position, shop.head().await);
}
