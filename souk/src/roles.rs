//! The roles of the shop, each made of what its own crate offers.
//!
//! Every role takes its database rights from a pool of its own, so that a fault in one cannot do what
//! only another may.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Result;
use axum::Router;
use command_api::{ApiOptions, ApiState, Commands, shop_bus};
use event_store::{BusOptions, CommandBus, Decoder, Log, PostgresLog, PostgresLogOptions};
use platform::{
    config::PoolSizes,
    health::{HealthRegistry, HealthReporter},
    pool::DatabaseRole,
    shutdown::Shutdown,
};
use process_managers::{ProcessManagers, RunnerOptions, SandboxGateway, Wiring};
use projections::{Progress, Projections, ReadModels};
use query_api::{QueryOptions, QueryState};

use crate::database::Database;

/// How often the database is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Processes that each process manager keeps in memory: more than are ever between two of their steps at
/// once. One that is not kept costs a row to be read.
const CACHED_PROCESSES: u64 = 2_000;

/// What reads every version of every event of the shop.
pub(crate) fn decoder() -> Arc<Decoder> {
    Arc::new(Decoder::new(domain::upcasters()))
}

/// The log and the bus on it, with the rights of the writer.
pub(crate) struct WriteSide {
    pub(crate) log: Log,
    pub(crate) bus: Arc<CommandBus>,
}

impl WriteSide {
    pub(crate) async fn open(database: &Database, pools: PoolSizes) -> Result<Self> {
        let pool = database.pool(DatabaseRole::Writer, "log", pools.writer).await?;
        let log: Log = Arc::new(PostgresLog::open(pool, PostgresLogOptions::default()).await?);
        let bus = Arc::new(shop_bus(log.clone(), BusOptions::default()));
        Ok(Self { log, bus })
    }

    /// The commands as the use cases take them.
    pub(crate) fn commands(&self) -> Commands {
        Commands::new(self.bus.clone())
    }

    /// The REST interface.
    pub(crate) fn api(&self) -> Router {
        command_api::routes(ApiState::new(self.commands(), ApiOptions::default()))
    }
}

/// Starts the process managers; they end what they began when the shutdown is asked for.
pub(crate) async fn start_process_managers(
    database: &Database,
    pools: PoolSizes,
    bus: Arc<CommandBus>,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database
        .pool(DatabaseRole::Writer, "process managers", pools.writer)
        .await?;
    let gateway = Arc::new(SandboxGateway);
    let wiring = Wiring {
        pool,
        bus,
        decoder: decoder(),
        gateway,
    };
    let options = RunnerOptions {
        cached_processes: CACHED_PROCESSES,
        ..RunnerOptions::default()
    };
    let managers = ProcessManagers::start(wiring, options, &shutdown.token());
    shutdown.spawn(managers.stopped());
    Ok(())
}

/// Starts a worker for each read model.
pub(crate) async fn start_projections(
    database: &Database,
    pools: PoolSizes,
    log: Log,
    data_dir: &Path,
    progress: Progress,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database
        .pool(DatabaseRole::Projector, "projections", pools.projector)
        .await?;
    let projections = Projections::new(pool, log, decoder(), data_dir.to_owned(), progress);
    let workers = projections.start(&shutdown.token());
    shutdown.spawn(workers.join());
    Ok(())
}

/// The GraphQL interface, with the rights of a reader.
pub(crate) async fn query_api(
    database: &Database,
    pools: PoolSizes,
    data_dir: &Path,
    progress: Progress,
) -> Result<Router> {
    let pool = database
        .pool(DatabaseRole::Auditor, "query API", pools.reader)
        .await?;
    let read_models = ReadModels::new(pool, data_dir.to_owned(), progress);
    Ok(query_api::router(QueryState::new(
        read_models,
        QueryOptions::default(),
    )))
}

/// Tells the health registry whether the database answers.
pub(crate) async fn watch_database(
    database: &Database,
    registry: &HealthRegistry,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database.pool(DatabaseRole::Auditor, "health", 1).await?;
    let reporter: HealthReporter = registry.register("database");
    let token = shutdown.token();
    // Ready or not is known before anybody is told that the shop is.
    probe(&pool, &reporter).await;
    shutdown.spawn(async move {
        while token
            .run_until_cancelled(tokio::time::sleep(HEARTBEAT))
            .await
            .is_some()
        {
            probe(&pool, &reporter).await;
        }
    });
    Ok(())
}

async fn probe(pool: &sqlx::PgPool, reporter: &HealthReporter) {
    let answer = sqlx::query("SELECT 1 FROM log_head").execute(pool);
    match tokio::time::timeout(HEARTBEAT, answer).await {
        Ok(Ok(_)) => reporter.ready(),
        Ok(Err(_)) => reporter.not_ready("the database refuses"),
        Err(_elapsed) => reporter.not_ready("the database does not answer"),
    }
}
