//! `Customer`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::{customers, orders::OrderFilter};

use super::{Order, OrderTotals, Position, Spending, Units};
use crate::{
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{LIST_COST, page_cost},
    reading::Reading,
};

/// A customer.
pub(crate) struct Customer(pub(crate) customers::Customer);

/// A customer as their orders tell: no name and no address.
#[Object]
impl Customer {
    /// The customer's id.
    async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// How many orders they placed.
    async fn order_count(&self) -> Units {
        Units(self.0.orders)
    }

    /// How many of these were cancelled.
    async fn cancelled_count(&self) -> Units {
        Units(self.0.cancelled)
    }

    /// What they spent, by currency.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn spending(&self) -> Vec<Spending> {
        self.0.spending.iter().map(Spending::from).collect()
    }

    /// Their orders, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<Order, OrderTotals>> {
        let filter = OrderFilter {
            customer_id: Some(self.0.id),
            ..OrderFilter::default()
        };
        let paging = Paging::new("orders", &filter, first, after)?;
        let reading = Reading::below(ctx, Source::Orders).await?;
        let orders = reading.read_models.orders();
        let orders = orders.orders(&filter, &paging.request).await?;
        Ok(paging.with_fields(orders, OrderTotals(filter)))
    }

    /// When they ordered first.
    async fn first_order_at(&self) -> DateTime<Utc> {
        self.0.first_order_at
    }

    /// When they ordered last.
    async fn last_order_at(&self) -> DateTime<Utc> {
        self.0.last_order_at
    }

    /// The event of their last order.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<customers::Customer> for Customer {
    fn from(customer: customers::Customer) -> Self {
        Self(customer)
    }
}
