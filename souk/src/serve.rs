//! `souk serve`: one role alone, on a database that others share.

use std::time::Duration;

use anyhow::{Context, Result};
use platform::{config::Config, health::HealthRegistry, shutdown::Shutdown};
use projections::{Progress, catalogue::SearchLanguages};

use crate::{
    FINE,
    cli::{Role, Serve},
    database::Database,
    health::Followers,
    http, readiness, roles,
};

/// How long what was accepted may take to finish.
pub(crate) const GRACE: Duration = Duration::from_secs(20);

/// Runs a role until it is asked to stop.
pub(crate) async fn run(config: Config, chosen: Option<SearchLanguages>, options: Serve) -> Result<u8> {
    config.database.as_ref().context(
        "`souk serve` runs one role of several on a database that they share: set DATABASE_URL, or run \
         everything at once with `souk up`",
    )?;
    let shutdown = Shutdown::listen()?;
    let health = HealthRegistry::new();
    let database = Database::start(&config).await?;
    readiness::watch_database(&database, &health, &shutdown).await?;
    let (pools, data_dir) = (config.pools, config.data_dir.as_path());
    let side = async || {
        let followers = Followers::watch(&database, data_dir, &health, &shutdown).await?;
        anyhow::Ok(http::health(health.clone()).merge(followers.routes()))
    };
    match options.role {
        Role::CommandApi => {
            let listener = http::bind(options.listen.unwrap_or(config.listen.command_api)).await?;
            let write_side = roles::WriteSide::open(&database, pools).await?;
            readiness::watch_log(write_side.postgres.clone(), &health, &shutdown);
            let unknown = command_api::problem::not_found;
            http::serve(
                &shutdown,
                listener,
                write_side
                    .api(&config.payments)
                    .merge(side().await?)
                    .fallback(unknown),
                &config.web,
            );
        }
        Role::QueryApi => {
            let listener = http::bind(options.listen.unwrap_or(config.listen.query_api)).await?;
            let queries = roles::query_api(&database, pools, data_dir, Progress::new(), &shutdown).await?;
            let unknown = command_api::problem::not_found;
            http::serve(
                &shutdown,
                listener,
                queries.merge(side().await?).fallback(unknown),
                &config.web,
            );
        }
        Role::ProcessManagers => {
            let write_side = roles::WriteSide::open(&database, pools).await?;
            readiness::watch_log(write_side.postgres.clone(), &health, &shutdown);
            roles::start_process_managers(&database, &config, write_side.bus, &shutdown).await?;
        }
        Role::Projections => {
            let log = roles::WriteSide::open(&database, pools).await?.log;
            let languages = options.search_languages.or(chosen).unwrap_or_default();
            roles::start_projections(&database, &config, languages, log, Progress::new(), &shutdown).await?;
        }
    }
    tracing::info!(role = ?options.role, "ready");
    shutdown.requested().await;
    shutdown.finish(GRACE).await?;
    Ok(FINE)
}
