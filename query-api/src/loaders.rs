//! Loading for many rows at once what each of them asks for alone.
//!
//! The loaders live as long as a request, so nothing that they gathered can be older than it.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::dataloader::{DataLoader, Loader};
use chrono::{NaiveDate, Utc};
use projections::{
    MAX_KEYS, ReadModelError, ReadModels,
    balances::{Account, BalancesReader},
    orders::{Order, OrderLine, OrdersReader, TimelineStep},
    products::{Product, ProductVariant, ProductsReader},
    stock_levels::{StockLevel, StockLevelsReader},
    value::{AccountId, OrderId, ProductId, Sku},
};

type Loaded<K, V> = Result<HashMap<K, V>, Arc<ReadModelError>>;

/// The loaders of one request.
pub(crate) struct Loaders {
    pub(crate) accounts: DataLoader<Accounts>,
    pub(crate) orders: DataLoader<Orders>,
    pub(crate) lines: DataLoader<Lines>,
    pub(crate) timelines: DataLoader<Timelines>,
    pub(crate) products: DataLoader<Products>,
    pub(crate) variants: DataLoader<Variants>,
    pub(crate) stocks: DataLoader<Stocks>,
}

impl Loaders {
    pub(crate) fn new(read_models: &ReadModels) -> Self {
        Self {
            accounts: loader(Accounts(read_models.balances())),
            orders: loader(Orders(read_models.orders())),
            lines: loader(Lines(read_models.orders())),
            timelines: loader(Timelines(read_models.orders())),
            products: loader(Products(read_models.products())),
            variants: loader(Variants(read_models.products())),
            // One day for the whole request: a lot must not expire in the middle of an answer.
            stocks: loader(Stocks(read_models.stock_levels(), Utc::now().date_naive())),
        }
    }
}

fn loader<L>(loader: L) -> DataLoader<L> {
    DataLoader::new(loader, tokio::spawn).max_batch_size(MAX_KEYS)
}

/// A loader for each kind of row: what it reads from, and the call that reads it.
macro_rules! loaders {
    ($($(#[$doc:meta])+ $name:ident($($field:ty),+): $key:ty => $value:ty, |$self:ident, $keys:ident| $load:expr;)+) => { $(
        $(#[$doc])+
        pub(crate) struct $name($($field),+);

        impl Loader<$key> for $name
        where
            $key: Hash + Eq,
        {
            type Value = $value;
            type Error = Arc<ReadModelError>;

            async fn load(&$self, $keys: &[$key]) -> Loaded<$key, $value> {
                $load.await.map_err(Arc::new)
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
