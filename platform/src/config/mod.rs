//! The settings of a process, read once from the environment and typed from then on.
//!
//! There is no configuration file: a variable is what every supervisor, container and
//! shell can set, and what it holds can be listed with `env`. A variable that is set
//! but empty counts as not set, `DATABASE_URL` excepted. A bad value is refused with the variable's name and
//! the rule it breaks; nothing falls back to a default in silence.

mod environment;
mod error;
mod listen;
mod payments;
mod secret;
#[cfg(test)]
mod tests;
mod web;

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;
use tracing_subscriber::EnvFilter;

use environment::is_empty;
pub(crate) use environment::program_folders;
pub use environment::{flag, folder, variable};
pub use error::ConfigError;
pub use listen::{ListenAddresses, loopback_address};
pub use payments::{PaymentSettings, StripeSettings};
pub use secret::Secret;
pub use web::WebSettings;

use crate::telemetry::LogFormat;

/// What is logged when `SOUK_LOG` is not set. The search engine speaks of every commit
/// at `info`, which says nothing to an operator.
pub const DEFAULT_LOG_FILTER: &str = "info,tantivy=warn";

/// The most connections one pool may be given: the embedded server takes 100 in all.
pub const MAX_POOL_CONNECTIONS: u32 = 50;

/// Everything the environment says to Souk.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL`: the server to use instead of the embedded one.
    pub database: Option<Secret<PgConnectOptions>>,
    /// `SOUK_DATA`: the folder that holds the embedded server and the search indexes.
    pub data_dir: PathBuf,
    /// Where the two APIs are served.
    pub listen: ListenAddresses,
    /// Which names the HTTP servers answer to.
    pub web: WebSettings,
    /// `SOUK_LOG_FORMAT`: `pretty` or `json`.
    pub log_format: LogFormat,
    /// `SOUK_LOG`: directives as `tracing-subscriber` reads them.
    pub log_filter: String,
    /// How many connections each kind of work may hold.
    pub pools: PoolSizes,
    /// Who moves the money of cards.
    pub payments: PaymentSettings,
    /// `SOUK_SEARCH_LANGUAGES`, as it was written: which languages there are is known to the search alone.
    pub search_languages: Option<String>,
}

/// How many connections each pool may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSizes {
    /// `SOUK_POOL_WRITER`: the log's writer, the command side and the process managers.
    pub writer: u32,
    /// `SOUK_POOL_PROJECTOR`: projections.
    pub projector: u32,
    /// `SOUK_POOL_READER`: queries.
    pub reader: u32,
}

/// How many connections each pool may hold unless a variable says otherwise.
pub const DEFAULT_POOLS: PoolSizes = PoolSizes {
    writer: 8,
    projector: 8,
    reader: 16,
};

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    ///
    /// The first variable that breaks its rule.
    pub fn from_environment() -> Result<Self, ConfigError> {
        // An empty `DATABASE_URL` would select the embedded server and the rights of its owner, which is dangerous when
        // an auditor's URL was meant.
        if is_empty("DATABASE_URL") {
            return Err(NO_URL);
        }
        Self::read(variable)
    }

    /// Reads from any source of variables; `None` is a variable that is not set.
    ///
    /// # Errors
    ///
    /// The first variable that breaks its rule.
    pub fn read(
        read: impl Fn(&'static str) -> Result<Option<String>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            database: read("DATABASE_URL")?.map(|url| database(&url)).transpose()?,
            data_dir: match read("SOUK_DATA")? {
                Some(folder) => PathBuf::from(folder),
                None => crate::data_dir::default_data_dir()?,
            },
            listen: ListenAddresses::read(&read)?,
            web: WebSettings::read(&read)?,
            log_format: match read("SOUK_LOG_FORMAT")? {
                Some(format) => log_format(format)?,
                None => LogFormat::default(),
            },
            log_filter: match read("SOUK_LOG")? {
                Some(filter) => log_filter(filter)?,
                None => DEFAULT_LOG_FILTER.to_owned(),
            },
            pools: PoolSizes {
                writer: pool_size(
                    "SOUK_POOL_WRITER",
                    read("SOUK_POOL_WRITER")?,
                    DEFAULT_POOLS.writer,
                )?,
                projector: pool_size(
                    "SOUK_POOL_PROJECTOR",
                    read("SOUK_POOL_PROJECTOR")?,
                    DEFAULT_POOLS.projector,
                )?,
                reader: pool_size(
                    "SOUK_POOL_READER",
                    read("SOUK_POOL_READER")?,
                    DEFAULT_POOLS.reader,
                )?,
            },
            payments: PaymentSettings::read(&read)?,
            search_languages: read("SOUK_SEARCH_LANGUAGES")?,
        })
    }
}

/// What is in `DATABASE_URL` is not told: it may hold a password.
const NO_URL: ConfigError = ConfigError::InvalidSecret {
    variable: "DATABASE_URL",
    rule: "a PostgreSQL URL such as postgresql://user:password@host:5432/souk, or not set at all",
};

fn database(url: &str) -> Result<Secret<PgConnectOptions>, ConfigError> {
    // The driver takes any scheme, so a MySQL URL would fail much later and much stranger.
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return Err(NO_URL);
    }
    url.parse().map(Secret::new).map_err(|_| NO_URL)
}

fn log_format(found: String) -> Result<LogFormat, ConfigError> {
    found.parse().map_err(|_| ConfigError::Invalid {
        variable: "SOUK_LOG_FORMAT",
        rule: "`pretty` or `json`",
        found,
    })
}

fn log_filter(found: String) -> Result<String, ConfigError> {
    if found.parse::<EnvFilter>().is_ok() {
        return Ok(found);
    }
    Err(ConfigError::Invalid {
        variable: "SOUK_LOG",
        rule: "log directives such as `info` or `warn,event_store=debug`",
        found,
    })
}

fn pool_size(variable: &'static str, found: Option<String>, default: u32) -> Result<u32, ConfigError> {
    let Some(found) = found else { return Ok(default) };
    match found.parse() {
        Ok(size) if (2..=MAX_POOL_CONNECTIONS).contains(&size) => Ok(size),
        _ => Err(ConfigError::Invalid {
            variable,
            rule: "a whole number from 2 to 50",
            found,
        }),
    }
}
