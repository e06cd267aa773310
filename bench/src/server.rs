//! The server that everything is measured on: a real one, on a real disk, with `fsync` on.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};
use event_store::{Log, PostgresLog, PostgresLogOptions};
use platform::{
    pool::{DatabaseRole, PoolSettings},
    postgres::{EmbeddedOptions, EmbeddedPostgres},
};
use sqlx::PgPool;
use tempfile::TempDir;

/// Connections for whoever is measured: as many as the shop's write side has unless told otherwise, and the
/// same number for ours and for the peers.
pub(crate) const POOL_SIZE: u32 = 8;

/// A server in a temporary folder.
pub(crate) struct Server {
    postgres: EmbeddedPostgres,
    folder: TempDir,
    next: AtomicU32,
}

/// A fresh database.
pub(crate) struct Database {
    options: sqlx::postgres::PgConnectOptions,
    url: String,
    postmaster: Option<u32>,
}

impl Server {
    /// Starts it with the durability that the shop has.
    pub(crate) async fn start() -> Result<Self> {
        // Not where temporary files lie in memory: the disk is part of what is measured.
        let folder = tempfile::Builder::new()
            .prefix("souk-bench-")
            .tempdir_in("/var/tmp")?;
        open_to_the_server(&folder)?;
        let postgres = EmbeddedPostgres::start(EmbeddedOptions::new(folder.path().join("data"))).await?;
        Ok(Self {
            postgres,
            folder,
            next: AtomicU32::new(0),
        })
    }

    /// A database of its own for each measure, so that none profits from another.
    pub(crate) async fn database(&self) -> Result<Database> {
        let name = format!("bench_{}", self.next.fetch_add(1, Ordering::Relaxed));
        let options = self.postgres.ensure_database(&name).await?;
        let database = Database {
            options,
            url: self.postgres.url(&name),
            postmaster: self.postgres.pid(),
        };
        let owner = database.pool(DatabaseRole::Owner).await?;
        schema::migrate(&owner).await?;
        owner.close().await;
        Ok(database)
    }

    /// The version of PostgreSQL, such as 15.
    pub(crate) fn major_version(&self) -> u32 {
        self.postgres.major_version()
    }

    pub(crate) async fn stop(self) {
        self.postgres.stop().await;
        drop(self.folder);
    }
}

impl Database {
    pub(crate) async fn pool(&self, role: DatabaseRole) -> Result<PgPool> {
        let settings = PoolSettings::new(role, "bench", POOL_SIZE);
        Ok(platform::pool::connect(self.options.clone(), &settings).await?)
    }

    /// Where another process finds it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The process that all processes of the server are children of.
    pub(crate) fn postmaster(&self) -> Result<u32> {
        self.postmaster.context("the server has no process")
    }

    pub(crate) async fn log(&self) -> Result<Log> {
        let pool = self.pool(DatabaseRole::Writer).await?;
        Ok(Arc::new(
            PostgresLog::open(pool, PostgresLogOptions::default()).await?,
        ))
    }
}

fn open_to_the_server(folder: &TempDir) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        folder.path(),
        std::fs::Permissions::from_mode(0o755),
    )?)
}
