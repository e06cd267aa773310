//! A small shop: tables in PostgreSQL, the log there or in memory, and customers to order from it.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use domain::{
    Command,
    account::{Account, AccountCommand},
    order::{CancelReason, Line, Order, OrderCommand, OrderStatus, PaymentMethod, Placement},
    payment::Payment,
    stock::StockCommand,
    value::{AccountId, CustomerId, Money, OrderId, PaymentId, ProductId, Quantity, Sku},
};
use event_store::{
    BusOptions, Claim, CommandBus, CommandContext, Decoder, Filter, Log, MemoryLog, Metadata, PostgresLog,
    PostgresLogOptions, RecordedEvent,
};
use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    PaymentGateway, ProcessManagers, RunnerOptions, SandboxGateway, Wiring, dispatch,
    runner::{Manager, Shared, follows::Follows, shop_feed},
};

/// How long a test waits for something that should happen at once, before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an order that is paid by card comes to.
pub(super) const PAID_BY_CARD: &[&str] = &[
    "OrderPlaced",
    "StockReserved",
    "PaymentRequested",
    "PaymentAuthorised",
    "OrderConfirmed",
    "CaptureRequested",
    "PaymentCaptured",
    "OrderPaid",
];

/// What an order that is paid from an account comes to.
pub(super) const PAID_FROM_ACCOUNT: &[&str] = &[
    "OrderPlaced",
    "StockReserved",
    "PaymentRequested",
    "FundsHeld",
    "PaymentAuthorised",
    "OrderConfirmed",
    "CaptureRequested",
    "HoldCaptured",
    "PaymentCaptured",
    "OrderPaid",
];

pub(super) struct Shop {
    pub(super) pool: PgPool,
    pub(super) log: Log,
    pub(super) bus: Arc<CommandBus>,
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) options: RunnerOptions,
    database: ScratchDatabase,
}

impl Shop {
    /// The log is in memory.
    pub(super) async fn open() -> Self {
        Self::open_with(Arc::new(SandboxGateway::default())).await
    }

    pub(super) async fn open_with(gateway: Arc<dyn PaymentGateway>) -> Self {
        let (database, pool) = database().await;
        Self::on(Arc::new(MemoryLog::new(Utc::now)), gateway, database, pool).await
    }

    /// The clock of the log is an hour late: every timer of an order is due when it is set.
    pub(super) async fn open_in_the_past(gateway: Arc<dyn PaymentGateway>) -> Self {
        let (database, pool) = database().await;
        let log = MemoryLog::new(|| Utc::now() - chrono::TimeDelta::hours(1));
        let mut shop = Self::on(Arc::new(log), gateway, database, pool).await;
        // No other copy is in the way, so nobody has to be waited for.
        shop.options.lease = Duration::ZERO;
        shop
    }

    /// The clock of the log was an hour ahead for a moment, and its time never goes back.
    pub(super) async fn open_in_the_future(gateway: Arc<dyn PaymentGateway>) -> Self {
        let (database, pool) = database().await;
        let log = MemoryLog::new(|| Utc::now() + chrono::TimeDelta::hours(1));
        Self::on(Arc::new(log), gateway, database, pool).await
    }

    /// The log is where the tables are.
    pub(super) async fn open_on_postgres() -> Self {
        Self::open_on_postgres_with(Arc::new(SandboxGateway::default())).await
    }

    pub(super) async fn open_on_postgres_with(gateway: Arc<dyn PaymentGateway>) -> Self {
        let (database, pool) = database().await;
        let log = PostgresLog::open(pool.clone(), PostgresLogOptions::default())
            .await
            .unwrap();
        Self::on(Arc::new(log), gateway, database, pool).await
    }

    async fn on(log: Log, gateway: Arc<dyn PaymentGateway>, database: ScratchDatabase, pool: PgPool) -> Self {
        let bus = bus(&log);
        let shop = Self {
            pool,
            log,
            bus,
            gateway,
            options: RunnerOptions::default(),
            database,
        };
        shop.receive("TEA", 1_000_000).await;
        shop.receive("CUP", 2).await;
        shop
    }

