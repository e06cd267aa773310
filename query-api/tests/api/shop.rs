//! A shop with a past: commands to the real aggregates, their events in a log in memory.

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent as _;
use domain::{
    Decide,
    account::{Account, AccountCommand},
    order::{Line, Order, OrderCommand, PaymentMethod, Placement},
    payment::{Payment, PaymentCommand},
    product::{Product, ProductCommand, ProductDraft, Variant},
    stock::{Stock, StockCommand},
    subscription::{Period, Subscription, SubscriptionCommand},
    value::{
        AccountId, Address, CustomerId, InvalidValue, Money, OrderId, PaymentId, ProductId, RefundId,
        ReturnId, Sku, SubscriptionId,
    },
};
use event_store::{Append, EventLog as _, Filter, MemoryLog, Metadata, NewEvent, Position, StreamId};
use uuid::Uuid;

/// Any value that is made of a text.
pub(crate) fn text<T: TryFrom<String, Error = InvalidValue>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

pub(crate) fn eur(amount: i64) -> Money {
    Money {
        amount,
        currency: "EUR".parse().unwrap(),
    }
}

pub(crate) fn sku(number: u128) -> Sku {
    text(&format!("SKU-{number}"))
}

macro_rules! ids {
    ($($name:ident: $id:ident = $kind:literal),+ $(,)?) => { $(
        pub(crate) fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(($kind << 64) | number))
        }
    )+ };
}

ids! {
    account_id: AccountId = 1, customer_id: CustomerId = 2, order_id: OrderId = 3,
    payment_id: PaymentId = 4, product_id: ProductId = 5, refund_id: RefundId = 6, return_id: ReturnId = 7,
    subscription_id: SubscriptionId = 8,
}

