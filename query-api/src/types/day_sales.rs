//! `DaySales`.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use projections::sales;

use super::{Money, Units};

/// What was sold on one day in one currency. An order counts on the day on which its money was captured, a refund on
/// the day on which the money went back. Revenue less refunds is what the ledger has for the day.
#[derive(SimpleObject)]
pub(crate) struct DaySales {
    /// The day, in UTC.
    day: NaiveDate,
    /// How many orders were paid. Within a category an order counts once for each of its products.
    orders: Units,
    /// How many charges of subscriptions were paid; none within a category.
    charges: Units,
    /// What was captured for orders and charges together, tax included.
    revenue: Money,
    /// The part of the revenue that charges of subscriptions brought; zero within a category.
    charged: Money,
    /// The tax that is contained in the revenue of orders. Charges of subscriptions say nothing of tax.
    tax: Money,
    /// How many refunds there were; within a category a refund counts once for each product of its order.
    refunds: Units,
    /// What was given back, spread over the lines of its order by their price.
    refunded: Money,
    /// The tax that is contained in what was given back.
    refunded_tax: Money,
    /// The revenue less what was given back.
    net_revenue: Money,
    /// The tax less that of what was given back: what is due for the day.
    net_tax: Money,
    /// The revenue of the orders by order.
    average_basket: Money,
}

impl From<sales::DaySales> for DaySales {
    fn from(day: sales::DaySales) -> Self {
        Self {
            day: day.day,
            orders: Units(day.orders),
            charges: Units(day.charges),
            revenue: Money::from(day.revenue),
            charged: Money::from(day.charged),
            tax: Money::from(day.tax),
            refunds: Units(day.refunds),
            refunded: Money::from(day.refunded),
            refunded_tax: Money::from(day.refunded_tax),
            net_revenue: Money::from(day.net_revenue()),
            net_tax: Money::from(day.net_tax()),
            average_basket: Money::from(day.average_basket),
        }
    }
}
