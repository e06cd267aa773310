//! Which database a command works on.

use anyhow::{Context, Result, bail};
use platform::{
    config::{Config, Secret},
    data_dir::LockError,
    pool::{DatabaseRole, PoolSettings},
    postgres::{EmbeddedError, EmbeddedOptions, EmbeddedPostgres, running_server},
};
use sqlx::{PgPool, postgres::PgConnectOptions};

/// The name of the database inside the embedded server.
const NAME: &str = "souk";

/// A database, and the server below it if this process runs it.
pub(crate) struct Database {
    options: Secret<PgConnectOptions>,
    pub(crate) embedded: Option<EmbeddedPostgres>,
}

impl Database {
    /// The database of `DATABASE_URL`, or an embedded server that this process starts.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        if let Some(options) = &config.database {
            return Ok(Self {
                options: options.clone(),
                embedded: None,
            });
        }
        let server = EmbeddedPostgres::start(EmbeddedOptions::new(&config.data_dir)).await?;
        let options = server.ensure_database(NAME).await?;
        Ok(Self {
            options: Secret::new(options),
            embedded: Some(server),
        })
    }

    /// For the tools: as [`Database::start`], but a server that another process runs on the folder is
    /// used as it is, and a folder without a shop is refused instead of filled.
    pub(crate) async fn attach(config: &Config) -> Result<Self> {
        if config.database.is_none() && !config.data_dir.join("postgres").exists() {
            // The folder in full: a relative one is elsewhere in every terminal.
            let folder = std::path::absolute(&config.data_dir)?;
            bail!(
                "there is no shop in {}: name its data folder with --data FOLDER or SOUK_DATA, or make a shop \
                 with `souk up`",
                folder.display()
            );
        }
        match Self::start(config).await {
            Err(error) if is_in_use(&error) => {
                let options = running_server(&config.data_dir, NAME)?.context(error)?;
                Ok(Self {
                    options: Secret::new(options),
                    embedded: None,
                })
            }
            other => other,
        }
    }

    /// A pool with the rights of a role.
    pub(crate) async fn pool(&self, role: DatabaseRole, name: &str, size: u32) -> Result<PgPool> {
        let settings = PoolSettings::new(role, format!("souk {name}"), size);
        Ok(platform::pool::connect(self.options.expose().clone(), &settings).await?)
    }

    /// Brings the database up to date.
    pub(crate) async fn migrate(&self) -> Result<()> {
        let pool = self.pool(DatabaseRole::Owner, "migrate", 1).await?;
        schema::migrate(&pool).await?;
        pool.close().await;
        Ok(())
    }

    /// Stops the server if this process runs it.
    pub(crate) async fn stop(self) {
        if let Some(server) = self.embedded {
            server.stop().await;
        }
    }
}

fn is_in_use(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(EmbeddedError::Lock(LockError::InUse { .. }))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tool_that_finds_no_shop_says_where_it_looked_and_how_to_name_another_folder() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::read(|name| {
            Ok(match name {
                "SOUK_DATA" => Some(folder.path().display().to_string()),
                _ => None,
            })
        });
        let error = Database::attach(&config.unwrap())
            .await
            .err()
            .unwrap()
            .to_string();
        let path = folder.path().display().to_string();
        for part in [path.as_str(), "--data", "SOUK_DATA", "souk up"] {
            assert!(error.contains(part), "{part} is missing: {error}");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing was made there"
        );
    }
}
