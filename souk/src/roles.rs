//! The roles of the shop, each made of what its own crate offers.
//!
//! Every role takes its database rights from a pool of its own, so that a fault in one cannot do what
//! only another may.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use axum::Router;
use command_api::{ApiOptions, ApiState, Commands, shop_bus};
use event_store::{BusOptions, CommandBus, Decoder, Log, PostgresLog, PostgresLogOptions};
use platform::{
    config::{Config, PaymentSettings, PoolSizes},
    pool::DatabaseRole,
    shutdown::Shutdown,
};
use process_managers::{ProcessManagers, RunnerOptions, Wiring};
use projections::{Progress, Projections, ReadModels, catalogue::SearchLanguages};
use query_api::{QueryOptions, QueryState};

use crate::{database::Database, gateway, sagas::Sagas, webhooks::InboxRoute};

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
    /// The same, as it is asked whether it can be written to.
    pub(crate) postgres: PostgresLog,
    pub(crate) bus: Arc<CommandBus>,
}

impl WriteSide {
    pub(crate) async fn open(database: &Database, pools: PoolSizes) -> Result<Self> {
        let pool = database.pool(DatabaseRole::Writer, "log", pools.writer).await?;
        let postgres = PostgresLog::open(pool, PostgresLogOptions::default()).await?;
        let log: Log = Arc::new(postgres.clone());
        let bus = Arc::new(shop_bus(log.clone(), BusOptions::default()));
        Ok(Self { log, postgres, bus })
    }

    /// The commands as the use cases take them.
    pub(crate) fn commands(&self) -> Commands {
        Commands::new(self.bus.clone())
    }

    /// The REST interface. It takes webhooks when it can check them.
    pub(crate) fn api(&self, payments: &PaymentSettings) -> Router {
        let state = ApiState::new(self.commands(), ApiOptions::default());
        command_api::routes(match gateway::inbox(payments, self.bus.clone()) {
            Some(inbox) => state.with_payment_webhooks(Arc::new(InboxRoute(inbox))),
            None => state,
        })
    }
}

/// Starts the process managers; they end what they began when the shutdown is asked for.
pub(crate) async fn start_process_managers(
    database: &Database,
    config: &Config,
    bus: Arc<CommandBus>,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database
        .pool(DatabaseRole::Writer, "process managers", config.pools.writer)
        .await?;
    let gateway = gateway::gateway(&config.payments, bus.clone())?;
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

/// Starts a worker for each read model, with a search in these languages.
pub(crate) async fn start_projections(
    database: &Database,
    config: &Config,
    languages: SearchLanguages,
    log: Log,
    progress: Progress,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database
        .pool(DatabaseRole::Projector, "projections", config.pools.projector)
        .await?;
    let data_dir = config.data_dir.clone();
    let projections = Projections::in_languages(pool, log, decoder(), data_dir, progress, languages);
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
    shutdown: &Shutdown,
) -> Result<Router> {
    let pool = database
        .pool(DatabaseRole::Auditor, "query API", pools.reader)
        .await?;
    let read_models = ReadModels::new(pool.clone(), data_dir.to_owned(), progress);
    let state = QueryState::new(read_models, QueryOptions::default())
        .with_sagas(Arc::new(Sagas(pool)))
        .closing_with(shutdown.token(), shutdown.tracker());
    Ok(query_api::router(state))
}
