//! `souk up`: the whole shop in one process.

use anyhow::{Result, bail};
use axum::Router;
use platform::{config::Config, health::HealthRegistry, postgres::EmbeddedPostgres, shutdown::Shutdown};
use projections::{Progress, catalogue::SearchLanguages};

use crate::{
    FINE,
    cli::Up,
    database::Database,
    demo::{self, DemoOptions, DemoSize},
    health::Followers,
    http, readiness,
    roles::{self, WriteSide},
    say::say,
    serve::GRACE,
};

/// Runs everything until it is asked to stop.
pub(crate) async fn run(config: Config, chosen: Option<SearchLanguages>, options: Up) -> Result<u8> {
    let shutdown = Shutdown::listen()?;
    // Before the database is started: a port in use should cost nothing.
    let listener = http::bind(options.listen.unwrap_or(config.listen.together)).await?;
    let address = listener.local_addr()?;
    // The recovery after a crash may take minutes, and a stop should not wait for it.
    let Some(started) = shutdown
        .token()
        .run_until_cancelled(Database::start(&config))
        .await
    else {
        return Ok(FINE);
    };
    let database = started?;
    database.migrate().await?;

    let health = HealthRegistry::new();
    readiness::watch_server(&database, &health, &shutdown);
    readiness::watch_database(&database, &health, &shutdown).await?;
    let (pools, data_dir, progress) = (config.pools, config.data_dir.as_path(), Progress::new());
    let write_side = WriteSide::open(&database, pools).await?;
    readiness::watch_log(write_side.postgres.clone(), &health, &shutdown);
    roles::start_process_managers(&database, &config, write_side.bus.clone(), &shutdown).await?;
    let languages = options.search_languages.or(chosen).unwrap_or_default();
    roles::start_projections(
        &database,
        &config,
        languages,
        write_side.log.clone(),
        progress.clone(),
        &shutdown,
    )
    .await?;
    let followers = Followers::watch(&database, data_dir, &health, &shutdown).await?;
    let router = Router::new()
        .merge(write_side.api(&config.payments))
        .merge(roles::query_api(&database, pools, data_dir, progress, &shutdown).await?)
        .merge(http::health(health))
        .merge(followers.routes())
        .merge(http::front_page())
        .fallback(command_api::problem::not_found);
    http::serve(&shutdown, listener, router, &config.web);

    say(&addresses(&format!("http://{address}"), &database))?;
    if options.demo {
        let (commands, bars) = (write_side.commands(), demo::Progress::on_stderr());
        let demo = DemoOptions {
            seed: options.seed,
            size: DemoSize::default(),
        };
        let load = demo::load(&commands, demo, &bars);
        let Some(summary) = shutdown.token().run_until_cancelled(load).await else {
            return stop(&shutdown, database).await;
        };
        say(&summary?.to_string())?;
    }
    say("ready; Ctrl-C stops it\n")?;

    tokio::select! {
        () = shutdown.requested() => stop(&shutdown, database).await,
        reason = lost(database.embedded.as_ref()) => {
            shutdown.finish(GRACE).await?;
            bail!("the embedded PostgreSQL cannot be kept alive: {reason}")
        }
    }
}

/// Finishes what was accepted, then stops the server below.
async fn stop(shutdown: &Shutdown, database: Database) -> Result<u8> {
    let finished = shutdown.finish(GRACE).await;
    database.stop().await;
    finished?;
    Ok(FINE)
}

/// Waits for the end of the embedded server; for ever, when the server is somebody else's.
async fn lost(server: Option<&EmbeddedPostgres>) -> String {
    match server {
        Some(server) => server.failed().await,
        None => std::future::pending().await,
    }
}

fn addresses(base: &str, database: &Database) -> String {
    let psql = database
        .embedded
        .as_ref()
        .map(|server| format!("  psql      {}\n", server.psql("souk")));
    format!(
        "Souk is up.\n  commands  {base}/v1        described at {base}/docs\n  queries   {base}/graphql   explored at \
         {base}/graphiql\n  health    {base}/health\n{}",
        psql.unwrap_or_default()
    )
}
