//! Any event of the shop, for those who read the whole log.

use cqrs_es::{Aggregate, DomainEvent, persist::EventUpcaster};
use serde::de::DeserializeOwned;

use crate::{
    account::{Account, AccountEvent},
    aggregate::Claim,
    order::{Order, OrderEvent},
    payment::{Payment, PaymentEvent},
    product::{Product, ProductEvent},
    stock::{Stock, StockEvent},
    subscription::{Subscription, SubscriptionEvent},
    warehouse::{Warehouse, WarehouseEvent},
};

/// An event of any aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Of an account.
    Account(AccountEvent),
    /// Of a product.
    Product(ProductEvent),
    /// Of the stock of a SKU.
    Stock(StockEvent),
    /// Of an order.
    Order(OrderEvent),
    /// Of a payment.
    Payment(PaymentEvent),
    /// Of a subscription.
    Subscription(SubscriptionEvent),
    /// Of a warehouse.
    Warehouse(WarehouseEvent),
}

/// An aggregate type that this version of the shop does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no aggregate type {0:?}")]
pub struct UnknownAggregate(pub String);

/// A payload that cannot be read as the event that it should be.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// The aggregate type is unknown.
    #[error(transparent)]
    Aggregate(#[from] UnknownAggregate),
    /// The JSON is not that of an event of this aggregate.
    #[error("the payload is no event of aggregate type {aggregate_type:?}")]
    Payload {
        /// The aggregate type whose events were tried.
        aggregate_type: String,
        /// What the JSON reader says.
        source: serde_json::Error,
    },
}

impl Event {
    /// Reads a payload of today's version (older ones are upcast before).
    ///
    /// # Errors
    ///
    /// When the aggregate type or the payload is unknown.
    pub fn from_payload(aggregate_type: &str, payload: &str) -> Result<Self, UnreadableEvent> {
        match aggregate_type {
            Account::TYPE => read(aggregate_type, payload).map(Self::Account),
            Product::TYPE => read(aggregate_type, payload).map(Self::Product),
            Stock::TYPE => read(aggregate_type, payload).map(Self::Stock),
            Order::TYPE => read(aggregate_type, payload).map(Self::Order),
            Payment::TYPE => read(aggregate_type, payload).map(Self::Payment),
            Subscription::TYPE => read(aggregate_type, payload).map(Self::Subscription),
            Warehouse::TYPE => read(aggregate_type, payload).map(Self::Warehouse),
            unknown => Err(UnknownAggregate(unknown.to_owned()).into()),
        }
    }

    /// The aggregate type that the event belongs to.
    pub const fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Account(_) => Account::TYPE,
            Self::Product(_) => Product::TYPE,
            Self::Stock(_) => Stock::TYPE,
            Self::Order(_) => Order::TYPE,
            Self::Payment(_) => Payment::TYPE,
            Self::Subscription(_) => Subscription::TYPE,
            Self::Warehouse(_) => Warehouse::TYPE,
        }
    }

    /// The name under which the event is stored.
    pub fn event_type(&self) -> String {
        match self {
            Self::Account(event) => event.event_type(),
            Self::Product(event) => event.event_type(),
            Self::Stock(event) => event.event_type(),
            Self::Order(event) => event.event_type(),
            Self::Payment(event) => event.event_type(),
            Self::Subscription(event) => event.event_type(),
            Self::Warehouse(event) => event.event_type(),
        }
    }

    /// The values that the event claims for its aggregate alone.
    pub fn claims(&self) -> Vec<Claim> {
        match self {
            Self::Account(event) => event.claims(),
            Self::Product(event) => event.claims(),
            Self::Payment(event) => event.claims(),
            Self::Stock(_) | Self::Order(_) | Self::Subscription(_) | Self::Warehouse(_) => Vec::new(),
        }
    }

    /// Every event that is written today: aggregate type, name, version.
    pub fn stored() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        let of = |aggregate: &'static str, stored: &'static [(&'static str, &'static str)]| {
            stored
                .iter()
                .map(move |(name, version)| (aggregate, *name, *version))
        };
        of(Account::TYPE, AccountEvent::STORED)
            .chain(of(Product::TYPE, ProductEvent::STORED))
            .chain(of(Stock::TYPE, StockEvent::STORED))
            .chain(of(Order::TYPE, OrderEvent::STORED))
            .chain(of(Payment::TYPE, PaymentEvent::STORED))
            .chain(of(Subscription::TYPE, SubscriptionEvent::STORED))
            .chain(of(Warehouse::TYPE, WarehouseEvent::STORED))
    }
}

fn read<E: DeserializeOwned>(aggregate_type: &str, payload: &str) -> Result<E, UnreadableEvent> {
    serde_json::from_str(payload).map_err(|source| UnreadableEvent::Payload {
        aggregate_type: aggregate_type.to_owned(),
        source,
    })
}

/// What lifts the payload of an older version to the one that is written today.
///
/// Every event is in its first version still, so there is nothing to lift. A new version of an event
/// adds its upcaster here and keeps the golden file of the old one.
pub fn upcasters() -> Vec<Box<dyn EventUpcaster>> {
    Vec::new()
}
