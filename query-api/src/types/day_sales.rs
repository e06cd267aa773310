//! `DaySales`.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use projections::sales;

use super::{Money, Units};

/// What was sold on one day in one currency. An order counts on the day on which it was paid, a refund on
/// the day on which the money went back.
#[derive(SimpleObject)]
pub(crate) struct DaySales {
    /// The day, in UTC.
    day: NaiveDate,
    /// How many orders were paid. Within a category an order counts once for each of its products.
    orders: Units,
    /// What these orders cost together, tax included.
    revenue: Money,
    /// The tax that is contained in the revenue; zero within a category.
    tax: Money,
    /// How many refunds there were; zero within a category.
    refunds: Units,
    /// What was given back; zero within a category.
    refunded: Money,
    /// The revenue by order.
    average_basket: Money,
}

impl From<sales::DaySales> for DaySales {
    fn from(day: sales::DaySales) -> Self {
        Self {
            day: day.day,
            orders: Units(day.orders),
            revenue: Money(day.revenue),
            tax: Money(day.tax),
            refunds: Units(day.refunds),
            refunded: Money(day.refunded),
            average_basket: Money(day.average_basket),
        }
    }
}
