//! `Payment`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::{
    AsOf, payments,
    value::{self, AccountId, PaymentId},
};

use super::{
    Account, CustomerSubscription, Money, Order, PaymentMethod, PaymentState, Position, Refund, Sequence,
    stored,
};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// A payment.
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) account_id: Option<AccountId>,
    /// The position that the order is shown as of.
    pub(crate) as_of: Option<value::Position>,
}

impl Payment {
    /// A payment as it is.
    pub(crate) fn new(row: &payments::Payment) -> Result<Self> {
        Ok(Self {
            id: row.id,
            method: stored("payment method", &row.method)?,
            account_id: row.account_id,
            as_of: None,
        })
    }

    /// What is known of it beside what its order says; nothing until it was requested, and in an order of the
    /// past. The fields of a payment ask at once, and so with one statement.
    async fn row(&self, ctx: &Context<'_>) -> Result<Option<payments::Payment>> {
        if self.as_of.is_some() {
            return Ok(None);
        }
        let reading = Reading::below(ctx, Source::Payments).await?;
        Ok(reading.loaders.payments.load_one(self.id).await?)
    }
}

/// The money of an order, or of one charge of a subscription. An order names its payment a moment before the
/// payment is requested: until then, and in an order of the past, everything but `id`, `method` and `account`
/// is null.
#[Object]
impl Payment {
    /// The payment's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.id)
    }

    /// Where the money comes from. The token of a card is shown nowhere.
    async fn method(&self) -> PaymentMethod {
        self.method
    }

    /// The account that pays; null when none does.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let Some(account_id) = self.account_id else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Balances).await?;
        let Some(position) = self.as_of else {
            let account = reading.loaders.accounts.load_one(account_id).await?;
            return Ok(account.map(Account::from));
        };
        // An order of the past stands alone at the root, so this is asked once.
        let balances = reading.read_models.balances();
        let mut accounts = balances
            .accounts_as_of(&[account_id], AsOf::Position(position))
            .await?;
        Ok(accounts
            .remove(&account_id)
            .map(|account| Account::as_of(account, position)))
    }

    /// How far the payment has come.
    async fn state(&self, ctx: &Context<'_>) -> Result<Option<PaymentState>> {
        let row = self.row(ctx).await?;
        row.map(|row| stored("payment state", &row.state)).transpose()
    }

    /// How much was requested.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        Ok(self.row(ctx).await?.map(|row| Money::from(row.amount)))
    }

    /// How much was set aside: everything, once the payment was authorised, also when it was captured or given
    /// up later.
    async fn authorised(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        Ok(self.row(ctx).await?.map(|row| Money::from(row.authorised)))
    }

    /// How much was captured.
    async fn captured(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        Ok(self.row(ctx).await?.map(|row| Money::from(row.captured)))
    }

    /// How much was given back.
    async fn refunded(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        Ok(self.row(ctx).await?.map(|row| Money::from(row.refunded)))
    }

    /// Why the payment was declined or could not be captured: a code of the account or of the gateway, such as
    /// `insufficient_funds`. Null in any other state.
    async fn failure_code(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.row(ctx).await?.and_then(|row| row.failure_code))
    }

    /// The gateway's name for the payment; null when an account pays.
    async fn gateway_reference(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.row(ctx).await?.and_then(|row| row.gateway_reference))
    }

    /// Every refund, the oldest first; at most the newest 200.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Option<Vec<Refund>>> {
        if self.row(ctx).await?.is_none() {
            return Ok(None);
        }
        let reading = Reading::below(ctx, Source::Payments).await?;
        let refunds = reading.loaders.refunds.load_one(self.id).await?;
        Ok(Some(
            refunds.unwrap_or_default().into_iter().map(Refund).collect(),
        ))
    }

    /// The order that it is for, as it is today; null for a charge of a subscription.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>> {
        let Some(row) = self.row(ctx).await? else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Orders).await?;
        let order = reading.loaders.orders.load_one(row.order_id).await?;
        Ok(order.map(Order::from))
    }

    /// The subscription that it is a charge of; null for the payment of an order.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<Option<CustomerSubscription>> {
        if self.row(ctx).await?.is_none() {
            return Ok(None);
        }
        let reading = Reading::below(ctx, Source::Subscriptions).await?;
        let found = reading.loaders.charged_subscriptions.load_one(self.id).await?;
        Ok(found.map(CustomerSubscription))
    }

    /// When it was requested.
    async fn requested_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.row(ctx).await?.map(|row| row.requested_at))
    }

    /// When it changed last.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.row(ctx).await?.map(|row| row.updated_at))
    }

    /// How many events it has, for `If-Match`.
    async fn sequence(&self, ctx: &Context<'_>) -> Result<Option<Sequence>> {
        Ok(self.row(ctx).await?.map(|row| Sequence(row.sequence)))
    }

    /// The last event of the payment.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        Ok(self.row(ctx).await?.map(|row| Position(row.position)))
    }
}
