//! `Payment`.

use async_graphql::{Context, ID, Object};
use projections::value::{AccountId, PaymentId};

use super::{Account, PaymentMethod};
use crate::{error::Result, freshness::Source, reading::Reading};

/// The payment of an order.
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) account_id: Option<AccountId>,
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
        Ok(reading.loaders.accounts.load_one(account_id).await?.map(Account))
    }
}
