//! Those who buy, over HTTP.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use serde_json::{Value, json};
use tests::Client;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const PRODUCTS: usize = 100;
const CUSTOMERS: usize = 200;
/// How many requests are under way while the shop is stocked.
const STOCKING: usize = 32;
/// How many orders are asked after with one query.
const ASKED_AT_ONCE: usize = 20;
/// How long whoever looks after orders waits when none of them has moved.
const LOOK_AGAIN: Duration = Duration::from_millis(3);
/// How many connections the buyers share.
const PLACING: usize = 32;
/// An order that is not confirmed by then is a fault.
const PATIENCE: Duration = Duration::from_secs(30);

/// How orders are paid.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pay {
    Account,
    Card,
}

/// How many orders are placed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Load {
    /// As many as are seen confirmed, with so many on the way.
    UnderWay(usize),
    /// So many each second, whatever becomes of them.
    PerSecond(f64),
}

/// What was sold.
#[derive(Debug)]
pub(super) struct Sold {
    pub(super) orders: usize,
    pub(super) took: Duration,
}

/// What became of the orders of a rush.
#[derive(Debug, Default)]
pub(super) struct Ended {
    pub(super) total: usize,
    pub(super) confirmed: usize,
}

/// Customers with money, in a shop with goods.
pub(super) struct Buyers {
    client: Client,
    pay: Pay,
    customers: Vec<(String, String)>,
    skus: Vec<String>,
    next: AtomicUsize,
}

type UnderWay = Mutex<VecDeque<(String, Instant, Option<OwnedSemaphorePermit>)>>;

impl Buyers {
    pub(super) async fn new(client: Client, pay: Pay) -> Result<Self> {
        // The read models of a fresh shop take a moment to be there.
        client
            .eventually("{ orders(first: 1) { edges { cursor } } }", Value::Null, |_| true)
            .await?;
        let tag = uuid::Uuid::now_v7().simple().to_string();
        let skus = stream::iter(0..PRODUCTS)
            .map(|number| offer(&client, format!("THING-{tag}-{number}"), 100_000_000 / 10))
            .buffer_unordered(STOCKING)
            .try_collect()
            .await?;
        let customers = stream::iter(0..CUSTOMERS)
            .map(|_| welcome(&client))
            .buffer_unordered(STOCKING)
            .try_collect()
            .await?;
        Ok(Self {
            client,
            pay,
            customers,
            skus,
            next: AtomicUsize::new(0),
        })
    }

    /// Puts something on sale of which there is not much.
    pub(super) async fn offer_rarity(&self, units: i64) -> Result<String> {
        offer(
            &self.client,
            format!("RARE-{}", uuid::Uuid::now_v7().simple()),
            units,
        )
        .await
    }

    /// Buys for a while, and waits until the last order is seen confirmed.
    pub(super) async fn buy(&self, load: Load, time: Duration) -> Result<Sold> {
        let start = Instant::now();
        let under_way = UnderWay::default();
        let placing = async {
            match load {
                Load::UnderWay(limit) => self.keep_under_way(limit, start, time, &under_way).await,
                Load::PerSecond(rate) => self.at_rate(rate, start, time, &under_way).await,
            }
        };
        let done = tokio::sync::watch::Sender::new(false);
        let placing = async {
            let outcome = placing.await;
            done.send_replace(true);
            outcome
        };
        let (placed, seen) = futures::future::try_join(placing, self.look_after(&under_way, &done)).await?;
        ensure!(placed == seen, "{placed} orders were placed and {seen} confirmed");
        Ok(Sold {
            orders: seen,
            took: start.elapsed(),
        })
    }

    async fn keep_under_way(
        &self,
        limit: usize,
        start: Instant,
        time: Duration,
        under_way: &UnderWay,
    ) -> Result<usize> {
        let places = Arc::new(Semaphore::new(limit));
        let buyer = async || {
            let mut placed = 0;
            while start.elapsed() < time {
                let place = places.clone().acquire_owned().await?;
                let id = self.place().await?;
                push(under_way, id, Some(place));
                placed += 1;
            }
            anyhow::Ok(placed)
        };
        Ok(try_join_all((0..PLACING).map(|_| buyer()))
            .await?
            .into_iter()
            .sum())
    }

    async fn at_rate(
        &self,
        rate: f64,
        start: Instant,
        time: Duration,
        under_way: &UnderWay,
    ) -> Result<usize> {
        let due = |number: usize| {
            let number = f64::from(u32::try_from(number).unwrap_or(u32::MAX));
            start + Duration::from_secs_f64(number / rate)
        };
        let numbers = (0..).take_while(|number| due(*number) < start + time);
        let placed = stream::iter(numbers)
            .map(|number| async move {
                tokio::time::sleep_until(due(number).into()).await;
                push(under_way, self.place().await?, None);
                anyhow::Ok(())
            })
            .buffer_unordered(PLACING);
        let mut count = 0;
        let mut placed = std::pin::pin!(placed);
        while placed.next().await.transpose()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    async fn place(&self) -> Result<String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let thing = |step: usize| self.skus.get((number * 7 + step) % self.skus.len());
        let (Some(first), Some(second)) = (thing(0), thing(1 + number % 11)) else {
            bail!("there is nothing to buy");
        };
        let lines = json!([{"sku": first, "quantity": 1}, {"sku": second, "quantity": 2}]);
        self.order(number, &lines).await
    }

