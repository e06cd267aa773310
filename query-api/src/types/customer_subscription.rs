//! `CustomerSubscription`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::subscriptions;

use super::{
    Account, Money, PauseReason, PaymentMethod, Period, Position, Sequence, SubscriptionCharge,
    SubscriptionStatus, Units, stored,
};
use crate::{
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::page_cost,
    reading::Reading,
};

/// A subscription.
pub(crate) struct CustomerSubscription(pub(crate) subscriptions::Subscription);

/// An amount that a customer pays every period. It has nothing to do with the subscriptions of GraphQL.
#[Object]
impl CustomerSubscription {
    /// The subscription's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// The id of the customer who pays.
    async fn customer_id(&self) -> ID {
        ID::from(self.0.customer_id)
    }

    /// How much each time.
    async fn amount(&self) -> Money {
        Money::from(self.0.amount)
    }

    /// Where the money comes from. The token of a card is shown nowhere.
    async fn method(&self) -> Result<PaymentMethod> {
        stored("payment method", &self.0.method)
    }

    /// The account that pays; null when none does.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let Some(account_id) = self.0.account_id else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Balances).await?;
        let account = reading.loaders.accounts.load_one(account_id).await?;
        Ok(account.map(Account::from))
    }

    /// How often.
    async fn period(&self) -> Result<Period> {
        Ok(Period {
            count: self.0.period_count,
            unit: stored("unit of a period", &self.0.period_unit)?,
        })
    }

    /// How it stands.
    async fn status(&self) -> Result<SubscriptionStatus> {
        stored("subscription status", &self.0.status)
    }

    /// Why it is paused; null unless it is.
    async fn pause_reason(&self) -> Result<Option<PauseReason>> {
        let reason = self.0.pause_reason.as_deref();
        reason.map(|reason| stored("pause reason", reason)).transpose()
    }

    /// Why it was cancelled, in the customer's own words.
    async fn cancel_note(&self) -> Option<&str> {
        self.0.cancel_note.as_deref()
    }

    /// When the next charge, or the next try of one that failed, is due; null unless it is active.
    async fn next_charge_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_charge_at
    }

    /// How many periods are paid.
    async fn paid_periods(&self) -> Units {
        Units(self.0.paid_periods)
    }

    /// Every charge, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn charges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<SubscriptionCharge>> {
        let paging = Paging::new("charges", &self.0.id, first, after)?;
        let reading = Reading::below(ctx, Source::Subscriptions).await?;
        let subscriptions = reading.read_models.subscriptions();
        let charges = subscriptions.charges(self.0.id, &paging.request).await?;
        Ok(paging.connection(charges))
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// How many events it has, for `If-Match`.
    async fn sequence(&self) -> Sequence {
        Sequence(self.0.sequence)
    }

    /// The last event of the subscription.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<subscriptions::Subscription> for CustomerSubscription {
    fn from(row: subscriptions::Subscription) -> Self {
        Self(row)
    }
}
