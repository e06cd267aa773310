//! What was loaded, and what can be tried out.

use std::{fmt, time::Duration};

use domain::value::{Currency, Money};

use super::{past::Outcomes, plan::Plan, showcase, stock::WAREHOUSES};

/// What came of loading a demo shop. Its `Display` is meant for the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoSummary {
    /// What was loaded; nothing if the shop was there already.
    pub(crate) loaded: Option<Loaded>,
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// Products, the showcase included.
    pub(crate) products: usize,
    /// Variants of all products.
    pub(crate) skus: usize,
    /// Customers with an account each.
    pub(crate) customers: usize,
    /// How the orders ended.
    pub(crate) orders: Outcomes,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Loaded {
    pub(super) fn new(plan: &Plan, orders: Outcomes, took: Duration) -> Self {
        Self {
            products: plan.products.len(),
            skus: plan.stock.len(),
            customers: plan.customers.len(),
            orders,
            took,
        }
    }
}

impl fmt::Display for DemoSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let euros = |amount| Money {
            amount,
            currency: Currency::EUR,
        };
        if let Some(loaded) = &self.loaded {
            writeln!(f, "{loaded}")?;
        }
        writeln!(f, "To try out:")?;
        writeln!(f, "  customer  {}", showcase::CUSTOMER)?;
        writeln!(
            f,
            "  account   {}  opened with {}",
            showcase::ACCOUNT,
            euros(showcase::BALANCE_CENTS)
        )?;
        writeln!(f, "  product   {}  {}", showcase::PRODUCT, showcase::SLUG)?;
        writeln!(
            f,
            "  SKU       {}  {}",
            showcase::SKU,
            euros(showcase::PRICE_CENTS)
        )?;
        writeln!(f, "  order     {}  delivered", showcase::ORDER)
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            products,
            skus,
            customers,
            orders,
            took,
        } = self;
        let Outcomes {
            delivered,
            shipped,
            paid,
            cancelled,
        } = orders;
        writeln!(
            f,
            "The demo shop has {products} products with {skus} SKUs in {} warehouses, {customers} customers and {} orders:",
            WAREHOUSES.len(),
            orders.total()
        )?;
        write!(
            f,
            "{delivered} delivered, {shipped} shipped, {paid} paid, {cancelled} cancelled; loaded in {:.1} s.",
            took.as_secs_f64()
        )
    }
}
