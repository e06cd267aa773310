//! Connection pools with a role, a name and time limits.
//!
//! A pool drops the rights of its login to those of one role, so a fault in a query
//! cannot write and a fault in a projection cannot touch the log. Every wait has a
//! limit: for a connection, for a lock, for a statement.

use std::time::Duration;

use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// The rights a pool works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseRole {
    /// The rights of the login itself: migrations and administration.
    Owner,
    /// Appends to the log.
    Writer,
    /// Reads the log, writes read models.
    Projector,
    /// Reads everything, writes nothing.
    Auditor,
}

impl DatabaseRole {
    /// The role's name in the database, `None` for the login itself.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Owner => None,
            Self::Writer => Some("souk_writer"),
            Self::Projector => Some("souk_projector"),
            Self::Auditor => Some("souk_auditor"),
        }
    }

    fn set_role(self) -> Option<&'static str> {
        match self {
            Self::Owner => None,
            Self::Writer => Some("SET ROLE souk_writer"),
            Self::Projector => Some("SET ROLE souk_projector"),
            Self::Auditor => Some("SET ROLE souk_auditor"),
        }
    }
}

/// How long a connection may have been idle and still count as well. One that was used a moment ago is not
/// asked before each use: that would be a round trip more for every query.
const SURELY_WELL: Duration = Duration::from_secs(1);

/// How a pool behaves.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// The rights it works with.
    pub role: DatabaseRole,
    /// What `pg_stat_activity` calls it.
    pub application_name: String,
    /// The most connections it holds.
    pub max_connections: u32,
    /// How long a caller waits for a connection, also while the server is restarted.
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long one statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a transaction may do nothing while it holds its locks.
    pub idle_transaction_timeout: Duration,
}

impl PoolSettings {
    /// Settings for short work: 10 s for a connection, 30 s for a statement, 10 s for a lock,
    /// 60 s for an idle transaction.
    #[must_use]
    pub fn new(role: DatabaseRole, application_name: impl Into<String>, max_connections: u32) -> Self {
        Self {
            role,
            application_name: application_name.into(),
            max_connections,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            idle_transaction_timeout: Duration::from_secs(60),
        }
    }
}

/// What the server says when a login may not take a role.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Why a pool could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The server cannot be reached.
    #[error("PostgreSQL cannot be reached")]
    Connect(#[source] sqlx::Error),
    /// The login may not take the role.
    #[error("this login may not use the database role {role}: ask the operator of the database")]
    Denied {
        /// The role's name.
        role: &'static str,
        /// What the server says.
        source: sqlx::Error,
    },
    /// The role does not exist.
    #[error("the database role {role} cannot be taken; `souk migrate` makes it")]
    Role {
        /// The role's name.
        role: &'static str,
        /// What the server says.
        source: sqlx::Error,
    },
}

/// Makes a pool and checks that it can connect and take its role.
///
/// # Errors
///
/// When it cannot.
pub async fn connect(options: PgConnectOptions, settings: &PoolSettings) -> Result<PgPool, PoolError> {
    let role = settings.role;
    let options = with_limits(options, settings);
    // Inside the pool a refused role would only ever be seen as a time-out.
    let mut probe = options.connect().await.map_err(PoolError::Connect)?;
    take(role, &mut probe).await.map_err(|source| {
        let role = role.name().unwrap_or_default();
        let code = source
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        if code.is_some_and(|code| code == INSUFFICIENT_PRIVILEGE) {
            PoolError::Denied { role, source }
        } else {
            PoolError::Role { role, source }
        }
    })?;
    probe.close().await.map_err(PoolError::Connect)?;
    Ok(PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .after_connect(move |connection, _| Box::pin(take(role, connection)))
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move {
                if usage.idle_for > SURELY_WELL {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options))
}

async fn take(role: DatabaseRole, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    if let Some(statement) = role.set_role() {
        connection.execute(statement).await?;
    }
    Ok(())
}

fn with_limits(options: PgConnectOptions, settings: &PoolSettings) -> PgConnectOptions {
    let milliseconds = |limit: Duration| limit.as_millis().to_string();
    let read_only = if settings.role == DatabaseRole::Auditor {
        "on"
    } else {
        "off"
    };
    options.application_name(&settings.application_name).options([
        (
            "statement_timeout",
            milliseconds(settings.statement_timeout).as_str(),
        ),
        ("lock_timeout", milliseconds(settings.lock_timeout).as_str()),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(settings.idle_transaction_timeout).as_str(),
        ),
        ("default_transaction_read_only", read_only),
        // Our statements are short. Without statistics the planner takes some for long ones, and compiling these costs
        // a hundred times what they do.
        ("jit", "off"),
    ])
}
