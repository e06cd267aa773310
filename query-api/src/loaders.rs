//! The rows that fields below a list ask for one by one, read for all of them at once.
//!
//! The loaders live as long as a request, and keep nothing. What depends on the time is read for the moment of
//! the answer.

use std::{collections::HashMap, sync::Arc};

use chrono::Days;
use projections::{
    ReadModelError, ReadModels,
    balances::{Account, BalancesReader},
    customers::{Customer, CustomersReader},
    orders::{Order, OrderLine, OrderReturn, OrdersReader, ReturnedUnits, TimelineStep},
    payments::{Payment, PaymentsReader, Refund},
    price_history::{LowestPrice, PriceHistoryReader},
    products::{Product, ProductVariant, ProductsReader},
    stock_levels::{StockLevel, StockLevelsReader},
    subscriptions::{Subscription, SubscriptionsReader},
    value::{AccountId, Currency, CustomerId, OrderId, PaymentId, Position, ProductId, Sku, SubscriptionId},
    warehouses::{Warehouse, WarehousesReader},
};

use crate::{
    batch::{Batch, Load},
    freshness::Freshness,
    sagas::{SagaError, SagaView, SharedSagas},
};

/// The loaders of one request.
pub(crate) struct Loaders {
    pub(crate) accounts: Batch<Accounts>,
    pub(crate) orders: Batch<Orders>,
    pub(crate) lines: Batch<Lines>,
    pub(crate) timelines: Batch<Timelines>,
    pub(crate) returns: Batch<Returns>,
    pub(crate) returned_units: Batch<ReturnedQuantities>,
    pub(crate) payments: Batch<Payments>,
    pub(crate) refunds: Batch<Refunds>,
    pub(crate) subscriptions: Batch<Subscriptions>,
    pub(crate) charged_subscriptions: Batch<ChargedSubscriptions>,
    pub(crate) warehouses: Batch<Warehouses>,
    pub(crate) products: Batch<Products>,
    pub(crate) variants: Batch<Variants>,
    pub(crate) stocks: Batch<Stocks>,
    pub(crate) lowest_prices: Batch<LowestPrices>,
    pub(crate) customers: Batch<Customers>,
    pub(crate) sagas: Batch<Sagas>,
}

impl Loaders {
    pub(crate) fn new(read_models: &ReadModels, sagas: SharedSagas, freshness: Arc<Freshness>) -> Self {
        Self {
            accounts: Batch::new(Accounts::new(read_models)),
            orders: Batch::new(Orders::new(read_models)),
            lines: Batch::new(Lines(read_models.orders())),
            timelines: Batch::new(Timelines(read_models.orders())),
            returns: Batch::new(Returns(read_models.orders())),
            returned_units: Batch::new(ReturnedQuantities(read_models.orders())),
            payments: Batch::new(Payments(read_models.payments())),
            refunds: Batch::new(Refunds(read_models.payments())),
            subscriptions: Batch::new(Subscriptions(read_models.subscriptions())),
            charged_subscriptions: Batch::new(ChargedSubscriptions(read_models.subscriptions())),
            warehouses: Batch::new(Warehouses(read_models.warehouses())),
            products: Batch::new(Products(read_models.products())),
            variants: Batch::new(Variants(read_models.products())),
            stocks: Batch::new(Stocks(read_models.stock_levels(), Arc::clone(&freshness))),
            lowest_prices: Batch::new(LowestPrices(read_models.price_history(), freshness)),
            customers: Batch::new(Customers(read_models.customers())),
            sagas: Batch::new(Sagas(sagas)),
        }
    }
}

impl Accounts {
    pub(crate) fn new(read_models: &ReadModels) -> Self {
        Self(read_models.balances())
    }
}

impl Orders {
    pub(crate) fn new(read_models: &ReadModels) -> Self {
        Self(read_models.orders())
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
            type Error = ReadModelError;

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
    /// The returns of orders as they were at a position.
    Returns(OrdersReader): (OrderId, Position) => Vec<OrderReturn>, |self, keys| self.0.returns_of(keys);
    /// How many units of each SKU of orders had come back at a position.
    ReturnedQuantities(OrdersReader): (OrderId, Position) => ReturnedUnits,
        |self, keys| self.0.returned_units_of(keys);
    /// Payments by their identifiers.
    Payments(PaymentsReader): PaymentId => Payment, |self, keys| self.0.payments_by_id(keys);
    /// The refunds of payments.
    Refunds(PaymentsReader): PaymentId => Vec<Refund>, |self, keys| self.0.refunds_of(keys);
    /// Subscriptions by their identifiers.
    Subscriptions(SubscriptionsReader): SubscriptionId => Subscription,
        |self, keys| self.0.subscriptions_by_id(keys);
    /// Subscriptions by the payments of their charges.
    ChargedSubscriptions(SubscriptionsReader): PaymentId => Subscription,
        |self, keys| self.0.subscriptions_by_payment(keys);
    /// Warehouses by their codes.
    Warehouses(WarehousesReader): String => Warehouse, |self, keys| self.0.warehouses_by_code(keys);
    /// Products by their identifiers.
    Products(ProductsReader): ProductId => Product, |self, keys| self.0.products_by_id(keys);
    /// The variants of products.
    Variants(ProductsReader): ProductId => Vec<ProductVariant>, |self, keys| self.0.variants_of(keys);
    /// The units of SKUs.
    Stocks(StockLevelsReader, Arc<Freshness>): Sku => StockLevel,
        |self, keys| self.0.stocks(keys, self.1.moment.now().date_naive());
    /// Customers by their identifiers.
    Customers(CustomersReader): CustomerId => Customer, |self, keys| self.0.customers_by_id(keys);
}

/// The lowest prices of SKUs.
pub(crate) struct LowestPrices(PriceHistoryReader, Arc<Freshness>);

impl Load for LowestPrices {
    /// What, in which currency, and in how many days before now.
    type Key = (Sku, Currency, u32);
    type Row = LowestPrice;
    type Error = ReadModelError;

    async fn load(&self, keys: &[Self::Key]) -> Result<HashMap<Self::Key, LowestPrice>, ReadModelError> {
        let Self(prices, freshness) = self;
        let now = freshness.moment.now();
        // A query asks for one currency and one number of days, or for hardly more.
        let mut asked: HashMap<(Currency, u32), Vec<Sku>> = HashMap::new();
        for (sku, currency, days) in keys {
            asked.entry((*currency, *days)).or_default().push(sku.clone());
        }
        let mut found = HashMap::with_capacity(keys.len());
        for ((currency, days), skus) in asked {
            let from = now
                .checked_sub_days(Days::new(u64::from(days)))
                .unwrap_or_default();
            let lowest = prices.lowest_prices(&skus, currency, from, now).await?;
            found.extend(
                lowest
                    .into_iter()
                    .map(|(sku, lowest)| ((sku, currency, days), lowest)),
            );
        }
        Ok(found)
    }
}

/// The sagas of orders.
pub(crate) struct Sagas(SharedSagas);

impl Load for Sagas {
    type Key = OrderId;
    type Row = SagaView;
    type Error = SagaError;

    async fn load(&self, keys: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError> {
        self.0.sagas(keys).await
    }
}
