//! `account` and `accounts`.

use async_graphql::{Context, ID, Object};

use crate::{
    argument::parse,
    error::Result,
    freshness::Source,
    limits::{LIST_COST, ROOT_COST},
    reading::Reading,
    types::{Account, AsOf, Position},
};

/// The part of the root that is about accounts.
#[derive(Default)]
pub(crate) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// An account; null when there is none with this id, or was none at that point of the past.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: ID,
        #[graphql(desc = "Show it as it was then, with its entries until then; as it is now if absent.")]
        as_of: Option<AsOf>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Account>> {
        let id = parse("id", &id)?;
        let Some(as_of) = as_of else {
            let reading = Reading::at_root(ctx, at_least_position, &[Source::Balances]).await?;
            return Ok(reading.loaders.accounts.load_one(id).await?.map(Account::from));
        };
        let (reading, position) =
            Reading::in_the_past(ctx, at_least_position, as_of, Source::Balances).await?;
        let balances = reading.read_models.balances();
        let mut accounts = balances
            .accounts_as_of(&[id], projections::AsOf::Position(position))
            .await?;
        Ok(accounts
            .remove(&id)
            .map(|account| Account::as_of(account, position)))
    }

    /// The accounts of a customer, at most one for each currency.
    #[graphql(complexity = "ROOT_COST + LIST_COST * child_complexity")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the customer who owns them.")] owner_id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Vec<Account>>> {
        let owner_id = parse("ownerId", &owner_id)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Balances]).await?;
        let accounts = reading.read_models.balances().accounts(owner_id).await?;
        Ok(Some(accounts.into_iter().map(Account::from).collect()))
    }
}
