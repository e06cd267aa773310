//! Data folders for tests, removed at the end.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use platform::postgres::{EmbeddedError, EmbeddedOptions, EmbeddedPostgres};
use sqlx::PgPool;
use tempfile::TempDir;

/// A folder that every user may reach, with a data folder that is not there yet.
pub(crate) struct Folder {
    outer: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { outer }
    }

    pub(crate) fn outer(&self) -> &Path {
        self.outer.path()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.outer.path().join("shop")
    }

    pub(crate) async fn start(&self) -> Result<EmbeddedPostgres, EmbeddedError> {
        EmbeddedPostgres::start(EmbeddedOptions::new(self.data_dir())).await
    }

    pub(crate) async fn started(&self) -> EmbeddedPostgres {
        self.start().await.unwrap()
    }
}

/// A pool on the server's first database.
pub(crate) async fn pool(server: &EmbeddedPostgres) -> PgPool {
    PgPool::connect_with(server.connect_options("postgres"))
        .await
        .unwrap()
}

/// A value that a statement gives.
pub(crate) async fn text(pool: &PgPool, statement: &str) -> String {
    sqlx::query_scalar(statement).fetch_one(pool).await.unwrap()
}

/// Waits, but not for ever: what does not happen within a minute does not happen.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), event)
        .await
        .unwrap()
}

/// An error and its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}
