//! `SubscriptionCharge` and `ChargeState`.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};
use projections::subscriptions;

use super::{Money, Payment, Position, Units, stored};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A charge of a subscription.
pub(crate) struct SubscriptionCharge(subscriptions::SubscriptionCharge);

/// How far the charge of a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ChargeState {
    /// It is under way.
    Requested,
    /// The money arrived.
    Charged,
    /// The money did not arrive.
    Failed,
}

/// One try to charge one period of a subscription.
#[Object]
impl SubscriptionCharge {
    /// Which period since the beginning, counted from 1.
    async fn period(&self) -> Units {
        Units(self.0.period)
    }

    /// Which try, counted from 1.
    async fn attempt(&self) -> Units {
        Units(self.0.attempt)
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money::from(self.0.amount)
    }

    /// How far it has come.
    async fn state(&self) -> Result<ChargeState> {
        stored("charge state", &self.0.state)
    }

    /// Why it failed: a code of the account or of the gateway.
    async fn failure_code(&self) -> Option<&str> {
        self.0.failure_code.as_deref()
    }

    /// When it is tried again; null when it is not.
    async fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.0.retry_at
    }

    /// Its payment; null until that was requested.
    async fn payment(&self, ctx: &Context<'_>) -> Result<Option<Payment>> {
        let reading = Reading::below(ctx, Source::Payments).await?;
        let row = reading.loaders.payments.load_one(self.0.payment_id).await?;
        row.as_ref().map(Payment::new).transpose()
    }

    /// When it began.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The event that began it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<subscriptions::SubscriptionCharge> for SubscriptionCharge {
    fn from(row: subscriptions::SubscriptionCharge) -> Self {
        Self(row)
    }
}
