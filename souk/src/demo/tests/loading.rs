//! A small shop is loaded through the real commands and the real process managers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Utc;
use command_api::{Commands, shop_bus};
use event_store::{BusOptions, Decoder, Filter, Log, MemoryLog, RecordedEvent};
use platform::{
    pool::{DatabaseRole, PoolSettings},
    postgres::scratch::{ScratchCluster, ScratchDatabase},
};
use process_managers::{ProcessManagers, RunnerOptions, SandboxGateway, Wiring};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::demo::{DemoError, DemoOptions, DemoSize, DemoSummary, Progress, load, plan::Plan, showcase};

const SIZE: DemoSize = DemoSize {
    products: 50,
    customers: 10,
    orders: 100,
};

/// A log in memory, and process managers that keep what they know in a database of their own.
struct Shop {
    commands: Commands,
    managers: ProcessManagers,
    _database: ScratchDatabase,
}

impl Shop {
    async fn open() -> Self {
        let (database, pool) = database().await;
        let log: Log = Arc::new(MemoryLog::new(Utc::now));
        let bus = Arc::new(shop_bus(log, BusOptions::default()));
        let wiring = Wiring {
            pool,
            bus: Arc::clone(&bus),
            decoder: Arc::new(Decoder::new(domain::upcasters())),
            gateway: Arc::new(SandboxGateway::default()),
        };
        let managers = ProcessManagers::start(wiring, RunnerOptions::default(), &CancellationToken::new());
        Self {
            commands: Commands::new(bus),
            managers,
            _database: database,
        }
    }

    async fn load(&self, seed: u64) -> Result<DemoSummary, DemoError> {
        load(
            &self.commands,
            DemoOptions { seed, size: SIZE },
            &Progress::hidden(),
        )
        .await
    }

    /// Everything that happened, once nothing more follows from it.
    async fn history(&self) -> Vec<RecordedEvent> {
        self.managers.settle().await.unwrap();
        self.commands
            .bus()
            .log()
            .read(0, 100_000, &Filter::default())
            .await
            .unwrap()
    }
}

/// What happened to each aggregate, whatever the positions.
///
/// Orders overtake each other, so what they did to shared stock and accounts comes in any order, and the
/// warehouses that units are taken from, and the time until which they are kept, depend on it.
fn content(history: &[RecordedEvent]) -> BTreeMap<(String, String), Vec<(String, String)>> {
    let mut content: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in history {
        let mut payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
        let fields = payload
            .as_object_mut()
            .and_then(|event| event.values_mut().next()?.as_object_mut());
        if let Some(fields) = fields {
            for varies in ["allocations", "expires_at", "available"] {
                fields.remove(varies);
            }
        }
        let stream = (event.aggregate_type.clone(), event.aggregate_id.clone());
        content
            .entry(stream)
            .or_default()
            .push((event.event_type.clone(), payload.to_string()));
    }
    content.values_mut().for_each(|events| events.sort());
    content
}

fn last_events(history: &[RecordedEvent]) -> BTreeMap<&str, &str> {
    let orders = history.iter().filter(|event| event.aggregate_type == "order");
    orders
        .map(|event| (event.aggregate_id.as_str(), event.event_type.as_str()))
        .collect()
}

async fn database() -> (ScratchDatabase, PgPool) {
    let cluster = ScratchCluster::shared().await.unwrap();
    let migrate = async |options| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let pool = PgPool::connect_with(options).await?;
        schema::migrate(&pool).await?;
        pool.close().await;
        Ok(())
    };
    let database = cluster.database("demo", migrate).await.unwrap();
    let settings = PoolSettings::new(DatabaseRole::Writer, "demo", 8);
    let pool = platform::pool::connect(database.options(), &settings)
        .await
        .unwrap();
    (database, pool)
}

#[tokio::test]
async fn every_order_comes_as_far_as_its_plan_says() {
    let shop = Shop::open().await;
    let summary = shop.load(1).await.unwrap();
    let loaded = summary.loaded.unwrap();
    assert_eq!(
        (loaded.products, loaded.customers, loaded.orders.total()),
        (51, 11, 101)
    );

    let history = shop.history().await;
    let last = last_events(&history);
    for order in Plan::new(1, SIZE).unwrap().orders {
        use crate::demo::order::Fate;
        let expected = match order.fate {
            Fate::Delivered => "OrderDelivered",
            Fate::Shipped => "OrderShipped",
            Fate::Paid => "OrderPaid",
            Fate::Cancelled | Fate::OutOfStock | Fate::Declined => "OrderCancelled",
        };
        assert_eq!(
            last.get(order.id.to_string().as_str()),
            Some(&expected),
            "{order:?}"
        );
    }
}

#[tokio::test]
async fn what_the_readme_names_is_there() {
    let shop = Shop::open().await;
    shop.load(7).await.unwrap();
    let history = shop.history().await;
    let streams: BTreeSet<(&str, &str)> = history
        .iter()
        .map(|event| (event.aggregate_type.as_str(), event.aggregate_id.as_str()))
        .collect();
    let (account, product, order) = (
        showcase::ACCOUNT.to_string(),
        showcase::PRODUCT.to_string(),
        showcase::ORDER.to_string(),
    );
    for stream in [
        ("account", &*account),
        ("product", &product),
        ("stock", showcase::SKU),
        ("order", &order),
    ] {
        assert!(streams.contains(&stream), "{stream:?}");
    }
    assert_eq!(last_events(&history).get(order.as_str()), Some(&"OrderDelivered"));
    let holder = shop
        .commands
        .bus()
        .log()
        .find_claim("product.slug", showcase::SLUG)
        .await
        .unwrap();
    assert_eq!(holder, Some(product));
}

#[tokio::test]
async fn a_shop_that_is_loaded_is_left_alone() {
    let shop = Shop::open().await;
    shop.load(1).await.unwrap();
    let before = shop.history().await.len();
    assert_eq!(shop.load(1).await.unwrap(), DemoSummary { loaded: None });
    assert_eq!(shop.load(2).await.unwrap(), DemoSummary { loaded: None });
    assert_eq!(shop.history().await.len(), before);
}

#[tokio::test]
async fn a_load_that_was_killed_is_started_again_and_completes() {
    let whole = Shop::open().await;
    whole.load(1).await.unwrap();
    let whole = whole.history().await;

    let shop = Shop::open().await;
    for part in [4, 2] {
        let enough = i64::try_from(whole.len() / part).unwrap();
        let mut head = shop.commands.bus().log().watch();
        // Dropping the load where it stands is what a kill does to it.
        tokio::select! {
            loaded = shop.load(1) => panic!("the load was not interrupted: {loaded:?}"),
            reached = head.wait_for(|head| *head >= enough) => drop(reached.unwrap()),
        }
    }
    shop.load(1).await.unwrap();
    assert_eq!(content(&shop.history().await), content(&whole));
}

#[tokio::test]
async fn another_shop_is_not_loaded_on_top_of_a_half_loaded_one() {
    let shop = Shop::open().await;
    let mut head = shop.commands.bus().log().watch();
    tokio::select! {
        loaded = shop.load(1) => panic!("the load was not interrupted: {loaded:?}"),
        reached = head.wait_for(|head| *head >= 20) => drop(reached.unwrap()),
    }
    assert!(matches!(shop.load(2).await, Err(DemoError::OtherShop)));
}
