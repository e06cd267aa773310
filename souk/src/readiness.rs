//! Whether this process can do its work: what `/health/ready` tells.
//!
//! All checks run on their own and remember what they found, so that whoever asks is answered at once.

use std::time::Duration;

use anyhow::Result;
use event_store::PostgresLog;
use platform::{
    health::{HealthRegistry, HealthReporter},
    pool::DatabaseRole,
    postgres::ServerState,
    shutdown::Shutdown,
};
use sqlx::{PgConnection, PgPool};

use crate::database::Database;

/// How often is looked, and how long a look may take.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Tells the health registry whether the database answers.
pub(crate) async fn watch_database(
    database: &Database,
    registry: &HealthRegistry,
    shutdown: &Shutdown,
) -> Result<()> {
    let pool = database.pool(DatabaseRole::Auditor, "health", 1).await?;
    let reporter = registry.register("database");
    let token = shutdown.token();
    // Ready or not is known before anybody is told that the shop is.
    let mut connection = probe(&pool, None, &reporter).await;
    shutdown.spawn(async move {
        while token
            .run_until_cancelled(tokio::time::sleep(HEARTBEAT))
            .await
            .is_some()
        {
            connection = probe(&pool, connection, &reporter).await;
        }
    });
    Ok(())
}

/// Asks a question, and gives the connection back if it was answered. One that was not is closed: were it
/// left to the pool, it would be asked again, for as long as its other end is silently gone.
async fn probe(
    pool: &PgPool,
    connection: Option<PgConnection>,
    reporter: &HealthReporter,
) -> Option<PgConnection> {
    let answer = async {
        let mut connection = match connection {
            Some(connection) => connection,
            None => pool.acquire().await?.detach(),
        };
        sqlx::query("SELECT 1 FROM log_head")
            .execute(&mut connection)
            .await?;
        Ok::<_, sqlx::Error>(connection)
    };
    match tokio::time::timeout(HEARTBEAT, answer).await {
        Ok(Ok(connection)) => {
            reporter.ready();
            return Some(connection);
        }
        Ok(Err(_)) => reporter.not_ready("the database refuses"),
        Err(_elapsed) => reporter.not_ready("the database does not answer"),
    }
    None
}

/// Tells the health registry whether the embedded server runs, and why not.
pub(crate) fn watch_server(database: &Database, registry: &HealthRegistry, shutdown: &Shutdown) {
    let Some(server) = &database.embedded else {
        return;
    };
    let (reporter, token, mut state) = (registry.register("postgres"), shutdown.token(), server.state());
    shutdown.spawn(async move {
        loop {
            match &*state.borrow_and_update() {
                ServerState::Running { .. } => reporter.ready(),
                ServerState::Restarting { reason } => reporter.not_ready(reason.as_str()),
                ServerState::Stopped => reporter.not_ready("PostgreSQL was stopped"),
                ServerState::Failed { reason } => {
                    reporter.not_ready(format!("PostgreSQL cannot be kept running: {reason}"));
                }
            }
            let changed = token.run_until_cancelled(state.changed()).await;
            if !matches!(changed, Some(Ok(()))) {
                return;
            }
        }
    });
}

/// Tells the health registry whether commands can be written. A database may answer every question and
/// have no room for another event.
pub(crate) fn watch_log(log: PostgresLog, registry: &HealthRegistry, shutdown: &Shutdown) {
    let reporter = registry.register("log");
    // It was opened just now, so nothing has failed yet.
    reporter.ready();
    let token = shutdown.token();
    shutdown.spawn(async move {
        while token
            .run_until_cancelled(tokio::time::sleep(HEARTBEAT))
            .await
            .is_some()
        {
            match tokio::time::timeout(HEARTBEAT, log.check_writable()).await {
                Ok(Ok(())) => reporter.ready(),
                Ok(Err(_)) => reporter.not_ready("commands cannot be written"),
                Err(_elapsed) => reporter.not_ready("whether commands can be written does not show"),
            }
        }
    });
}
