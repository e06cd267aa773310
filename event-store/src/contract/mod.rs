//! What every log must do, whatever it is kept in.
//!
//! Each test is written once and runs on the log in memory and on the one in PostgreSQL.

mod appending;
mod bus;
mod compatibility;
mod counter;
mod deadlines;
mod foreign_writes;
mod history;
mod interleaving;
mod ordering;
mod outage;
mod paced;
mod permanence;
mod processes;
mod reading;
mod snapshots;

use std::sync::Arc;

use chrono::Utc;
use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::{Append, Claim, CommandKey, Log, MemoryLog, NewEvent, PostgresLog, PostgresLogOptions, StreamId};

/// Runs each test on both logs.
macro_rules! on_both_logs {
    ($($name:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test] async fn $name() { super::$name(crate::contract::memory()).await; })+
        }
        mod in_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let database = crate::contract::Database::new().await;
                super::$name(database.log().await).await;
            })+
        }
    };
}
pub(crate) use on_both_logs;

/// An empty log in memory.
pub(crate) fn memory() -> Log {
    Arc::new(MemoryLog::new(Utc::now))
}

/// A migrated database of one test.
pub(crate) struct Database {
    scratch: ScratchDatabase,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let cluster = ScratchCluster::shared().await.unwrap();
        let migrate = async |options| {
            let pool = PgPool::connect_with(options).await?;
            schema::migrate(&pool).await?;
            pool.close().await;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        Self {
            scratch: cluster.database("souk", migrate).await.unwrap(),
        }
    }

    pub(crate) async fn pool(&self) -> PgPool {
        self.scratch.pool(8).await.unwrap()
    }

    /// Another log on the same database, as another process would have it.
    pub(crate) async fn log(&self) -> Log {
        Arc::new(
            PostgresLog::open(self.pool().await, PostgresLogOptions::default())
                .await
                .unwrap(),
        )
    }
}

/// Holds the head of the log, so that nothing can be written until the connection is closed.
pub(crate) async fn hold_the_head(database: &Database) -> PgConnection {
    let mut holder = PgConnection::connect_with(&database.scratch.options())
        .await
        .unwrap();
    sqlx::raw_sql("BEGIN; SELECT position FROM log_head FOR UPDATE")
        .execute(&mut holder)
        .await
        .unwrap();
    holder
}

pub(crate) fn stream(id: &str) -> StreamId {
    StreamId::new("thing", id)
}

/// An append of so many events.
pub(crate) fn append(id: &str, expected: i64, count: usize) -> Append {
    let event = |number| NewEvent {
        event_type: "Happened".to_owned(),
        event_version: "1".to_owned(),
        payload: format!(r#"{{"Happened":{{"to":"{id}","number":{number}}}}}"#),
    };
    Append {
        stream: stream(id),
        expected,
        events: (0..count).map(event).collect(),
        metadata: r#"{"actor":"tester","correlation_id":"c1"}"#.to_owned(),
        keys: Vec::new(),
        claims: Vec::new(),
    }
}

pub(crate) fn with_key(mut append: Append, key: &str, body: &str) -> Append {
    append.keys.push(CommandKey {
        key: key.to_owned(),
        fingerprint: body.as_bytes().to_vec(),
    });
    append
}

pub(crate) fn with_claim(mut append: Append, value: &str) -> Append {
    append.claims.push(Claim {
        scope: "thing.name".to_owned(),
        value: value.to_owned(),
    });
    append
}
