//! The log of a shop that has been in business for a while, of any length.
//!
//! The events are those that the shop itself writes for orders paid from an account, two lines each:
//! consistent enough for every read model to be built from them. They are copied into the table without
//! `append_events`, for what is measured is what comes after.

use anyhow::{Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Event;
use platform::pool::DatabaseRole;
use sqlx::PgPool;
use uuid::Uuid;

use crate::server::Database;

/// How many products there are, each with one SKU.
pub(crate) const PRODUCTS: usize = 1_000;
/// How many customers there are, each with one account.
const CUSTOMERS: usize = 500;
/// How many bytes are sent at once.
const CHUNK_BYTES: usize = 1_024 * 1_024;
/// Every how many events one is read back, as a proof that the shop understands what is written here.
const PROVE_EVERY: i64 = 9_973;

/// Fills the log of a fresh database with at least so many events, and says with how many.
pub(crate) async fn fill(database: &Database, events: i64) -> Result<i64> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    let indexes = "ALTER TABLE events DROP CONSTRAINT events_pkey, DROP CONSTRAINT events_position_key";
    sqlx::query(indexes).execute(&pool).await?;
    let written = copy(&pool, events).await?;
    let indexes = "ALTER TABLE events \
                   ADD CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence), \
                   ADD CONSTRAINT events_position_key UNIQUE (position)";
    sqlx::query(indexes).execute(&pool).await?;
    let head = "UPDATE log_head SET (position, recorded_at) = (SELECT max(position), max(recorded_at) FROM events)";
    sqlx::query(head).execute(&pool).await?;
    sqlx::query("VACUUM ANALYZE events").execute(&pool).await?;
    sqlx::query("CHECKPOINT").execute(&pool).await?;
    pool.close().await;
    Ok(written)
}

async fn copy(pool: &PgPool, events: i64) -> Result<i64> {
    let mut connection = pool.acquire().await?;
    let columns = "COPY events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                   metadata, position, recorded_at) FROM STDIN";
    let mut copy = connection.copy_in_raw(columns).await?;
    let mut shop = Shop::default();
    for number in 0..PRODUCTS {
        shop.offer(number)?;
    }
    for number in 0..CUSTOMERS {
        shop.welcome(number)?;
    }
    let mut number = 0;
    while shop.position < events {
        shop.sell(number)?;
        number += 1;
        if shop.rows.len() >= CHUNK_BYTES {
            copy.send(shop.rows.as_bytes()).await?;
            shop.rows.clear();
        }
    }
    copy.send(shop.rows.as_bytes()).await?;
    copy.finish().await?;
    Ok(shop.position)
}

/// What was written so far.
struct Shop {
    /// Rows in the text format of `COPY`.
    rows: String,
    position: i64,
    stock: Vec<i64>,
    accounts: Vec<i64>,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            rows: String::with_capacity(CHUNK_BYTES * 2),
            position: 0,
            stock: vec![0; PRODUCTS],
            accounts: vec![0; CUSTOMERS],
        }
    }
}

/// A kind of thing, so that no two things of different kinds have the same identifier.
#[derive(Clone, Copy)]
enum Kind {
    Product = 1,
    Customer,
    Account,
    Order,
    Payment,
}

fn id(kind: Kind, number: usize) -> Uuid {
    Uuid::from_u64_pair(kind as u64, number as u64)
}

fn sku(number: usize) -> String {
    format!("SKU-{number:05}")
}

/// In cents.
fn price(number: usize) -> i64 {
    500 + i64::try_from(number % 200).unwrap_or_default() * 100
}

