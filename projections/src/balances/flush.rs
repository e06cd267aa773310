//! Movements into tables: four statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{BalancesBatch, ChangeRow, LedgerRow};
use crate::table::Schema;

impl BalancesBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            opened,
            changed,
            entries,
            ledgers,
        } = self;
        if !opened.is_empty() {
            let statement = schema.sql(include_str!("insert_accounts.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                opened,
                [account_id, owner_id, currency, at, position]
            );
            query.execute(&mut *connection).await?;
        }
        if !changed.is_empty() {
            let rows: Vec<ChangeRow> = changed.into_values().collect();
            let statement = schema.sql(include_str!("update_accounts.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [account_id, booked, held, at, position]
            );
            query.execute(&mut *connection).await?;
        }
        if !entries.is_empty() {
            let statement = schema.sql(include_str!("insert_entries.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                entries,
                [
                    position,
                    leg,
                    ledger,
                    counter,
                    currency,
                    amount,
                    event_type,
                    order_id,
                    payment_id,
                    reference,
                    recorded_at,
                ]
            );
            query.execute(&mut *connection).await?;
            let rows: Vec<LedgerRow> = ledgers.into_values().collect();
            let statement = schema.sql(include_str!("upsert_ledgers.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [ledger, currency, balance, entries]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }
}
