//! Customers who buy without pause, and a warehouse that ships.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};
use tests::{Answer, Client};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::dice::Dice;

const CUSTOMERS: usize = 8;

/// Things of which there is enough for everybody, and things of which there is not.
const PLENTY: [&str; 6] = ["BOWL", "CHAIR", "CLOCK", "LAMP", "SHELF", "TABLE"];
const SCARCE: [&str; 3] = ["LAST-1", "LAST-2", "LAST-3"];
const PLENTY_UNITS: i64 = 1_000_000;
const SCARCE_UNITS: i64 = 40;

pub(super) const PRICE: i64 = 1_000;

/// What the poorest customer has: some orders, and then no more.
const LITTLE_MONEY: i64 = 20 * PRICE;
const MUCH_MONEY: i64 = 1_000_000 * PRICE;

/// Cards, most of which are good. None whose gateway stays silent: a minute of patience is not the subject here.
const CARDS: [&str; 8] = [
    "tok_approved",
    "tok_approved",
    "tok_approved",
    "tok_approved",
    "tok_slow",
    "tok_declined",
    "tok_insufficient_funds",
    "tok_capture_fails",
];

/// How many orders lie between a placement and the moment that the warehouse looks at it.
const QUEUE: usize = 4;

/// Everybody who buys.
pub(super) struct Customers {
    buying: JoinSet<Result<Vec<String>>>,
    acknowledged: Arc<AtomicUsize>,
    stop: CancellationToken,
}

impl Customers {
    /// Fills the shelves, and lets the customers in.
    pub(super) async fn arrive(client: &Client, dice: &mut Dice) -> Result<Self> {
        for sku in PLENTY {
            offer(client, sku, PLENTY_UNITS).await?;
        }
        for sku in SCARCE {
            offer(client, sku, SCARCE_UNITS).await?;
        }
        let mut customers = Self {
            buying: JoinSet::new(),
            acknowledged: Arc::default(),
            stop: CancellationToken::new(),
        };
        for number in 0..CUSTOMERS {
            let money = if number == 0 { LITTLE_MONEY } else { MUCH_MONEY };
            let customer = Customer::welcome(client, money, dice.split()).await?;
            let (acknowledged, stop) = (Arc::clone(&customers.acknowledged), customers.stop.clone());
            customers.buying.spawn(customer.buy(acknowledged, stop));
        }
        Ok(customers)
    }

    /// How many orders were acknowledged until now.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Nobody leaves before they are asked to.
    pub(super) fn check(&mut self) -> Result<()> {
        match self.buying.try_join_next() {
            None => Ok(()),
            Some(left) => bail!("a customer left: {:?}", left?),
        }
    }

    /// Lets everybody finish what they are about, and gives the orders that were acknowledged.
    pub(super) async fn leave(mut self) -> Result<Vec<String>> {
        self.stop.cancel();
        let mut orders = Vec::new();
        while let Some(left) = self.buying.join_next().await {
            orders.extend(left??);
        }
        Ok(orders)
    }
}

struct Customer {
    client: Client,
    id: String,
    account: String,
    dice: Dice,
}

impl Customer {
    async fn welcome(client: &Client, money: i64, dice: Dice) -> Result<Self> {
        let id = Uuid::now_v7().to_string();
        let open = json!({"owner_id": id, "currency": "EUR"});
        let account = client
            .insist("/v1/accounts", &format!("open-{id}"), &open)
            .await?
            .id()?;
        let deposit = json!({"amount": {"amount": money, "currency": "EUR"}, "reference": "first"});
        let deposits = format!("/v1/accounts/{account}/deposits");
        client
            .insist(&deposits, &format!("pay-in-{id}"), &deposit)
            .await?;
        Ok(Self {
            client: client.clone(),
            id,
            account,
            dice,
        })
    }

