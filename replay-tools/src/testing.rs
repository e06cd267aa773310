//! A small shop and a console in memory, for the tests of all commands.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use event_store::{Append, Log, MemoryLog, NewEvent, RecordedEvent, StreamId};
use tokio_util::sync::CancellationToken;

use crate::{Console, Context, Error, Outcome};

pub(crate) const ACCOUNT: &str = "00000000-0000-0000-0000-0000000000a1";
pub(crate) const ORDER: &str = "00000000-0000-0000-0000-0000000000b1";
const CUSTOMER: &str = r#"{"actor":"customer:1","correlation_id":"request-1","command_id":"c1"}"#;
const CLERK: &str = r#"{"actor":"clerk, \"night\" shift","correlation_id":"request-2"}"#;

/// A shop with one account, some stock and one order.
pub(crate) struct Shop {
    pub(crate) log: Log,
}

/// What a command printed, and how it ended.
pub(crate) struct Printed {
    pub(crate) result: Result<Outcome, Error>,
    pub(crate) out: String,
    pub(crate) notes: String,
}

/// The shop on a log in memory: its first event is of 12:00 on 2026-01-31, each further one of a minute
/// later.
pub(crate) async fn shop() -> Shop {
    let noon: DateTime<Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
    let minutes = AtomicI64::new(0);
    let clock = move || noon + TimeDelta::minutes(minutes.fetch_add(1, Ordering::Relaxed));
    fill(Arc::new(MemoryLog::new(clock))).await
}

/// The same events on any log.
pub(crate) async fn fill(log: Log) -> Shop {
    let shop = Shop { log };
    let owner = "00000000-0000-0000-0000-0000000000c1";
    let payment = "00000000-0000-0000-0000-0000000000d1";
    let opened = format!(r#"{{"AccountOpened":{{"owner_id":"{owner}","currency":"EUR"}}}}"#);
    shop.append("account", ACCOUNT, 0, &opened, CUSTOMER).await;
    let deposited = r#"{"AccountDeposited":{"amount":{"amount":5000,"currency":"EUR"},"reference":"salary, \"May\"","counter_account":"outside:cash"}}"#;
    shop.append("account", ACCOUNT, 1, deposited, CLERK).await;
    // The line breaks and the form of this payload are those of a writer that is not ours.
    let received = "{\"StockReceived\": {\n  \"warehouse\": \"main\",\n  \"quantity\": 10\n}}";
    shop.append("stock", "LAMP-RED", 0, received, CLERK).await;
    let held = format!(
        r#"{{"FundsHeld":{{"payment_id":"{payment}","order_id":"{ORDER}","amount":{{"amount":2380,"currency":"EUR"}}}}}}"#
    );
    shop.append("account", ACCOUNT, 2, &held, CUSTOMER).await;
    let placed = format!(
        r#"{{"OrderPlaced":{{"customer_id":"{owner}","lines":[{{"sku":"LAMP-RED","product_id":"{owner}","name":"Lamp, red","quantity":2,"unit_price":{{"amount":1190,"currency":"EUR"}},"tax_rate_bp":1900}}],"total":{{"amount":2380,"currency":"EUR"}},"tax":{{"amount":380,"currency":"EUR"}},"payment_id":"{payment}","payment":{{"method":"account","account_id":"{ACCOUNT}"}},"shipping_address":{{"name":"Ada Lovelace","street":"St James's Square 12","postal_code":"SW1Y 4JH","city":"London","country":"GB"}}}}}}"#
    );
    shop.append("order", ORDER, 0, &placed, CUSTOMER).await;
    shop.append("order", ORDER, 1, r#"{"OrderConfirmed":{}}"#, CUSTOMER)
        .await;
    shop.append("order", ORDER, 2, r#"{"OrderPaid":{}}"#, "{}").await;
    shop
}

impl Shop {
    /// Writes one event.
    pub(crate) async fn append(&self, kind: &str, id: &str, expected: i64, payload: &str, metadata: &str) {
        let name = payload.split('"').nth(1).unwrap().to_owned();
        let event = NewEvent {
            event_type: name,
            event_version: "1".to_owned(),
            payload: payload.to_owned(),
        };
        let append = Append {
            stream: StreamId::new(kind, id),
            expected,
            events: vec![event],
            metadata: metadata.to_owned(),
            keys: Vec::new(),
            claims: Vec::new(),
        };
        self.log.append(append).await.unwrap();
    }

    pub(crate) async fn events_of(&self, kind: &str, id: &str) -> Vec<RecordedEvent> {
        self.log.load(&StreamId::new(kind, id), 0, 100).await.unwrap()
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            log: Arc::clone(&self.log),
            may_write: true,
            stop: CancellationToken::new(),
        }
    }
}

/// Runs a command with a console in memory.
pub(crate) async fn printed(
    command: impl AsyncFnOnce(&mut Console<'_>) -> Result<Outcome, Error>,
) -> Printed {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut console = Console {
        out: &mut out,
        out_is_terminal: false,
        look: crate::Look::default(),
        notes: &mut notes,
        notes_are_terminal: false,
    };
    let result = command(&mut console).await;
    Printed {
        result,
        out: String::from_utf8(out).unwrap(),
        notes: String::from_utf8(notes).unwrap(),
    }
}

impl Printed {
    /// Everything, for a snapshot.
    pub(crate) fn all(&self) -> String {
        let Self { result, out, notes } = self;
        let result = match result {
            Ok(outcome) => format!("{outcome:?}"),
            Err(error) => format!("error: {error}"),
        };
        format!("{result}\n--- results\n{out}--- notes\n{notes}")
    }

    /// The message of the error.
    pub(crate) fn error(&self) -> String {
        self.result.as_ref().unwrap_err().to_string()
    }
}

/// A shop on PostgreSQL.
pub(crate) mod postgres {
    use std::sync::Arc;

    use event_store::{Log, PostgresLog, PostgresLogOptions};
    use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
    use sqlx::{Executor, PgPool, postgres::PgPoolOptions};

    /// A migrated database with the events of the shop.
    pub(crate) struct Database {
        scratch: ScratchDatabase,
    }

    impl Database {
        pub(crate) async fn new() -> Self {
            let migrate = async |options| {
                let pool = PgPool::connect_with(options).await?;
                schema::migrate(&pool).await?;
                pool.close().await;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            };
            let cluster = ScratchCluster::shared().await.unwrap();
            let database = Self {
                scratch: cluster.database("replay_tools", migrate).await.unwrap(),
            };
            super::fill(database.log("souk_writer").await).await;
            database
        }

        /// A pool with the rights of whom the database belongs to.
        pub(crate) async fn owner(&self) -> PgPool {
            self.scratch.pool(1).await.unwrap()
        }

        /// A pool with the rights of a role.
        pub(crate) async fn pool(&self, role: &'static str) -> PgPool {
            let pool = PgPoolOptions::new()
                .max_connections(4)
                .after_connect(move |connection, _| {
                    Box::pin(async move {
                        connection.execute(format!("SET ROLE {role}").as_str()).await?;
                        Ok(())
                    })
                });
            pool.connect_with(self.scratch.options()).await.unwrap()
        }

        /// The log with the rights of a role.
        pub(crate) async fn log(&self, role: &'static str) -> Log {
            let options = PostgresLogOptions::default();
            Arc::new(PostgresLog::open(self.pool(role).await, options).await.unwrap())
        }
    }
}
