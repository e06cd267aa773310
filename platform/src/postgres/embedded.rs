//! The handle of a running server.

use std::{
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use sqlx::{ConnectOptions as _, Connection as _, postgres::PgConnectOptions};
use tokio::sync::{oneshot, watch};

use super::{
    EmbeddedError,
    settings::Durability,
    supervisor::{Order, ServerState, Started, Supervisor},
};
use crate::data_dir::DataDirLock;

/// SQLSTATE of a database that exists already.
const DUPLICATE_DATABASE: &str = "42P04";

/// What to start and how long to wait for it.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// The data folder; it is made if it is not there.
    pub data_dir: PathBuf,
    /// How long the server may take until it answers; recovery after a crash is part of that.
    pub start_limit: Duration,
    /// How long the server may take to write everything down when it is stopped.
    pub stop_limit: Duration,
    pub(crate) durability: Durability,
}

impl EmbeddedOptions {
    /// A server in `data_dir` with 5 minutes to start and 1 minute to stop.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            start_limit: Duration::from_secs(300),
            stop_limit: Duration::from_secs(60),
            durability: Durability::Kept,
        }
    }
}

/// A private PostgreSQL server that runs as long as this handle.
///
/// It is started again when it dies, also by `kill -9`: pools wait and reconnect.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    orders: mpsc::Sender<Order>,
    started: Started,
}

/// What comes with a server is not for logins: one that is to write nothing could write there.
const CLOSED: &str = "DO $$ BEGIN \
     IF has_database_privilege('public', 'postgres', 'CONNECT') THEN \
         REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC; \
     END IF; END $$";

impl EmbeddedPostgres {
    /// Starts the server, and makes its cluster first if there is none.
    ///
    /// # Errors
    ///
    /// Every reason of [`EmbeddedError`]; nothing is left running then.
    pub async fn start(options: EmbeddedOptions) -> Result<Self, EmbeddedError> {
        Self::start_with(options, None).await
    }

    /// As [`EmbeddedPostgres::start`], for a caller that holds the lock of the folder already.
    ///
    /// # Errors
    ///
    /// Every reason of [`EmbeddedError`]; nothing is left running then.
    pub async fn start_locked(options: EmbeddedOptions, lock: DataDirLock) -> Result<Self, EmbeddedError> {
        Self::start_with(options, Some(lock)).await
    }

    async fn start_with(options: EmbeddedOptions, lock: Option<DataDirLock>) -> Result<Self, EmbeddedError> {
        let (orders, receiver) = mpsc::channel();
        let (answer, started) = oneshot::channel();
        let orders_to_us = orders.clone();
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(
                move || match Supervisor::prepare(options, lock, receiver, orders_to_us) {
                    Ok(supervisor) => supervisor.run(answer),
                    Err(error) => drop(answer.send(Err(error))),
                },
            )
            .map_err(|_| EmbeddedError::SupervisorGone)?;
        let started = started.await.map_err(|_| EmbeddedError::SupervisorGone)??;
        Ok(Self { orders, started })
    }

    /// How the driver connects to a database of this server, as its superuser.
    #[must_use]
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        self.started.socket.connect_options(database)
    }

    /// A URL for `DATABASE_URL`, `psql` and other tools; it holds no password.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.started.socket.url(database)
    }

    /// A command line that opens `psql` on a database of this server.
    #[must_use]
    pub fn psql(&self, database: &str) -> String {
        self.started.socket.psql(database)
    }

    /// The folder of the server's logs.
    #[must_use]
    pub fn log_folder(&self) -> &Path {
        &self.started.layout.log
    }

    /// The server's major version.
    #[must_use]
    pub fn major_version(&self) -> u32 {
        self.started.major_version
    }

    /// The number of the server's main process, `None` while it does not run.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match *self.started.state.borrow() {
            ServerState::Running { pid, .. } => Some(pid),
            _ => None,
        }
    }

    /// What the server does, to be watched: restarts, and the end if it cannot be kept alive.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ServerState> {
        self.started.state.clone()
    }

    /// Waits until the server is given up, and says why; never returns while it can be kept alive.
    pub async fn failed(&self) -> String {
        let mut state = self.state();
        match state
            .wait_for(|state| matches!(state, ServerState::Failed { .. }))
            .await
            .as_deref()
        {
            Ok(ServerState::Failed { reason }) => reason.clone(),
            _ => "the thread that runs it has ended".to_owned(),
        }
    }

    /// Makes a database unless it is there, and tells how to connect to it.
    ///
    /// # Errors
    ///
    /// When the name is no plain identifier, or the server refuses.
    pub async fn ensure_database(&self, name: &str) -> Result<PgConnectOptions, EmbeddedError> {
        check_name(name)?;
        let failed = |source| EmbeddedError::Database {
            name: name.to_owned(),
            source,
        };
        let mut connection = self.connect_options("postgres").connect().await.map_err(failed)?;
        // The name was checked above: it can be nothing but a name.
        match sqlx::query(&format!("CREATE DATABASE {name}"))
            .execute(&mut connection)
            .await
        {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(DUPLICATE_DATABASE) => {}
            other => {
                other.map_err(failed)?;
            }
        }
        sqlx::query(CLOSED)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(self.connect_options(name))
    }

    /// Stops the server in order, and waits for it. Open connections are cut.
    pub async fn stop(self) {
        let (reply, stopped) = oneshot::channel();
        // Both fail only when the server was given up before, and then there is nothing to stop.
        if self.orders.send(Order::Stop(Some(reply))).is_ok() {
            drop(stopped.await);
        }
    }
}

impl Drop for EmbeddedPostgres {
    /// Begins to stop the server, without waiting for it.
    fn drop(&mut self) {
        drop(self.orders.send(Order::Stop(None)));
    }
}

/// Refuses what would have to be quoted.
pub(crate) fn check_name(name: &str) -> Result<(), EmbeddedError> {
    let mut characters = name.chars();
    let begins_well = characters.next().is_some_and(|first| first.is_ascii_lowercase());
    let goes_on_well =
        characters.all(|other| other.is_ascii_lowercase() || other.is_ascii_digit() || other == '_');
    // PostgreSQL cuts names at 63 bytes in silence.
    if begins_well && goes_on_well && name.len() <= 63 {
        return Ok(());
    }
    Err(EmbeddedError::DatabaseName {
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_database_names() {
        for good in ["souk", "souk_2", "a"] {
            check_name(good).unwrap();
        }
        for bad in [
            "",
            "2souk",
            "so uk",
            "souk;drop",
            "Souk",
            "\"souk\"",
            "склад",
            &"x".repeat(64),
        ] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
