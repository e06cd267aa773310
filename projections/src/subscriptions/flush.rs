//! Rows into tables: four statements at most, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, ChargeEndRow, SubscriptionsBatch};
use crate::{copy::CopyRows, table::Schema};

const SUBSCRIPTIONS: &str = "subscriptions (subscription_id, customer_id, amount, currency, method, account_id, \
                             period_unit, period_count, status, pause_reason, cancel_note, due_at, paid_periods, \
                             started_at, updated_at, started_position, position, sequence)";
const CHARGES: &str = "charges (subscription_id, payment_id, period, attempt, amount, currency, outcome, \
                       failure_code, retry_at, requested_at, ended_at, position)";

impl SubscriptionsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.new_subscriptions()
            .copy_into(SUBSCRIPTIONS, schema, connection)
            .await?;
        self.new_charges().copy_into(CHARGES, schema, connection).await?;
        let Self {
            changed,
            ended_charges,
            ..
        } = self;
        if !changed.is_empty() {
            let rows: Vec<ChangeRow> = changed.into_values().collect();
            let statement = schema.sql(include_str!("update_subscriptions.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    subscription_id,
                    status,
                    pause_reason,
                    cancel_note,
                    due_at,
                    paid_periods,
                    at,
                    position,
                    sequence,
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !ended_charges.is_empty() {
            let rows: Vec<ChargeEndRow> = ended_charges.into_values().collect();
            let statement = schema.sql(include_str!("end_charges.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [subscription_id, payment_id, outcome, failure_code, retry_at, at]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }

    fn new_subscriptions(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for row in self.started.values() {
            let now = &row.now;
            rows.push(&[
                &now.subscription_id,
                &row.customer_id,
                &row.amount.amount,
                &row.amount.currency.code(),
                &row.method,
                &row.account_id,
                &row.period_unit,
                &row.period_count,
                &now.status,
                &now.pause_reason,
                &now.cancel_note,
                &now.due_at,
                &now.paid_periods,
                &row.at,
                &now.at,
                &row.position,
                &now.position,
                &now.sequence,
            ]);
        }
        rows
    }

    fn new_charges(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for ((subscription_id, payment_id), row) in &self.charges {
            let end = row.end.as_ref();
            rows.push(&[
                &subscription_id.uuid(),
                &payment_id.uuid(),
                &row.period,
                &row.attempt,
                &row.amount.amount,
                &row.amount.currency.code(),
                &end.map(|end| end.outcome),
                &end.and_then(|end| end.failure_code.as_deref()),
                &end.and_then(|end| end.retry_at),
                &row.at,
                &end.map(|end| end.at),
                &row.position,
            ]);
        }
        rows
    }
}