    async fn order(&self, number: usize, lines: &Value) -> Result<String> {
        let (customer, account) = self
            .customers
            .get(number % self.customers.len())
            .context("nobody buys")?;
        let payment = match self.pay {
            Pay::Account => json!({"method": "account", "account_id": account}),
            Pay::Card => json!({"method": "card", "token": "tok_approved"}),
        };
        let order = json!({
            "customer_id": customer,
            "lines": lines,
            "payment": payment,
            "shipping_address": {
                "name": "Ada Lovelace", "street": "St James's Square 12", "city": "London",
                "postal_code": "SW1Y 4JH", "country": "GB",
            },
        });
        id_of(&self.client.accepted("/v1/orders", &order).await?.body)
    }

    /// Asks after the oldest orders until each was seen confirmed.
    async fn look_after(
        &self,
        under_way: &UnderWay,
        done: &tokio::sync::watch::Sender<bool>,
    ) -> Result<usize> {
        let mut seen = 0;
        loop {
            let finished = *done.borrow();
            let oldest: Vec<_> = {
                let mut queue = under_way.lock().map_err(|_| anyhow::anyhow!("poisoned"))?;
                let count = queue.len().min(ASKED_AT_ONCE);
                queue.drain(..count).collect()
            };
            if oldest.is_empty() {
                if finished {
                    return Ok(seen);
                }
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            }
            let statuses = self.statuses(oldest.iter().map(|(id, ..)| id.as_str())).await?;
            let mut left = Vec::new();
            for (order, status) in oldest.into_iter().zip(statuses) {
                match status.as_deref() {
                    Some("CONFIRMED" | "PAID") => seen += 1,
                    None | Some("PLACED") if order.1.elapsed() < PATIENCE => left.push(order),
                    other => bail!("order {} is {other:?}", order.0),
                }
            }
            let waited = left.len() == ASKED_AT_ONCE;
            {
                let mut queue = under_way.lock().map_err(|_| anyhow::anyhow!("poisoned"))?;
                left.into_iter().rev().for_each(|order| queue.push_front(order));
            }
            if waited {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }

    async fn statuses(&self, ids: impl Iterator<Item = &str>) -> Result<Vec<Option<String>>> {
        let mut query = String::from("{");
        let mut count = 0;
        for id in ids {
            query.push_str(&format!(" o{count}: order(id: \"{id}\") {{ status }}"));
            count += 1;
        }
        query.push('}');
        let answer = self.client.query(&query, Value::Null).await?;
        let status = |number| answer[format!("o{number}")]["status"].as_str().map(str::to_owned);
        Ok((0..count).map(status).collect())
    }

    /// Many place orders for the same thing at once; waits until each order has ended one way or another.
    pub(super) async fn rush(&self, sku: &str, rivals: usize, tries: usize) -> Result<Ended> {
        let rival = async |number: usize| {
            let mut ids = Vec::new();
            for _ in 0..tries {
                ids.push(self.order(number, &json!([{"sku": sku, "quantity": 1}])).await?);
            }
            anyhow::Ok(ids)
        };
        let placed = try_join_all((0..rivals).map(rival)).await?;
        let mut open: Vec<String> = placed.into_iter().flatten().collect();
        let (mut ended, start) = (Ended::default(), Instant::now());
        while !open.is_empty() && start.elapsed() < PATIENCE {
            let mut still = Vec::new();
            for some in open.chunks(ASKED_AT_ONCE) {
                let statuses = self.statuses(some.iter().map(String::as_str)).await?;
                for (id, status) in some.iter().zip(statuses) {
                    match status.as_deref() {
                        Some("CONFIRMED" | "PAID") => ended.confirmed += 1,
                        Some("CANCELLED") => {}
                        _ => {
                            still.push(id.clone());
                            continue;
                        }
                    }
                    ended.total += 1;
                }
            }
            open = still;
        }
        Ok(ended)
    }
}

fn push(under_way: &UnderWay, id: String, place: Option<OwnedSemaphorePermit>) {
    if let Ok(mut queue) = under_way.lock() {
        queue.push_back((id, Instant::now(), place));
    }
}

/// A product with one SKU that is in stock.
async fn offer(client: &Client, sku: String, units: i64) -> Result<String> {
    let product = json!({
        "name": format!("Thing {sku}"), "slug": sku.to_lowercase(),
        "variants": [{"sku": sku}], "tax_rate_bp": 1900,
    });
    let product = id_of(&client.accepted("/v1/products", &product).await?.body)?;
    let price = json!({"sku": sku, "price": {"amount": 1_990, "currency": "EUR"}});
    client
        .accepted(&format!("/v1/products/{product}/prices"), &price)
        .await?;
    client.open_warehouse("main").await?;
    let receipt = json!({"warehouse": "main", "quantity": units});
    client
        .accepted(&format!("/v1/stock/{sku}/receipts"), &receipt)
        .await?;
    Ok(sku)
}

/// A customer with an account full of money.
async fn welcome(client: &Client) -> Result<(String, String)> {
    let customer = uuid::Uuid::now_v7().to_string();
    let account = json!({"owner_id": customer, "currency": "EUR"});
    let account = id_of(&client.accepted("/v1/accounts", &account).await?.body)?;
    let deposit = json!({"amount": {"amount": 100_000_000_000_i64, "currency": "EUR"}, "reference": "first"});
    client
        .accepted(&format!("/v1/accounts/{account}/deposits"), &deposit)
        .await?;
    Ok((customer, account))
}

fn id_of(body: &Value) -> Result<String> {
    Ok(body["id"].as_str().context("an answer without an id")?.to_owned())
}
