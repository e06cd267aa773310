//! `Payment`.

use async_graphql::{Context, ID, Object};
use projections::{
    AsOf,
    value::{AccountId, PaymentId, Position},
};

use super::{Account, PaymentMethod};
use crate::{error::Result, freshness::Source, reading::Reading};

/// The payment of an order.
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) account_id: Option<AccountId>,
    /// The position that the order is shown as of.
    pub(crate) as_of: Option<Position>,
}

/// The payment of an order. What became of it is in the order's timeline.
#[Object]
impl Payment {
    /// The payment's id.
    async fn id(&self) -> ID {
        ID::from(self.id)
    }

    /// Where the money comes from.
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
}