    /// One more copy of the service. Its commands are decided in a memory of its own.
    pub(super) fn start(&self) -> ProcessManagers {
        self.start_until(&CancellationToken::new())
    }

    pub(super) fn start_until(&self, cancellation: &CancellationToken) -> ProcessManagers {
        ProcessManagers::start(self.wiring(), self.options, cancellation)
    }

    /// One process manager alone, not running yet.
    pub(super) fn manager<M: Follows>(&self, cancellation: &CancellationToken) -> Arc<Manager<M>> {
        let wiring = self.wiring();
        let feed = shop_feed(Arc::clone(&self.log), decoder());
        let shared = Shared::new(feed, &wiring, &self.options);
        Manager::new(&wiring, &shared, self.options, cancellation.clone())
    }

    pub(super) fn wiring(&self) -> Wiring {
        Wiring {
            pool: self.pool.clone(),
            bus: bus(&self.log),
            decoder: decoder(),
            gateway: Arc::clone(&self.gateway),
        }
    }

    pub(super) async fn receive(&self, sku: &str, units: i64) {
        let receive = StockCommand::Receive {
            warehouse: "main".to_owned().try_into().unwrap(),
            quantity: quantity(units),
            lot: None,
            expires_on: None,
        };
        self.send((sku.parse::<Sku>().unwrap(), receive), "setup").await;
    }

    /// An account with some money.
    pub(super) async fn account(&self, cents: i64) -> AccountId {
        let id = AccountId::new(Uuid::now_v7());
        let owner_id = CustomerId::new(Uuid::now_v7());
        self.send(
            (
                id,
                AccountCommand::Open {
                    owner_id,
                    currency: euros(1).currency,
                },
            ),
            "setup",
        )
        .await;
        let reference = "salary".to_owned().try_into().unwrap();
        self.send(
            (
                id,
                AccountCommand::Deposit {
                    amount: euros(cents),
                    reference,
                },
            ),
            "setup",
        )
        .await;
        id
    }

    /// The booked money of an account, and how much of it is held.
    pub(super) async fn balance(&self, id: AccountId) -> (i64, i64) {
        match self.bus.fetch::<Account>(&id.to_string()).await.unwrap().state {
            Account::Open(account) => (
                account.booked,
                account.holds.values().map(|hold| hold.remaining).sum(),
            ),
            Account::Unopened => panic!("the account is not open"),
        }
    }

    /// A pool with the rights of the owner.
    pub(super) async fn owner(&self) -> PgPool {
        self.database.pool(2).await.unwrap()
    }

    /// Places an order of one unit of each SKU, at 10 euros each.
    pub(super) async fn place(&self, skus: &[&str], payment: PaymentMethod) -> OrderId {
        let id = OrderId::new(Uuid::now_v7());
        let line = |sku: &&str| Line {
            sku: sku.parse().unwrap(),
            product_id: ProductId::new(Uuid::nil()),
            name: (*sku).to_owned(),
            quantity: quantity(1),
            unit_price: euros(1_000),
            tax_rate_bp: 1_900,
        };
        let placement = Placement {
            customer_id: CustomerId::new(Uuid::nil()),
            lines: skus.iter().map(line).collect(),
            payment_id: PaymentId::new(Uuid::now_v7()),
            payment,
            shipping_address: serde_json::from_value(serde_json::json!({
                "name": "Ada", "street": "Main Street 1", "city": "Berlin", "country": "DE",
            }))
            .unwrap(),
            expected_total: None,
        };
        self.send((id, OrderCommand::Place(Box::new(placement))), &id.to_string())
            .await;
        id
    }

    pub(super) async fn cancel(&self, id: OrderId) {
        let reason = CancelReason::ByCustomer { note: None };
        self.send((id, OrderCommand::Cancel { reason }), &id.to_string())
            .await;
    }

