//! `OrderReturn`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::orders;

use super::{Money, Order, Position, ReturnLine, ReturnState, TakenBack, stored};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// A return.
pub(crate) struct OrderReturn(pub(crate) orders::OrderReturn);

/// Goods of an order that the customer sends back, and what the shop decided.
#[Object]
impl OrderReturn {
    /// The return's id.
    async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// How far it has come.
    async fn state(&self) -> Result<ReturnState> {
        stored("return state", &self.0.state)
    }

    /// Why the customer sends the goods back, in their own words.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What the customer wants to send back.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn lines(&self) -> Vec<ReturnLine> {
        self.0.requested.iter().map(ReturnLine::from).collect()
    }

    /// What came back, and what becomes of it; empty until the return is accepted.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn taken_back(&self) -> Vec<TakenBack> {
        self.0.taken_back.iter().map(TakenBack::from).collect()
    }

    /// How much money the shop decided to give back; null until the return is accepted. Whether the money has
    /// arrived is said by the refunds of the order's payment.
    async fn refund(&self) -> Option<Money> {
        self.0.refund.map(Money::from)
    }

    /// The part of the refund that is for goods which cannot be sold again.
    async fn written_off(&self) -> Option<Money> {
        self.0.written_off.map(Money::from)
    }

    /// Why the shop did not take the goods back; null unless the return was rejected.
    async fn rejection_reason(&self) -> Option<&str> {
        self.0.rejection.as_deref()
    }

    /// The new order that the goods are exchanged for, as it is today; null when they are not.
    async fn exchange_order(&self, ctx: &Context<'_>) -> Result<Option<Order>> {
        let Some(order_id) = self.0.exchange_order_id else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Orders).await?;
        Ok(reading.loaders.orders.load_one(order_id).await?.map(Order::from))
    }

    /// When the customer requested it.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }

    /// When the shop accepted or rejected it.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The last event of the return.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}