fn euros(amount: i64) -> String {
    format!(r#"{{"amount":{amount},"currency":"EUR"}}"#)
}

impl Shop {
    fn event(
        &mut self,
        aggregate: (&str, &str),
        sequence: i64,
        event_type: &str,
        body: &str,
    ) -> Result<()> {
        self.position += 1;
        let payload = format!(r#"{{"{event_type}":{body}}}"#);
        if self.position % PROVE_EVERY == 1 {
            Event::from_payload(aggregate.0, &payload)?;
        }
        let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::milliseconds(self.position);
        let metadata = format!(
            r#"{{"actor":"customer","correlation_id":"{}","command_id":"{}"}}"#,
            id(Kind::Order, 0),
            id(Kind::Payment, 0),
        );
        let (kind, name) = aggregate;
        let at = at.to_rfc3339();
        let row = [
            kind,
            name,
            &sequence.to_string(),
            event_type,
            "1",
            &payload,
            &metadata,
            &self.position.to_string(),
            &at,
        ];
        ensure!(row.iter().all(|field| !field.contains(['\t', '\n', '\\'])), "a field needs escaping");
        self.rows.push_str(&row.join("\t"));
        self.rows.push('\n');
        Ok(())
    }

    fn offer(&mut self, number: usize) -> Result<()> {
        let product = id(Kind::Product, number).to_string();
        let (sku, price) = (sku(number), euros(price(number)));
        let created = format!(
            r#"{{"name":"Thing number {number}","slug":"thing-{number}","description":"A thing that people need.","categories":["things/{}"],"tags":[],"images":[],"variants":[{{"sku":"{sku}"}}],"tax_rate_bp":1900}}"#,
            number % 20,
        );
        self.event(("product", &product), 1, "ProductCreated", &created)?;
        let set = format!(r#"{{"sku":"{sku}","price":{price}}}"#);
        self.event(("product", &product), 2, "PriceSet", &set)?;
        self.happen_to_stock(number, "StockReceived", r#"{"warehouse":"main","quantity":10000000}"#)
    }

    fn welcome(&mut self, number: usize) -> Result<()> {
        let owner = id(Kind::Customer, number);
        let opened = format!(r#"{{"owner_id":"{owner}","currency":"EUR"}}"#);
        self.happen_to_account(number, "AccountOpened", &opened)?;
        let amount = euros(900_000_000_000_000);
        let deposited = format!(
            r#"{{"amount":{amount},"reference":"first","counter_account":"outside:cash"}}"#
        );
        self.happen_to_account(number, "AccountDeposited", &deposited)
    }

    /// One order, from placed to paid.
    fn sell(&mut self, number: usize) -> Result<()> {
        let (order, payment) = (id(Kind::Order, number).to_string(), id(Kind::Payment, number).to_string());
        // Spread unevenly, as sales are.
        let first = (number * 7 + number % 13 * number % 31) % PRODUCTS;
        let second = (first + 1 + number % 17) % PRODUCTS;
        let buyer = (number * 31) % CUSTOMERS;
        let (customer, account) = (id(Kind::Customer, buyer), id(Kind::Account, buyer));
        let line = |thing: usize| {
            let (product, sku, price) = (id(Kind::Product, thing), sku(thing), euros(price(thing)));
            format!(
                r#"{{"sku":"{sku}","product_id":"{product}","name":"Thing number {thing}","quantity":1,"unit_price":{price},"tax_rate_bp":1900}}"#
            )
        };
        let sum = price(first) + price(second);
        let total = euros(sum);
        let method = format!(r#"{{"method":"account","account_id":"{account}"}}"#);
        let placed = format!(
            r#"{{"customer_id":"{customer}","lines":[{},{}],"total":{total},"tax":{},"payment_id":"{payment}","payment":{method},"shipping_address":{{"name":"Ada Lovelace","street":"St James's Square 12","city":"London","postal_code":"SW1Y 4JH","country":"GB"}}}}"#,
            line(first),
            line(second),
            euros(sum * 19 / 119),
        );
        self.event(("order", &order), 1, "OrderPlaced", &placed)?;
        let reserved = format!(
            r#"{{"order_id":"{order}","quantity":1,"allocations":[{{"warehouse":"main","quantity":1}}],"expires_at":"2026-01-01T00:00:00Z"}}"#
        );
        self.happen_to_stock(first, "StockReserved", &reserved)?;
        self.happen_to_stock(second, "StockReserved", &reserved)?;
        let requested = format!(
            r#"{{"order_id":"{order}","customer_id":"{customer}","amount":{total},"method":{method}}}"#
        );
        self.event(("payment", &payment), 1, "PaymentRequested", &requested)?;
        let held = format!(r#"{{"payment_id":"{payment}","order_id":"{order}","amount":{total}}}"#);
        self.happen_to_account(buyer, "FundsHeld", &held)?;
        let of_order = format!(r#"{{"order_id":"{order}"}}"#);
        self.event(("payment", &payment), 2, "PaymentAuthorised", &of_order)?;
        self.event(("order", &order), 2, "OrderConfirmed", "{}")?;
        let capture = format!(r#"{{"order_id":"{order}","amount":{total}}}"#);
        self.event(("payment", &payment), 3, "CaptureRequested", &capture)?;
        let captured = format!(
            r#"{{"payment_id":"{payment}","order_id":"{order}","amount":{total},"counter_account":"merchant:revenue"}}"#
        );
        self.happen_to_account(buyer, "HoldCaptured", &captured)?;
        let captured = format!(r#"{{"order_id":"{order}","amount":{total},"source":"account"}}"#);
        self.event(("payment", &payment), 4, "PaymentCaptured", &captured)?;
        self.event(("order", &order), 3, "OrderPaid", "{}")
    }

    fn happen_to_stock(&mut self, number: usize, event_type: &str, body: &str) -> Result<()> {
        let sequence = next(&mut self.stock, number);
        self.event(("stock", &sku(number)), sequence, event_type, body)
    }

    fn happen_to_account(&mut self, number: usize, event_type: &str, body: &str) -> Result<()> {
        let sequence = next(&mut self.accounts, number);
        let account = id(Kind::Account, number).to_string();
        self.event(("account", &account), sequence, event_type, body)
    }
}

fn next(sequences: &mut [i64], number: usize) -> i64 {
    sequences.get_mut(number).map_or(1, |sequence| {
        *sequence += 1;
        *sequence
    })
}
