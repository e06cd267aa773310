//! The aggregate types, as they are written on the command line.

use clap::ValueEnum;
use cqrs_es::Aggregate;
use domain::{account::Account, order::Order, payment::Payment, product::Product, stock::Stock};

/// An aggregate type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AggregateKind {
    /// Money of one owner in one currency
    Account,
    /// What the shop shows and sells
    Product,
    /// The units of one SKU
    Stock,
    /// What a customer ordered
    Order,
    /// The payment of an order
    Payment,
}

impl AggregateKind {
    /// The name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => Account::TYPE,
            Self::Product => Product::TYPE,
            Self::Stock => Stock::TYPE,
            Self::Order => Order::TYPE,
            Self::Payment => Payment::TYPE,
        }
    }
}
