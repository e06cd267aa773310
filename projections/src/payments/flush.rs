//! Rows into tables: four statements at most, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, FailureRow, PaymentsBatch, RefundRow};
use crate::{copy::CopyRows, table::Schema};

const PAYMENTS: &str = "payments (payment_id, order_id, customer_id, amount, currency, method, account_id, state, \
                        failure_code, gateway_reference, authorised, captured, refunded, requested_at, \
                        updated_at, position, sequence)";

impl PaymentsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.new_payments()
            .copy_into(PAYMENTS, schema, connection)
            .await?;
        let Self {
            changed,
            refunds,
            failed_refunds,
            ..
        } = self;
        if !changed.is_empty() {
            let rows: Vec<ChangeRow> = changed.into_values().collect();
            let statement = schema.sql(include_str!("update_payments.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    payment_id,
                    state,
                    failure_code,
                    gateway_reference,
                    authorised,
                    captured,
                    refunded,
                    at,
                    position,
                    sequence,
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !refunds.is_empty() {
            let rows: Vec<RefundRow> = refunds.into_values().collect();
            let statement = schema.sql(include_str!("upsert_refunds.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    payment_id,
                    refund_id,
                    amount,
                    currency,
                    reason,
                    state,
                    failure_code,
                    borne_by,
                    asked_at,
                    updated_at,
                    asked,
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !failed_refunds.is_empty() {
            let rows: Vec<FailureRow> = failed_refunds.into_values().collect();
            let statement = schema.sql(include_str!("fail_refunds.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [payment_id, refund_id, failure_code, at]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }

    fn new_payments(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for payment in self.requested.values() {
            let now = &payment.now;
            rows.push(&[
                &now.payment_id,
                &payment.order_id,
                &payment.customer_id,
                &payment.amount.amount,
                &payment.amount.currency.code(),
                &payment.method,
                &payment.account_id,
                &now.state,
                &now.failure_code,
                &now.gateway_reference,
                &now.authorised,
                &now.captured,
                &now.refunded,
                &payment.at,
                &now.at,
                &now.position,
                &now.sequence,
            ]);
        }
        rows
    }
}
