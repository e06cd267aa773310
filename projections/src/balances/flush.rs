//! Movements into tables: what was there before is read, and what it comes to is written.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::value::AccountId;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::apply::BalancesBatch;
use crate::{
    copy::CopyRows,
    reading::whole,
    table::{Schema, too_large},
};

const ACCOUNTS: &str = "accounts (account_id, owner_id, currency, booked, held, opened_at, updated_at, position, \
     sequence)";
const HISTORY: &str = "account_history (account_id, position, booked, held, at)";
const ENTRIES: &str = "entries (position, leg, ledger, counter, currency, amount, balance, number, event_type, \
                       order_id, payment_id, reference, recorded_at)";

/// An account after the batch.
#[derive(Debug, Default)]
struct AccountRow {
    account_id: Uuid,
    booked: i64,
    held: i64,
    at: DateTime<Utc>,
    position: i64,
    sequence: i64,
}

/// A ledger account after the batch.
#[derive(Debug, Clone, Default)]
struct LedgerRow {
    ledger: String,
    currency: String,
    balance: i128,
    entries: i64,
}

impl BalancesBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if !self.sequences.is_empty() {
            self.flush_accounts(schema, &mut *connection).await?;
        }
        if !self.entries.is_empty() {
            self.flush_entries(schema, connection).await?;
        }
        Ok(())
    }

    async fn flush_accounts(
        &self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let mut accounts = self.known_accounts(schema, &mut *connection).await?;
        let mut history = CopyRows::default();
        for change in &self.changes {
            // Only what was opened has a balance; a hold on anything else is refused by the account.
            let Some(account) = accounts.get_mut(&change.account_id) else {
                continue;
            };
            account.booked = account.booked.checked_add(change.booked).ok_or_else(too_large)?;
            account.held = account.held.checked_add(change.held).ok_or_else(too_large)?;
            (account.at, account.position) = (change.at, change.position);
            history.push(&[
                &account.account_id,
                &change.position,
                &account.booked,
                &account.held,
                &change.at,
            ]);
        }
        for (id, sequence) in &self.sequences {
            if let Some(account) = accounts.get_mut(id) {
                account.sequence = *sequence;
            }
        }
        let mut opened = CopyRows::default();
        for (id, row) in &self.opened {
            let Some(account) = accounts.remove(id) else {
                continue;
            };
            opened.push(&[
                &account.account_id,
                &row.owner_id,
                &row.currency.code(),
                &account.booked,
                &account.held,
                &row.at,
                &account.at,
                &account.position,
                &account.sequence,
            ]);
        }
        opened.copy_into(ACCOUNTS, schema, connection).await?;
        history.copy_into(HISTORY, schema, connection).await?;
        let rows: Vec<AccountRow> = accounts.into_values().collect();
        if !rows.is_empty() {
            let statement = schema.sql(include_str!("update_accounts.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [account_id, booked, held, at, position, sequence]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }

    /// The accounts that change, as they were before. The order keeps two transactions from waiting for
    /// each other's rows in circles.
    async fn known_accounts(
        &self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<BTreeMap<AccountId, AccountRow>, sqlx::Error> {
        let new = |id: &AccountId| {
            let row = AccountRow {
                account_id: id.uuid(),
                ..AccountRow::default()
            };
            (*id, row)
        };
        let mut accounts: BTreeMap<AccountId, AccountRow> = self.opened.keys().map(new).collect();
        let mut others: Vec<AccountId> = self.sequences.keys().copied().collect();
        others.retain(|id| !accounts.contains_key(id));
        if others.is_empty() {
            return Ok(accounts);
        }
        let ids: Vec<Uuid> = others.iter().map(AccountId::uuid).collect();
        let known = "SELECT account_id, booked, held, updated_at, position FROM {schema}.accounts \
                     WHERE account_id = ANY ($1)";
        let rows = sqlx::query(&schema.sql(known))
            .bind(ids)
            .fetch_all(connection)
            .await?;
        for row in &rows {
            let account_id: Uuid = row.try_get(0)?;
            let account = AccountRow {
                account_id,
                booked: row.try_get(1)?,
                held: row.try_get(2)?,
                at: row.try_get(3)?,
                position: row.try_get(4)?,
                sequence: 0,
            };
            accounts.insert(AccountId::new(account_id), account);
        }
        Ok(accounts)
    }

    async fn flush_entries(&self, schema: &Schema, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let mut ledgers = self.known_ledgers(schema, &mut *connection).await?;
        let mut entries = CopyRows::default();
        for entry in &self.entries {
            let counter = ledgers[entry.counter].ledger.clone();
            let ledger = &mut ledgers[entry.ledger];
            // No log is long enough to fill 128 bits with amounts of 64.
            ledger.balance = ledger.balance.saturating_add(entry.amount.into());
            ledger.entries += 1;
            entries.push(&[
                &entry.position,
                &entry.leg,
                &ledger.ledger,
                &counter,
                &ledger.currency,
                &entry.amount,
                &ledger.balance,
                &ledger.entries,
                &entry.event_type,
                &entry.order_id,
                &entry.payment_id,
                &entry.reference,
                &entry.recorded_at,
            ]);
        }
        entries.copy_into(ENTRIES, schema, connection).await?;
        let statement = schema.sql(include_str!("upsert_ledgers.sql"));
        let balances: Vec<String> = ledgers.iter().map(|row| row.balance.to_string()).collect();
        let query = bind_columns!(sqlx::query(&statement), ledgers, [ledger, currency])
            .bind(balances)
            .bind(ledgers.iter().map(|row| row.entries).collect::<Vec<i64>>());
        query.execute(connection).await?;
        Ok(())
    }

    /// The ledger accounts of the entries, as they were before.
    async fn known_ledgers(
        &self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<Vec<LedgerRow>, sqlx::Error> {
        let names: Vec<&str> = self.ledgers.iter().map(|(ledger, _)| ledger.as_str()).collect();
        let currencies: Vec<&str> = self.ledgers.iter().map(|(_, currency)| currency.code()).collect();
        let known = "SELECT l.ledger, l.currency, l.balance::text AS balance, l.entries \
                     FROM unnest($1::text[], $2::text[]) AS r (ledger, currency) \
                     JOIN {schema}.ledgers AS l USING (ledger, currency)";
        let rows = sqlx::query(&schema.sql(known))
            .bind(&names)
            .bind(&currencies)
            .fetch_all(connection)
            .await?;
        let mut before: HashMap<(&str, &str), (i128, i64)> = HashMap::with_capacity(rows.len());
        for row in &rows {
            before.insert(
                (row.try_get(0)?, row.try_get(1)?),
                (whole(row, "balance")?, row.try_get(3)?),
            );
        }
        let ledgers = self.ledgers.iter().map(|(ledger, currency)| {
            let key = (ledger.as_str(), currency.code());
            let (balance, entries) = before.get(&key).copied().unwrap_or_default();
            LedgerRow {
                ledger: ledger.clone(),
                currency: currency.to_string(),
                balance,
                entries,
            }
        });
        Ok(ledgers.collect())
    }
}
