//! `Spending`.

use async_graphql::SimpleObject;
use projections::customers;

use super::{Money, Units};

/// What a customer spent in one currency.
#[derive(SimpleObject)]
pub(crate) struct Spending {
    /// How many of their orders were paid.
    paid_orders: Units,
    /// What was captured for their orders, also for those that were cancelled since.
    spent: Money,
    /// What was given back of it.
    refunded: Money,
}

impl From<&customers::Spending> for Spending {
    fn from(spending: &customers::Spending) -> Self {
        Self {
            paid_orders: Units(spending.paid_orders),
            spent: Money::from(spending.spent),
            refunded: Money::from(spending.refunded),
        }
    }
}
