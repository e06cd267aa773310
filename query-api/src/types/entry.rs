//! `Entry`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::balances::LedgerEntry;

use super::{Money, Order, Position};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A line of a statement.
pub(crate) struct Entry(LedgerEntry);

/// One line of an account's statement: one leg of a double entry, the other one is that of the
/// counter-account.
#[Object]
impl Entry {
    /// How much: above zero came in, below zero went out.
    async fn amount(&self) -> Money {
        Money::from(self.0.amount)
    }

    /// The other side: an account's id, or a name such as `outside:cash` or `merchant:revenue`.
    async fn counter_account(&self) -> &str {
        &self.0.counter
    }

    /// The name of the event that made it.
    async fn event_type(&self) -> &str {
        &self.0.event_type
    }

    /// The event that made it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }

    /// The order that it was for; null when it was for none.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>> {
        let Some(order_id) = self.0.order_id else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Orders).await?;
        Ok(reading.loaders.orders.load_one(order_id).await?.map(Order::from))
    }

    /// The id of the payment that it was part of.
    async fn payment_id(&self) -> Option<ID> {
        self.0.payment_id.map(ID::from)
    }

    /// The caller's own name for the movement.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// When it was booked.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

impl From<LedgerEntry> for Entry {
    fn from(entry: LedgerEntry) -> Self {
        Self(entry)
    }
}