    async fn buy(mut self, acknowledged: Arc<AtomicUsize>, stop: CancellationToken) -> Result<Vec<String>> {
        let mut placed: Vec<String> = Vec::new();
        let mut at_the_warehouse = VecDeque::new();
        while !stop.is_cancelled() {
            let key = format!("order-{}-{}", self.id, placed.len());
            let order = self.order();
            let answer = self.client.insist("/v1/orders", &key, &order).await?;
            ensure!(answer.status == 201, "{answer:?}");
            let id = answer.id()?;
            acknowledged.fetch_add(1, Ordering::Relaxed);
            placed.push(id.clone());
            if self.dice.once_in(6) {
                self.ask(&id, "cancel", &json!({"reason": "changed my mind"}))
                    .await?;
            }
            at_the_warehouse.push_back(id);
            if at_the_warehouse.len() > QUEUE
                && let Some(id) = at_the_warehouse.pop_front()
            {
                self.hand_over(&id).await?;
            }
        }
        Ok(placed)
    }

    /// One to three lines, some of something scarce, and a few of far more than there is.
    fn order(&mut self) -> Value {
        let mut lines: Vec<Value> = Vec::new();
        let first = self.dice.roll(PLENTY.len());
        for step in 0..1 + self.dice.roll(3) {
            let sku = PLENTY[(first + step) % PLENTY.len()];
            lines.push(json!({"sku": sku, "quantity": 1 + self.dice.roll(3)}));
        }
        if self.dice.once_in(4) {
            let quantity = if self.dice.once_in(5) { 10_000 } else { 1 };
            lines.push(json!({"sku": self.dice.pick(&SCARCE), "quantity": quantity}));
        }
        let payment = if self.dice.once_in(2) {
            json!({"method": "account", "account_id": self.account})
        } else {
            json!({"method": "card", "token": self.dice.pick(&CARDS)})
        };
        json!({
            "customer_id": self.id,
            "lines": lines,
            "payment": payment,
            "shipping_address": {"name": "Ada", "street": "1 Main Street", "city": "Berlin", "country": "DE"}
        })
    }

    /// The warehouse ships, finds something broken, or does not come to it.
    async fn hand_over(&mut self, id: &str) -> Result<()> {
        match self.dice.roll(8) {
            0 => {
                self.ask(
                    id,
                    "refuse-shipping",
                    &json!({"reason": "broken in the warehouse"}),
                )
                .await
            }
            1..=4 => {
                self.ask(id, "ship", &json!({"tracking_number": "0034"})).await?;
                self.ask(id, "deliver", &json!({})).await
            }
            _ => Ok(()),
        }
    }

    /// Asks for something that may come too early or too late.
    async fn ask(&self, id: &str, what: &str, body: &Value) -> Result<()> {
        let path = format!("/v1/orders/{id}/{what}");
        let answer: Answer = self.client.insist(&path, &format!("{what}-{id}"), body).await?;
        let refused = ["not_paid", "not_shipped", "already_shipped", "already_cancelled"];
        ensure!(
            answer.status == 202 || refused.contains(&answer.code()),
            "{answer:?}"
        );
        Ok(())
    }
}

pub(super) async fn offer(client: &Client, sku: &str, units: i64) -> Result<()> {
    let product = json!({
        "name": sku, "slug": sku.to_lowercase(), "variants": [{"sku": sku}], "tax_rate_bp": 1900
    });
    let product = client
        .insist("/v1/products", &format!("product-{sku}"), &product)
        .await?
        .id()?;
    let price = json!({"price": {"amount": PRICE, "currency": "EUR"}});
    client.open_warehouse("main").await?;
    let receipt = json!({"warehouse": "main", "quantity": units});
    for (path, body) in [
        (format!("/v1/products/{product}/prices"), price),
        (format!("/v1/stock/{sku}/receipts"), receipt),
    ] {
        let answer = client.insist(&path, &path, &body).await?;
        ensure!(answer.status.is_success(), "{answer:?}");
    }
    Ok(())
}
