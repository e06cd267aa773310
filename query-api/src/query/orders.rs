//! `order` and `orders`.

use async_graphql::{Context, ID, InputObject, Object};
use projections::orders;

use crate::{
    argument::{parse, parse_optional},
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{AsOf, Order, OrderStatus, OrderTotals, Position},
};

/// The part of the root that is about orders.
#[derive(Default)]
pub(crate) struct OrderQuery;

/// Which orders are wanted. Absent conditions are met by every order.
#[derive(InputObject)]
pub(crate) struct OrderFilter {
    /// Only those of this customer.
    customer_id: Option<ID>,
    /// Only those in this state.
    status: Option<OrderStatus>,
}

#[Object]
impl OrderQuery {
    /// An order; null when there is none with this id, or was none at that point of the past.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's id.")] id: ID,
        #[graphql(desc = "Show it as it was then, with its timeline until then; as it is now if absent.")]
        as_of: Option<AsOf>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Order>> {
        let id = parse("id", &id)?;
        let Some(as_of) = as_of else {
            let reading = Reading::at_root(ctx, at_least_position, &[Source::Orders]).await?;
            return Ok(reading.loaders.orders.load_one(id).await?.map(Order::from));
        };
        let (reading, position) = Reading::in_the_past(ctx, at_least_position, as_of, Source::Orders).await?;
        let orders = reading.read_models.orders();
        let mut orders = orders
            .orders_as_of(&[id], projections::AsOf::Position(position))
            .await?;
        Ok(orders.remove(&id).map(|order| Order::as_of(order, position)))
    }

    /// Orders, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders; all of them if absent.")] filter: Option<OrderFilter>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<Order, OrderTotals>>> {
        let filter = filter.map_or_else(|| Ok(orders::OrderFilter::default()), OrderFilter::read)?;
        let paging = Paging::new("orders", &filter, first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Orders]).await?;
        let orders = reading.read_models.orders();
        let orders = orders.orders(&filter, &paging.request).await?;
        Ok(Some(paging.with_fields(orders, OrderTotals(filter))))
    }
}

impl OrderFilter {
    fn read(self) -> Result<orders::OrderFilter> {
        Ok(orders::OrderFilter {
            customer_id: parse_optional(
                "filter.customerId",
                self.customer_id.as_deref().map(String::as_str),
            )?,
            status: self.status.map(OrderStatus::stored),
            ..orders::OrderFilter::default()
        })
    }
}
