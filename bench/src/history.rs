//! The log of a shop that has been in business for a while, of any length.
//!
//! The events are those that the shop itself writes for orders paid from an account, two lines each:
//! consistent enough for every read model to be built from them. They are copied into the table without
//! `append_events`, for what is measured is what comes after.

use anyhow::{Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Event;
use platform::pool::DatabaseRole;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{relevance::Document, server::Database};

/// How many products there are, each with one SKU.
pub(crate) const PRODUCTS: usize = 1_000;
/// How many customers there are, each with one account.
const CUSTOMERS: usize = 500;
/// The metadata of every event.
pub(crate) const METADATA: &str = r#"{"actor":"customer","correlation_id":"01900000-0000-7000-8000-000000000000","command_id":"01900000-0000-7000-8000-000000000001"}"#;
/// How many different words there are in names and descriptions.
const VOCABULARY: u64 = 20_000;
/// How many bytes are sent at once.
const CHUNK_BYTES: usize = 1_024 * 1_024;
/// Every how many events one is read back, as a proof that the shop understands what is written here.
const PROVE_EVERY: i64 = 9_973;

/// Fills the log of a fresh database with at least so many events, and says with how many.
pub(crate) async fn fill(database: &Database, events: i64) -> Result<i64> {
    write(database, |shop, number| match number {
        _ if shop.position >= events => Ok(false),
        0 => shop.open().map(|()| true),
        number => shop.sell(number).map(|()| true),
    })
    .await
}

/// Fills the log of a fresh database with a catalogue of so many products, each with a price and in stock.
pub(crate) async fn list_products(database: &Database, products: usize) -> Result<i64> {
    write(database, |shop, number| {
        if number < products {
            shop.list(number)?;
        }
        Ok(number < products)
    })
    .await
}

/// Fills the log of a fresh database with these goods, each with one variant.
pub(crate) async fn list_goods(database: &Database, goods: &[Document]) -> Result<i64> {
    write(database, |shop, number| match goods.get(number) {
        Some(good) => shop.list_good(number, good).map(|()| true),
        None => Ok(false),
    })
    .await
}

/// The identifier of the product of a number.
pub(crate) fn product_id(number: usize) -> Uuid {
    id(Kind::Product, number)
}

/// Writes what one step after the other makes, until there are no more.
async fn write(database: &Database, step: impl FnMut(&mut Shop, usize) -> Result<bool>) -> Result<i64> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    let mut connection = pool.acquire().await?;
    // Filling takes as long as it takes.
    run(&mut connection, "SET statement_timeout = 0").await?;
    let without = "ALTER TABLE events DROP CONSTRAINT events_pkey, DROP CONSTRAINT events_position_key";
    run(&mut connection, without).await?;
    let written = copy(&mut connection, step).await?;
    let with = "ALTER TABLE events \
                ADD CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence), \
                ADD CONSTRAINT events_position_key UNIQUE (position)";
    run(&mut connection, with).await?;
    let head =
        "UPDATE log_head SET (position, recorded_at) = (SELECT max(position), max(recorded_at) FROM events)";
    run(&mut connection, head).await?;
    run(&mut connection, "VACUUM ANALYZE events").await?;
    run(&mut connection, "CHECKPOINT").await?;
    drop(connection);
    pool.close().await;
    Ok(written)
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<()> {
    sqlx::raw_sql(statement).execute(connection).await?;
    Ok(())
}

async fn copy(
    connection: &mut PgConnection,
    mut step: impl FnMut(&mut Shop, usize) -> Result<bool>,
) -> Result<i64> {
    let columns = "COPY events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                   metadata, position, recorded_at) FROM STDIN";
    let mut copy = connection.copy_in_raw(columns).await?;
    let (mut shop, mut rows, mut number) = (Shop::default(), String::new(), 0);
    while step(&mut shop, number)? {
        number += 1;
        for fact in shop.facts.drain(..) {
            fact.write(&mut rows)?;
        }
        if rows.len() >= CHUNK_BYTES {
            copy.send(rows.as_bytes()).await?;
            rows.clear();
        }
    }
    copy.send(rows.as_bytes()).await?;
    copy.finish().await?;
    Ok(shop.position)
}

/// Something that happened.
pub(crate) struct Fact {
    pub(crate) aggregate_type: &'static str,
    pub(crate) aggregate_id: String,
    pub(crate) sequence: i64,
    pub(crate) event_type: &'static str,
    pub(crate) payload: String,
    position: i64,
}

impl Fact {
    /// Appends it as a row in the text format of `COPY`.
    fn write(&self, rows: &mut String) -> Result<()> {
        let at =
            DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::milliseconds(self.position);
        let (sequence, position, at) = (
            self.sequence.to_string(),
            self.position.to_string(),
            at.to_rfc3339(),
        );
        let row = [
            self.aggregate_type,
            &self.aggregate_id,
            &sequence,
            self.event_type,
            "1",
            &self.payload,
            METADATA,
            &position,
            &at,
        ];
        let plain = row.iter().all(|field| !field.contains(['\t', '\n', '\\']));
        ensure!(plain, "a field needs escaping");
        rows.push_str(&row.join("\t"));
        rows.push('\n');
        Ok(())
    }
}

/// A shop and everything that happened in it.
pub(crate) struct Shop {
    /// What happened and was not taken away yet.
    pub(crate) facts: Vec<Fact>,
    position: i64,
    stock: Vec<i64>,
    accounts: Vec<i64>,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            facts: Vec::new(),
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
    /// Its products and its customers.
    pub(crate) fn open(&mut self) -> Result<()> {
        for number in 0..PRODUCTS {
            self.offer(number)?;
        }
        for number in 0..CUSTOMERS {
            self.welcome(number)?;
        }
        Ok(())
    }

    fn event(
        &mut self,
        (aggregate_type, aggregate_id): (&'static str, &str),
        sequence: i64,
        event_type: &'static str,
        body: &str,
    ) -> Result<()> {
        self.position += 1;
        let payload = format!(r#"{{"{event_type}":{body}}}"#);
        if self.position % PROVE_EVERY == 1 {
            Event::from_payload(aggregate_type, &payload)?;
        }
        self.facts.push(Fact {
            aggregate_type,
            aggregate_id: aggregate_id.to_owned(),
            sequence,
            event_type,
            payload,
            position: self.position,
        });
        Ok(())
    }

    fn list_good(&mut self, number: usize, good: &Document) -> Result<()> {
        let created = serde_json::json!({
            "name": good.name,
            "slug": format!("good-{number}"),
            "description": good.description,
            "categories": [good.category],
            "tags": [],
            "images": [],
            "variants": [{ "sku": good.sku }],
            "tax_rate_bp": 1_900,
        });
        let product = product_id(number).to_string();
        self.event(("product", &product), 1, "ProductCreated", &created.to_string())
    }

    /// A product with a name and a description made of words, some of which are in many products and most in few.
    fn list(&mut self, number: usize) -> Result<()> {
        let mut words = Words::from(number);
        let (name, description) = (words.take(3), words.take(30));
        let product = id(Kind::Product, number).to_string();
        let (sku, price) = (sku(number), euros(price(number)));
        let colour = ["red", "green", "blue", "black", "white"]
            .get(number % 5)
            .unwrap_or(&"red");
        let created = format!(
            r#"{{"name":"{name}","slug":"thing-{number}","description":"{description}","categories":["shelf-{}/board-{}"],"tags":["colour:{colour}"],"images":[],"variants":[{{"sku":"{sku}"}}],"tax_rate_bp":1900}}"#,
            number % 20,
            number % 400,
        );
        self.event(("product", &product), 1, "ProductCreated", &created)?;
        let set = format!(r#"{{"sku":"{sku}","price":{price}}}"#);
        self.event(("product", &product), 2, "PriceSet", &set)?;
        if number.is_multiple_of(10) {
            return Ok(());
        }
        self.event(
            ("stock", &sku),
            1,
            "StockReceived",
            r#"{"warehouse":"main","quantity":100}"#,
        )
    }

    /// The price of a thing is set anew.
    pub(crate) fn reprice(&mut self, number: usize, sequence: i64) -> Result<()> {
        let (product, thing) = (
            id(Kind::Product, number % PRODUCTS).to_string(),
            number % PRODUCTS,
        );
        let set = format!(
            r#"{{"sku":"{}","price":{}}}"#,
            sku(thing),
            euros(price(number + 1))
        );
        self.event(("product", &product), sequence, "PriceSet", &set)
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
        self.happen_to_stock(
            number,
            "StockReceived",
            r#"{"warehouse":"main","quantity":10000000}"#,
        )
    }

    fn welcome(&mut self, number: usize) -> Result<()> {
        let owner = id(Kind::Customer, number);
        let opened = format!(r#"{{"owner_id":"{owner}","currency":"EUR"}}"#);
        self.happen_to_account(number, "AccountOpened", &opened)?;
        let amount = euros(900_000_000_000_000);
        let deposited =
            format!(r#"{{"amount":{amount},"reference":"first","counter_account":"outside:cash"}}"#);
        self.happen_to_account(number, "AccountDeposited", &deposited)
    }

    /// One order, from placed to paid.
    pub(crate) fn sell(&mut self, number: usize) -> Result<()> {
        let (order, payment) = (
            id(Kind::Order, number).to_string(),
            id(Kind::Payment, number).to_string(),
        );
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

    fn happen_to_stock(&mut self, number: usize, event_type: &'static str, body: &str) -> Result<()> {
        let sequence = next(&mut self.stock, number);
        self.event(("stock", &sku(number)), sequence, event_type, body)
    }

    fn happen_to_account(&mut self, number: usize, event_type: &'static str, body: &str) -> Result<()> {
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

/// Words by the number of what they describe: the same each time, the word of rank `r` about as often as
/// `1 / r`, as in any language.
struct Words(u64);

impl Words {
    fn from(number: usize) -> Self {
        Self(number as u64)
    }

    fn take(&mut self, count: usize) -> String {
        let words: Vec<_> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is small and positive"
    )]
    fn word(&mut self) -> String {
        // SplitMix64 (Steele, Lea and Flood, 2014): a good mixture of the counter's bits.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        let chance = (bits >> 11) as f64 / (1_u64 << 53) as f64;
        word_of_rank((VOCABULARY as f64).powf(chance) as u64)
    }
}

/// The word of a rank, spelt with syllables.
pub(crate) fn word_of_rank(rank: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "co", "di", "fu", "ga", "he", "ki", "lo", "mu", "na", "pe", "ri", "so", "ta", "ve", "zu",
    ];
    let mut word = String::from("la");
    let mut rest = rank;
    while rest > 0 {
        word.push_str(SYLLABLES.get((rest % 16) as usize).unwrap_or(&"x"));
        rest /= 16;
    }
    word
}
