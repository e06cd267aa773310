//! The rows that fields below a list ask for one by one, read for all of them at once.
//!
//! The loaders live as long as a request, and keep nothing.

use std::collections::HashMap;

use chrono::{NaiveDate, Utc};
use projections::{
    ReadModelError, ReadModels,
    balances::{Account, BalancesReader},
    orders::{Order, OrderLine, OrdersReader, TimelineStep},
    products::{Product, ProductVariant, ProductsReader},
    stock_levels::{StockLevel, StockLevelsReader},
    value::{AccountId, OrderId, ProductId, Sku},
};

use crate::batch::{Batch, Load};

/// The loaders of one request.
pub(crate) struct Loaders {
    pub(crate) accounts: Batch<Accounts>,
    pub(crate) orders: Batch<Orders>,
    pub(crate) lines: Batch<Lines>,
    pub(crate) timelines: Batch<Timelines>,
    pub(crate) products: Batch<Products>,
    pub(crate) variants: Batch<Variants>,
    pub(crate) stocks: Batch<Stocks>,
}

impl Loaders {
    pub(crate) fn new(read_models: &ReadModels) -> Self {
        Self {
            accounts: Batch::new(Accounts(read_models.balances())),
            orders: Batch::new(Orders(read_models.orders())),
            lines: Batch::new(Lines(read_models.orders())),
            timelines: Batch::new(Timelines(read_models.orders())),
            products: Batch::new(Products(read_models.products())),
            variants: Batch::new(Variants(read_models.products())),
            // One day for the whole request: a lot must not expire in the middle of an answer.
            stocks: Batch::new(Stocks(read_models.stock_levels(), Utc::now().date_naive())),
        }
    }
}

/// A loader for each kind of row: what it reads from, and the call that reads it.
macro_rules! loaders {
    ($($(#[$doc:meta])+ $name:ident($($field:ty),+): $key:ty => $row:ty, |$self:ident, $keys:ident| $load:expr;)+) => { $(
        $(#[$doc])+
        pub(crate) struct $name($($field),+);

        impl Load for $name {
            type Key = $key;
            type Row = $row;

            async fn load(&$self, $keys: &[$key]) -> Result<HashMap<$key, $row>, ReadModelError> {
                $load.await
            }
        }
    )+ };
}

loaders! {
    /// Accounts by their identifiers.
    Accounts(BalancesReader): AccountId => Account, |self, keys| self.0.accounts_by_id(keys);
    /// Orders by their identifiers.
    Orders(OrdersReader): OrderId => Order, |self, keys| self.0.orders_by_id(keys);
    /// The lines of orders.
    Lines(OrdersReader): OrderId => Vec<OrderLine>, |self, keys| self.0.lines_of(keys);
    /// What happened for orders.
    Timelines(OrdersReader): OrderId => Vec<TimelineStep>, |self, keys| self.0.timelines_of(keys);
    /// Products by their identifiers.
    Products(ProductsReader): ProductId => Product, |self, keys| self.0.products_by_id(keys);
    /// The variants of products.
    Variants(ProductsReader): ProductId => Vec<ProductVariant>, |self, keys| self.0.variants_of(keys);
    /// The units of SKUs.
    Stocks(StockLevelsReader, NaiveDate): Sku => StockLevel, |self, keys| self.0.stocks(keys, self.1);
}
