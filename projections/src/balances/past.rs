//! Reading the books as they were.

use std::collections::HashMap;

use domain::value::AccountId;
use uuid::Uuid;

use super::read::{Account, BalancesReader, TrialBalance, account, trial_balance};
use crate::reading::{AsOf, ReadModelError, bounded};

impl BalancesReader {
    /// Accounts as they were at a point of the past; those that were not open yet are absent. What is
    /// after the position that the read model has reached is not known to it.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`], and when too many are asked for.
    pub async fn accounts_as_of(
        &self,
        ids: &[AccountId],
        as_of: AsOf,
    ) -> Result<HashMap<AccountId, Account>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(AccountId::uuid).collect();
        let position = self.tables.resolve(as_of).await?;
        let statement = self.schema().await?.sql(include_str!("accounts_as_of.sql"));
        let query = sqlx::query(&statement).bind(ids).bind(position);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let accounts = rows
            .iter()
            .map(account)
            .map(|account| account.map(|account| (account.id, account)));
        Ok(accounts.collect::<Result<_, _>>()?)
    }

    /// The books of every currency as they were at a point of the past.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`].
    pub async fn trial_balance_as_of(&self, as_of: AsOf) -> Result<Vec<TrialBalance>, ReadModelError> {
        let position = self.tables.resolve(as_of).await?;
        let statement = self.schema().await?.sql(include_str!("trial_balance_as_of.sql"));
        let query = sqlx::query(&statement).bind(position);
        let rows = query.fetch_all(self.tables.pool()).await?;
        Ok(rows.iter().map(trial_balance).collect::<Result<_, _>>()?)
    }
}