/// A shop and its log.
pub(crate) struct Shop {
    pub(crate) log: MemoryLog,
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self::at(noon)
    }

    /// A shop with another clock.
    pub(crate) fn at(clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            log: MemoryLog::new(clock),
        }
    }

    /// A shop to which only the first events of this one have happened.
    pub(crate) async fn as_of(&self, position: Position) -> Self {
        let past = Self::new();
        let filter = Filter {
            up_to: Some(position),
            ..Filter::default()
        };
        for event in self.log.read(0, usize::MAX, &filter).await.unwrap() {
            let append = Append {
                stream: StreamId::new(event.aggregate_type, event.aggregate_id),
                expected: event.sequence - 1,
                events: vec![NewEvent {
                    event_type: event.event_type,
                    event_version: event.event_version,
                    payload: event.payload,
                }],
                metadata: event.metadata,
                keys: Vec::new(),
                claims: Vec::new(),
            };
            past.log.append(append).await.unwrap();
        }
        past
    }

    /// The position of the newest event.
    pub(crate) async fn head(&self) -> Position {
        self.log.head().await.unwrap()
    }

    /// Lists a product with one variant of the same number, which costs so much.
    pub(crate) async fn list(&self, number: u128, name: &str, category: &str, price: i64) {
        let description = format!("All about {name}.");
        self.list_described(number, name, category, price, &description)
            .await;
    }

    /// The same with a description of one's own.
    pub(crate) async fn list_described(
        &self,
        number: u128,
        name: &str,
        category: &str,
        price: i64,
        description: &str,
    ) {
        let draft = ProductDraft {
            name: text(name),
            slug: text(&format!("product-{number}")),
            description: Some(text(description)),
            categories: vec![text(category)],
            tags: vec![text("sale")],
            images: vec![domain::product::Image {
                url: text("https://img.test/1.png"),
                alt: Some(text("seen")),
            }],
            variants: vec![Variant {
                sku: sku(number),
                name: Some(text("plain")),
            }],
            tax_rate_bp: 1_900,
        };
        self.send::<Product>(product_id(number), ProductCommand::Create(draft))
            .await;
        let price = ProductCommand::SetPrice {
            sku: None,
            price: eur(price),
        };
        self.send::<Product>(product_id(number), price).await;
    }

    /// Gives the variant of a product another price.
    pub(crate) async fn reprice(&self, number: u128, price: i64) -> Position {
        let price = ProductCommand::SetPrice {
            sku: None,
            price: eur(price),
        };
        self.send::<Product>(product_id(number), price).await
    }

    /// Takes units of a lot into a warehouse.
    pub(crate) async fn receive(&self, number: u128, warehouse: &str, lot: Option<&str>, units: i64) {
        let receive = StockCommand::Receive {
            warehouse: text(warehouse),
            quantity: units.try_into().unwrap(),
            lot: lot.map(text),
            expires_on: lot.map(|_| "2999-12-31".parse().unwrap()),
        };
        self.send::<Stock>(sku(number), receive).await;
    }

    /// Opens an account for the customer of the same number and pays something in.
    pub(crate) async fn open(&self, number: u128, amount: i64) -> Position {
        let open = AccountCommand::Open {
            owner_id: customer_id(number),
            currency: eur(0).currency,
        };
        self.send::<Account>(account_id(number), open).await;
        self.deposit(number, amount, "first").await
    }

    pub(crate) async fn deposit(&self, number: u128, amount: i64, reference: &str) -> Position {
        let deposit = AccountCommand::Deposit {
            amount: eur(amount),
            reference: text(reference),
        };
        self.send::<Account>(account_id(number), deposit).await
    }

    /// Places an order of one unit of each product, paid from the customer's account.
    pub(crate) async fn place(&self, number: u128, customer: u128, products: &[u128]) -> Position {
        let line = |product: &u128| Line {
            sku: sku(*product),
            product_id: product_id(*product),
            name: format!("Product {product}"),
            quantity: 1.try_into().unwrap(),
            unit_price: eur(1_190),
            tax_rate_bp: 1_900,
        };
        let placement = Placement {
            customer_id: customer_id(customer),
            lines: products.iter().map(line).collect(),
            payment_id: payment_id(number),
            payment: PaymentMethod::Account {
                account_id: account_id(customer),
            },
            shipping_address: address(),
            expected_total: None,
        };
        self.send::<Order>(order_id(number), OrderCommand::Place(Box::new(placement)))
            .await
    }

    /// Carries an order of one line of 11.90 EUR to the point where it is shipped.
    pub(crate) async fn carry_out(&self, number: u128, customer: u128, product: u128) {
        let (order_id, payment_id) = (order_id(number), payment_id(number));
        let reserve = StockCommand::Reserve {
            order_id,
            quantity: 1.try_into().unwrap(),
            at: noon(),
            expires_at: noon(),
            provisional: false,
        };
        self.send::<Stock>(sku(product), reserve).await;
        let request = PaymentCommand::Request {
            order_id,
            customer_id: customer_id(customer),
            amount: eur(1_190),
            method: PaymentMethod::Account {
                account_id: account_id(customer),
            },
        };
        self.send::<Payment>(payment_id, request).await;
        let hold = AccountCommand::Hold {
            payment_id,
            order_id,
            amount: eur(1_190),
        };
        self.send::<Account>(account_id(customer), hold).await;
        self.send::<Payment>(
            payment_id,
            PaymentCommand::RecordAuthorised {
                gateway_reference: None,
            },
        )
        .await;
        self.send::<Order>(order_id, OrderCommand::Confirm).await;
        let capture = AccountCommand::Capture {
            payment_id,
            amount: eur(1_190),
        };
        self.send::<Account>(account_id(customer), capture).await;
        self.send::<Order>(order_id, OrderCommand::MarkPaid).await;
        let ship = OrderCommand::Ship {
            carrier: Some(text("Post")),
            tracking_number: text("TN 1"),
        };
        self.send::<Order>(order_id, ship).await;
    }

    /// Starts a monthly subscription of 9.90 EUR, paid from the customer's account.
    pub(crate) async fn start_subscription(&self, number: u128, customer: u128) {
        let start = SubscriptionCommand::Start {
            customer_id: customer_id(customer),
            amount: eur(990),
            method: PaymentMethod::Account {
                account_id: account_id(customer),
            },
            period: Period::Months(1),
            first_charge_at: first_charge(),
        };
        self.send::<Subscription>(subscription_id(number), start).await;
    }

    /// Begins the first charge of a subscription.
    pub(crate) async fn charge_subscription(&self, number: u128, payment: u128) {
        let charge = SubscriptionCommand::Charge {
            at: first_charge(),
            payment_id: payment_id(payment),
        };
        self.send::<Subscription>(subscription_id(number), charge).await;
    }

    /// Sends a command to an aggregate as its events say it is, and answers with the position it wrote.
    pub(crate) async fn send<A: Decide>(&self, id: impl ToString, command: A::Command) -> Position {
        let stream = StreamId::new(A::TYPE, id.to_string());
        let past = self.log.load(&stream, 0, usize::MAX).await.unwrap();
        let mut state = A::default();
        for event in &past {
            state.apply(serde_json::from_str(&event.payload).unwrap());
        }
        let events = state.decide(command).unwrap();
        let metadata = Metadata {
            actor: "customer".to_owned(),
            correlation_id: "request 1".to_owned(),
            causation_id: Some("1".to_owned()),
            ..Metadata::default()
        };
        let new_events = events.iter().map(|event| NewEvent {
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload: serde_json::to_string(event).unwrap(),
        });
        let append = Append {
            stream,
            expected: i64::try_from(past.len()).unwrap(),
            events: new_events.collect(),
            metadata: serde_json::to_string(&metadata).unwrap(),
            keys: Vec::new(),
            claims: Vec::new(),
        };
        self.log.append(append).await.unwrap().position
    }
}

fn noon() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

fn first_charge() -> DateTime<Utc> {
    "2026-01-31T09:00:00Z".parse().unwrap()
}

fn address() -> Address {
    Address {
        name: text("Ada Lovelace"),
        street: text("St James's Square 12"),
        city: text("London"),
        postal_code: None,
        country: text("GB"),
    }
}
