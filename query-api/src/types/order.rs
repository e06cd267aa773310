//! `Order`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::orders;

use super::{
    Address, CancelReason, Customer, Money, OrderLine, OrderReturn, OrderStatus, Payment, Position, Saga,
    Sequence, Shipment, TimelineStep, stored,
};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// An order.
pub(crate) struct Order {
    row: orders::Order,
    /// The position that it is shown as of; none shows it as it is.
    as_of: Option<projections::value::Position>,
}

impl Order {
    /// An order as it was.
    pub(crate) const fn as_of(row: orders::Order, position: projections::value::Position) -> Self {
        Self {
            row,
            as_of: Some(position),
        }
    }

    /// The last event that counts for what is shown.
    fn up_to(&self) -> projections::value::Position {
        self.as_of.unwrap_or(projections::value::Position::MAX)
    }
}

/// What a customer bought, at the prices of that moment.
#[Object]
impl Order {
    /// The order's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.row.id)
    }

    /// The id of the customer who placed it.
    async fn customer_id(&self) -> ID {
        ID::from(self.row.customer_id)
    }

    /// The customer who placed it, as they are today.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>> {
        let reading = Reading::below(ctx, Source::Customers).await?;
        let customer = reading.loaders.customers.load_one(self.row.customer_id).await?;
        Ok(customer.map(Customer))
    }

    /// How far the order has come.
    async fn status(&self) -> Result<OrderStatus> {
        stored("order status", &self.row.status)
    }

    /// Why the order was cancelled; null unless it was.
    async fn cancel_reason(&self) -> Option<CancelReason> {
        let code = self.row.cancel_code.clone()?;
        Some(CancelReason {
            code,
            text: self.row.cancel_reason.clone().unwrap_or_default(),
        })
    }

    /// The sum of the lines, tax included.
    async fn total(&self) -> Money {
        Money::from(self.row.total)
    }

    /// The tax that is contained in the total.
    async fn tax(&self) -> Money {
        Money::from(self.row.tax)
    }

    /// How the order is paid.
    async fn payment(&self) -> Result<Payment> {
        Ok(Payment {
            id: self.row.payment_id,
            method: stored("payment method", &self.row.payment_method)?,
            account_id: self.row.account_id,
            as_of: self.as_of,
        })
    }

    /// Where the parcel goes.
    async fn shipping_address(&self) -> Address {
        Address::from(self.row.shipping_address.clone())
    }

    /// The parcel; null until the order was shipped.
    async fn shipment(&self) -> Option<Shipment> {
        let tracking_number = self.row.tracking_number.clone()?;
        Some(Shipment {
            carrier: self.row.carrier.clone(),
            tracking_number,
        })
    }

    /// What was bought, in the order in which the customer named it.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let lines = reading.loaders.lines.load_one(self.row.id).await?;
        let line = |row| OrderLine {
            row,
            up_to: self.up_to(),
        };
        Ok(lines.unwrap_or_default().into_iter().map(line).collect())
    }

    /// The goods that the customer sends back, the oldest return first; at most the newest 100.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn returns(&self, ctx: &Context<'_>) -> Result<Vec<OrderReturn>> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let returns = reading
            .loaders
            .returns
            .load_one((self.row.id, self.up_to()))
            .await?;
        Ok(returns.unwrap_or_default().into_iter().map(OrderReturn).collect())
    }

    /// Everything that happened for the order, also to its payment and to the stock; the oldest first.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn timeline(&self, ctx: &Context<'_>) -> Result<Vec<TimelineStep>> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let steps = reading.loaders.timelines.load_one(self.row.id).await?;
        let as_of = self.up_to();
        let steps = steps.unwrap_or_default().into_iter();
        Ok(steps
            .filter(|step| step.position <= as_of)
            .map(TimelineStep)
            .collect())
    }

    /// The process that carries the order through stock and payment. Null when it has not begun, when it
    /// ended long ago, and in an order of the past.
    async fn saga(&self, ctx: &Context<'_>) -> Result<Option<Saga>> {
        if self.as_of.is_some() {
            return Ok(None);
        }
        let reading = Reading::find(ctx)?;
        Ok(reading.loaders.sagas.load_one(self.row.id).await?.map(Saga))
    }

    /// When the order was placed.
    async fn placed_at(&self) -> DateTime<Utc> {
        self.row.placed_at
    }

    /// When its state changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// How many events the order has, for `If-Match`; null in the past, which cannot be changed.
    async fn sequence(&self) -> Option<Sequence> {
        self.row.sequence.map(Sequence)
    }

    /// The event that changed its state last.
    async fn position(&self) -> Position {
        Position(self.row.position)
    }
}

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        Self {
            row: order,
            as_of: None,
        }
    }
}
