//! A shop: commands to the real aggregates, their events in a log in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::DomainEvent;
use domain::{
    Decide,
    account::{Account, AccountCommand},
    order::{Line, Order, OrderCommand, PaymentMethod, Placement},
    payment::{Payment, PaymentCommand},
    product::{Product, ProductCommand, ProductDraft, Variant},
    stock::{Stock, StockCommand},
    subscription::{Subscription, SubscriptionCommand},
    value::{
        AccountId, Address, CustomerId, InvalidValue, Money, OrderId, PaymentId, ProductId, RefundId,
        ReturnId, Sku, SubscriptionId,
    },
    warehouse::{Warehouse, WarehouseCommand},
};
use event_store::{Append, EventLog, Log, MemoryLog, Metadata, NewEvent, Position, RecordedEvent, StreamId};
use uuid::Uuid;

/// Any value that is made of a text.
pub(crate) fn text<T: TryFrom<String, Error = InvalidValue>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

pub(crate) fn money(amount: i64, currency: &str) -> Money {
    Money {
        amount,
        currency: currency.parse().unwrap(),
    }
}

pub(crate) fn sku(number: u128) -> Sku {
    text(&format!("SKU-{number}"))
}

macro_rules! ids {
    ($($name:ident: $id:ident),+ $(,)?) => { $(
        pub(crate) fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(number))
        }
    )+ };
}

ids! {
    account_id: AccountId, customer_id: CustomerId, order_id: OrderId, payment_id: PaymentId,
    product_id: ProductId, refund_id: RefundId, return_id: ReturnId, subscription_id: SubscriptionId,
}

