//! `Refund`.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use projections::payments;

use super::{Money, Position, RefundState, stored};
use crate::error::Result;

/// A refund.
pub(crate) struct Refund(pub(crate) payments::Refund);

/// A refund of a payment: requested in the shop, or made at the payment gateway itself and reported by it. Refunds
/// that the gateway reported as one sum are one refund here.
#[Object]
impl Refund {
    /// The refund's id.
    async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// How much is given back.
    async fn amount(&self) -> Money {
        Money::from(self.0.amount)
    }

    /// How far the refund has come.
    async fn state(&self) -> Result<RefundState> {
        stored("refund state", &self.0.state)
    }

    /// Why it was requested; null when it was made at the gateway.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Why it failed: a code of the gateway. Null unless it failed.
    async fn failure_code(&self) -> Option<&str> {
        self.0.failure_code.as_deref()
    }

    /// The account of the shop that bears it, such as `merchant:revenue`.
    async fn borne_by(&self) -> &str {
        &self.0.borne_by
    }

    /// When it was requested, or reported by the gateway if it was made there.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// When it changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// The event that requested it, or that reported it if it was made at the gateway.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}
