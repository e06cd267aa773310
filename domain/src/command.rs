//! Any command to any aggregate, for those who send what a process manager decided.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    account::AccountCommand,
    order::OrderCommand,
    payment::PaymentCommand,
    product::ProductCommand,
    stock::StockCommand,
    subscription::SubscriptionCommand,
    value::{AccountId, OrderId, PaymentId, ProductId, Sku, SubscriptionId, WarehouseCode},
    warehouse::WarehouseCommand,
};

/// A command together with the aggregate that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "aggregate", content = "body", rename_all = "snake_case")]
pub enum Command {
    /// To an account.
    Account(Target<AccountId, AccountCommand>),
    /// To a product.
    Product(Target<ProductId, ProductCommand>),
    /// To the stock of a SKU.
    Stock(Target<Sku, StockCommand>),
    /// To an order.
    Order(Target<OrderId, OrderCommand>),
    /// To a payment.
    Payment(Target<PaymentId, PaymentCommand>),
    /// To a subscription.
    Subscription(Target<SubscriptionId, SubscriptionCommand>),
    /// To a warehouse.
    Warehouse(Target<WarehouseCode, WarehouseCommand>),
}

/// One aggregate, and what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target<I, C> {
    /// Which aggregate.
    pub id: I,
    /// What it is asked.
    pub command: C,
}

/// The aggregate that is addressed, as `type id`; never what it is asked, which may be private.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(target) => write!(f, "account {}", target.id),
            Self::Product(target) => write!(f, "product {}", target.id),
            Self::Stock(target) => write!(f, "stock {}", target.id),
            Self::Order(target) => write!(f, "order {}", target.id),
            Self::Payment(target) => write!(f, "payment {}", target.id),
            Self::Subscription(target) => write!(f, "subscription {}", target.id),
            Self::Warehouse(target) => write!(f, "warehouse {}", target.id),
        }
    }
}

macro_rules! addressed {
    ($($variant:ident($id:ty, $command:ty)),+ $(,)?) => { $(
        impl From<($id, $command)> for Command {
            fn from((id, command): ($id, $command)) -> Self {
                Self::$variant(Target { id, command })
            }
        }
    )+ };
}

addressed! {
    Account(AccountId, AccountCommand),
    Product(ProductId, ProductCommand),
    Stock(Sku, StockCommand),
    Order(OrderId, OrderCommand),
    Payment(PaymentId, PaymentCommand),
    Subscription(SubscriptionId, SubscriptionCommand),
    Warehouse(WarehouseCode, WarehouseCommand),
}