/// A shop whose clock goes on by a second with every event.
pub(crate) struct Shop {
    pub(crate) log: MemoryLog,
    accounts: HashMap<String, (Account, i64)>,
    orders: HashMap<String, (Order, i64)>,
    payments: HashMap<String, (Payment, i64)>,
    products: HashMap<String, (Product, i64)>,
    stocks: HashMap<String, (Stock, i64)>,
    subscriptions: HashMap<String, (Subscription, i64)>,
    warehouses: HashMap<String, (Warehouse, i64)>,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = move || noon() + TimeDelta::seconds(seconds.fetch_add(1, Ordering::Relaxed));
        Self {
            log: MemoryLog::new(clock),
            accounts: HashMap::new(),
            orders: HashMap::new(),
            payments: HashMap::new(),
            products: HashMap::new(),
            stocks: HashMap::new(),
            subscriptions: HashMap::new(),
            warehouses: HashMap::new(),
        }
    }

    /// A shop whose log has these events and nothing more; nothing can be asked of its aggregates.
    pub(crate) async fn replay(events: &[RecordedEvent]) -> Self {
        let mut shop = Self::new();
        let times: Vec<DateTime<Utc>> = events.iter().map(|event| event.recorded_at).collect();
        let next = AtomicUsize::new(0);
        shop.log = MemoryLog::new(move || times[next.fetch_add(1, Ordering::Relaxed)]);
        for event in events {
            let new = NewEvent {
                event_type: event.event_type.clone(),
                event_version: event.event_version.clone(),
                payload: event.payload.clone(),
            };
            let append = Append {
                stream: StreamId::new(&event.aggregate_type, &event.aggregate_id),
                expected: event.sequence - 1,
                events: vec![new],
                metadata: event.metadata.clone(),
                keys: Vec::new(),
                claims: Vec::new(),
            };
            shop.log.append(append).await.unwrap();
        }
        shop
    }

    pub(crate) fn log(&self) -> Log {
        Arc::new(self.log.clone())
    }

    pub(crate) async fn head(&self) -> Position {
        self.log.head().await.unwrap()
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.log
            .read(0, usize::MAX, &event_store::Filter::default())
            .await
            .unwrap()
    }

    /// The accounts as the write side has them.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.accounts
            .iter()
            .map(|(id, (account, _))| (id.parse().unwrap(), account))
    }

    /// The orders as the write side has them.
    pub(crate) fn orders(&self) -> impl Iterator<Item = (OrderId, &Order)> {
        self.orders
            .iter()
            .map(|(id, (order, _))| (id.parse().unwrap(), order))
    }

    /// The products as the write side has them.
    pub(crate) fn products(&self) -> impl Iterator<Item = (ProductId, &Product)> {
        self.products
            .iter()
            .map(|(id, (product, _))| (id.parse().unwrap(), product))
    }

    /// The stock as the write side has it.
    pub(crate) fn stocks(&self) -> impl Iterator<Item = (Sku, &Stock)> {
        self.stocks
            .iter()
            .map(|(id, (stock, _))| (id.parse().unwrap(), stock))
    }

    pub(crate) async fn account(&mut self, number: u128, command: AccountCommand) {
        let id = account_id(number).to_string();
        send(
            &self.log,
            self.accounts.entry(id.clone()).or_default(),
            id,
            command,
        )
        .await;
    }

    pub(crate) async fn order(&mut self, number: u128, command: OrderCommand) {
        let id = order_id(number).to_string();
        send(&self.log, self.orders.entry(id.clone()).or_default(), id, command).await;
    }

    /// An order whose money was captured by card.
    pub(crate) async fn sell(&mut self, number: u128, units: i64) {
        let method = || PaymentMethod::Card {
            token: text("tok_approved"),
        };
        self.place(number, units, method()).await;
        let request = PaymentCommand::Request {
            order_id: order_id(number),
            customer_id: customer_id(1),
            // Two lines of 12.50 EUR are in an order.
            amount: money(2 * units * 1_250, "EUR"),
            method: method(),
        };
        let authorised = PaymentCommand::RecordAuthorised {
            gateway_reference: None,
        };
        for command in [
            request,
            authorised,
            PaymentCommand::RequestCapture,
            PaymentCommand::RecordCaptured,
        ] {
            self.payment(number, command).await;
        }
    }

    /// Gives a part of the money of an order back.
    pub(crate) async fn refund(&mut self, number: u128, refund: u128, cents: i64) {
        let refund_id = refund_id(refund);
        let request = PaymentCommand::RequestRefund {
            refund_id,
            amount: money(cents, "EUR"),
            reason: text("broken"),
        };
        self.payment(number, request).await;
        self.payment(number, PaymentCommand::RecordRefunded { refund_id })
            .await;
    }

    pub(crate) async fn payment(&mut self, number: u128, command: PaymentCommand) {
        let id = payment_id(number).to_string();
        send(
            &self.log,
            self.payments.entry(id.clone()).or_default(),
            id,
            command,
        )
        .await;
    }

    pub(crate) async fn product(&mut self, number: u128, command: ProductCommand) {
        let id = product_id(number).to_string();
        send(
            &self.log,
            self.products.entry(id.clone()).or_default(),
            id,
            command,
        )
        .await;
    }

    /// Lists a product by an event that was written before there were rules for its texts.
    pub(crate) async fn listed_before(&self, number: u128, payload: &serde_json::Value) {
        let append = Append {
            stream: StreamId::new("product", product_id(number).to_string()),
            expected: 0,
            events: vec![NewEvent {
                event_type: "ProductCreated".to_owned(),
                event_version: "1".to_owned(),
                payload: payload.to_string(),
            }],
            metadata: Metadata::default().to_json().unwrap(),
            keys: Vec::new(),
            claims: Vec::new(),
        };
        self.log.append(append).await.unwrap();
    }

    pub(crate) async fn stock(&mut self, number: u128, command: StockCommand) {
        let id = sku(number).to_string();
        send(&self.log, self.stocks.entry(id.clone()).or_default(), id, command).await;
    }

    pub(crate) async fn subscription(&mut self, number: u128, command: SubscriptionCommand) {
        let id = subscription_id(number).to_string();
        let state = self.subscriptions.entry(id.clone()).or_default();
        send(&self.log, state, id, command).await;
    }

    pub(crate) async fn warehouse(&mut self, code: &str, command: WarehouseCommand) {
        let state = self.warehouses.entry(code.to_owned()).or_default();
        send(&self.log, state, code.to_owned(), command).await;
    }

    /// How many events each aggregate of a type has, as the write side counts them.
    pub(crate) fn sequences(&self, aggregate_type: &str) -> HashMap<String, i64> {
        fn of<A>(states: &HashMap<String, (A, i64)>) -> HashMap<String, i64> {
            let started = states.iter().filter(|(_, (_, sequence))| *sequence > 0);
            started
                .map(|(id, (_, sequence))| (id.clone(), *sequence))
                .collect()
        }
        match aggregate_type {
            "account" => of(&self.accounts),
            "order" => of(&self.orders),
            "payment" => of(&self.payments),
            "product" => of(&self.products),
            "stock" => of(&self.stocks),
            "subscription" => of(&self.subscriptions),
            "warehouse" => of(&self.warehouses),
            other => panic!("no aggregate type {other:?}"),
        }
    }

    /// The subscriptions as the write side has them.
    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = (SubscriptionId, &Subscription)> {
        self.subscriptions
            .iter()
            .map(|(id, (subscription, _))| (id.parse().unwrap(), subscription))
    }

    /// The payments as the write side has them.
    pub(crate) fn payments(&self) -> impl Iterator<Item = (PaymentId, &Payment)> {
        self.payments
            .iter()
            .map(|(id, (payment, _))| (id.parse().unwrap(), payment))
    }

    /// The warehouses as the write side has them.
    pub(crate) fn warehouses(&self) -> impl Iterator<Item = (&str, &Warehouse)> {
        self.warehouses
            .iter()
            .map(|(code, (warehouse, _))| (code.as_str(), warehouse))
    }

    /// Lists a product with two variants: 2 × number and 2 × number + 1.
    pub(crate) async fn list(&mut self, number: u128, name: &str, category: &str) {
        let variant = |number| Variant {
            sku: sku(number),
            name: Some(text("one of two")),
        };
        let draft = ProductDraft {
            name: text(name),
            slug: text(&format!("product-{number}")),
            description: Some(text(&format!("All about {name}, number {number}."))),
            categories: vec![text(category)],
            tags: vec![text("sale")],
            images: Vec::new(),
            variants: vec![variant(2 * number), variant(2 * number + 1)],
            tax_rate_bp: 1_900,
        };
        self.product(number, ProductCommand::Create(draft)).await;
    }

    pub(crate) async fn set_price(&mut self, number: u128, price: Money) {
        self.product(number, ProductCommand::SetPrice { sku: None, price })
            .await;
    }

    pub(crate) async fn receive(&mut self, number: u128, units: i64) {
        let receive = StockCommand::Receive {
            warehouse: text("north"),
            quantity: units.try_into().unwrap(),
            lot: None,
            expires_on: None,
        };
        self.stock(number, receive).await;
    }

    pub(crate) async fn place(&mut self, number: u128, units: i64, payment: PaymentMethod) {
        let line = Line {
            sku: sku(number % 8),
            product_id: product_id(number % 4),
            name: "Teapot, one of two".to_owned(),
            quantity: units.try_into().unwrap(),
            unit_price: money(1_250, "EUR"),
            tax_rate_bp: 1_900,
        };
        let placement = Placement {
            customer_id: customer_id(number % 3),
            lines: vec![line.clone(), line],
            payment_id: payment_id(number),
            payment,
            shipping_address: address(),
            expected_total: None,
        };
        self.order(number, OrderCommand::Place(Box::new(placement))).await;
    }
}

/// When the clock of the shop began.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

pub(crate) fn address() -> Address {
    Address {
        name: text("Ada Lovelace"),
        street: text("St James's Square 12"),
        city: text("London"),
        postal_code: None,
        country: text("GB"),
    }
}

async fn send<A: Decide>(
    log: &MemoryLog,
    (state, sequence): &mut (A, i64),
    aggregate_id: String,
    command: A::Command,
) {
    let events = state.decide(command).unwrap_or_default();
    if events.is_empty() {
        return;
    }
    let metadata = Metadata {
        actor: "customer".to_owned(),
        correlation_id: format!("request {sequence}"),
        ..Metadata::default()
    };
    let new_events = events.iter().map(|event| NewEvent {
        event_type: event.event_type(),
        event_version: event.event_version(),
        payload: serde_json::to_string(event).unwrap(),
    });
    let append = Append {
        stream: StreamId::new(A::TYPE, aggregate_id),
        expected: *sequence,
        events: new_events.collect(),
        metadata: metadata.to_json().unwrap(),
        keys: Vec::new(),
        claims: Vec::new(),
    };
    *sequence = log.append(append).await.unwrap().sequence;
    for event in events {
        state.apply(event);
    }
}
