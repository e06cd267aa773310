//! `Order`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::orders;

use super::{CancelReason, Money, OrderLine, OrderStatus, Payment, Position, Shipment, TimelineStep, stored};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// An order.
pub(crate) struct Order(pub(crate) orders::Order);

/// What a customer bought, at the prices of that moment.
///
/// Where the parcel goes is not shown: that is for the customer alone.
#[Object]
impl Order {
    /// The order's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// The id of the customer who placed it.
    async fn customer_id(&self) -> ID {
        ID::from(self.0.customer_id)
    }

    /// How far the order has come.
    async fn status(&self) -> Result<OrderStatus> {
        stored("order status", &self.0.status)
    }

    /// Why the order was cancelled; null unless it was.
    async fn cancel_reason(&self) -> Option<CancelReason> {
        let code = self.0.cancel_code.clone()?;
        Some(CancelReason {
            code,
            text: self.0.cancel_reason.clone().unwrap_or_default(),
        })
    }

    /// The sum of the lines, tax included.
    async fn total(&self) -> Money {
        Money(self.0.total)
    }

    /// The tax that is contained in the total.
    async fn tax(&self) -> Money {
        Money(self.0.tax)
    }

    /// How the order is paid.
    async fn payment(&self) -> Result<Payment> {
        Ok(Payment {
            id: self.0.payment_id,
            method: stored("payment method", &self.0.payment_method)?,
            account_id: self.0.account_id,
        })
    }

    /// The parcel; null until the order was shipped.
    async fn shipment(&self) -> Option<Shipment> {
        let tracking_number = self.0.tracking_number.clone()?;
        Some(Shipment {
            carrier: self.0.carrier.clone(),
            tracking_number,
        })
    }

    /// What was bought, in the order in which the customer named it.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let lines = reading.loaders.lines.load_one(self.0.id).await?;
        Ok(lines.unwrap_or_default().into_iter().map(OrderLine).collect())
    }

    /// Everything that happened for the order, also to its payment and to the stock; the oldest first.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> Result<Vec<TimelineStep>> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let steps = reading.loaders.timelines.load_one(self.0.id).await?;
        Ok(steps.unwrap_or_default().into_iter().map(TimelineStep).collect())
    }

    /// When the order was placed.
    async fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// When its state changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// The last event of the order itself.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        Self(order)
    }
}
