//! A shop whose roles are processes of their own, on a database server that no other test feels.

use anyhow::{Context, Result};
use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
use sqlx::PgPool;
use tests::{Roles, souk_binary};

/// The roles, and the database below them.
pub(crate) struct Apart {
    pub(crate) roles: Roles,
    /// For looks at the tables.
    pub(crate) pool: PgPool,
    database: ScratchDatabase,
    cluster: ScratchCluster,
}

impl Apart {
    /// Starts one process of each kind on a migrated database of this name.
    pub(crate) async fn start(name: &str) -> Result<Self> {
        let cluster = ScratchCluster::start().await?;
        let database = cluster
            .database(name, async |options| {
                let pool = PgPool::connect_with(options).await?;
                schema::migrate(&pool).await?;
                pool.close().await;
                anyhow::Ok(())
            })
            .await?;
        let pool = database.pool(2).await?;
        let binary = tokio::task::block_in_place(souk_binary)?.clone();
        let folder = tempfile::Builder::new()
            .prefix(&format!("souk-{name}-"))
            .tempdir()?;
        let url = cluster.server().url(database.name());
        Ok(Self {
            roles: Roles::start(binary, url, folder)?,
            pool,
            database,
            cluster,
        })
    }

    /// Asks every process to stop, and tells which did not do so in order.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.roles.check_alive()?;
        self.roles.stop().context("a role was asked to stop")?;
        self.pool.close().await;
        drop(self.database);
        self.cluster.stop().await;
        Ok(())
    }
}