    async fn send(&self, command: impl Into<Command>, correlation_id: &str) {
        let metadata = Metadata {
            actor: "somebody".to_owned(),
            correlation_id: correlation_id.to_owned(),
            traceparent: Some(format!("00-{correlation_id}")),
            ..Metadata::default()
        };
        let context = CommandContext {
            metadata,
            ..CommandContext::default()
        };
        dispatch::execute(&self.bus, command.into(), context)
            .await
            .unwrap();
    }

    /// Everything that followed from placing an order.
    pub(super) async fn history(&self, id: OrderId) -> Vec<RecordedEvent> {
        let filter = Filter {
            correlation_id: Some(id.to_string()),
            ..Filter::default()
        };
        self.log.read(0, 10_000, &filter).await.unwrap()
    }

    /// The names of the same.
    pub(super) async fn story(&self, id: OrderId) -> Vec<String> {
        self.history(id)
            .await
            .into_iter()
            .map(|event| event.event_type)
            .collect()
    }

    /// How an order stands by now.
    pub(super) async fn status(&self, id: OrderId) -> OrderStatus {
        let order = self.bus.fetch::<Order>(&id.to_string()).await.unwrap().state;
        order.placed().unwrap().status.clone()
    }

    /// Waits until an order has come to some number of events.
    pub(super) async fn wait_for(&self, id: OrderId, events: usize) {
        let mut head = self.log.watch();
        let arrival = async {
            while self.history(id).await.len() < events {
                head.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, arrival).await.is_err() {
            panic!(
                "no {events} events within {PATIENCE:?}: {:?}",
                self.story(id).await
            );
        }
    }

    /// Waits until an event of some name followed from an order.
    pub(super) async fn wait_until(&self, id: OrderId, event_type: &str) {
        let mut head = self.log.watch();
        let arrival = async {
            while !self.story(id).await.iter().any(|name| name == event_type) {
                head.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, arrival).await.is_err() {
            panic!("no {event_type} within {PATIENCE:?}: {:?}", self.story(id).await);
        }
    }

    /// The number of timers that run.
    pub(super) async fn timers(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM process_timers")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// The number of rows in the outbox.
    pub(super) async fn outbox(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM process_outbox")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }
}

pub(super) fn card(token: &str) -> PaymentMethod {
    PaymentMethod::Card {
        token: token.to_owned().try_into().unwrap(),
    }
}

pub(super) fn from_account(account_id: AccountId) -> PaymentMethod {
    PaymentMethod::Account { account_id }
}

pub(super) fn euros(cents: i64) -> Money {
    serde_json::from_value(serde_json::json!({"amount": cents, "currency": "EUR"})).unwrap()
}

fn quantity(units: i64) -> Quantity {
    units.try_into().unwrap()
}

fn decoder() -> Arc<Decoder> {
    Arc::new(Decoder::new(domain::upcasters()))
}

fn bus(log: &Log) -> Arc<CommandBus> {
    let bus = CommandBus::new(Arc::clone(log), decoder(), BusOptions::default());
    Arc::new(bus.with_claims::<Payment>(|event| {
        let claims = event.claims().into_iter();
        let stored = |claim: domain::Claim| Claim {
            scope: claim.scope.to_owned(),
            value: claim.value,
        };
        claims.map(stored).collect()
    }))
}

async fn database() -> (ScratchDatabase, PgPool) {
    let cluster = ScratchCluster::shared().await.unwrap();
    let migrate = async |options| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let pool = PgPool::connect_with(options).await?;
        schema::migrate(&pool).await?;
        pool.close().await;
        Ok(())
    };
    let database = cluster.database("process_managers", migrate).await.unwrap();
    // With the rights of the service, so that a missing grant is found here.
    let settings =
        platform::pool::PoolSettings::new(platform::pool::DatabaseRole::Writer, "process-managers", 8);
    let pool = platform::pool::connect(database.options(), &settings)
        .await
        .unwrap();
    (database, pool)
}
