//! Rows into tables: four statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, OrderRow, OrdersBatch};
use crate::table::Schema;

impl OrdersBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            placed,
            lines,
            changed,
            steps,
        } = self;
        if !placed.is_empty() {
            let rows: Vec<OrderRow> = placed.into_values().collect();
            let statement = schema.sql(include_str!("insert_orders.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    order_id,
                    customer_id,
                    currency,
                    total,
                    tax,
                    payment_id,
                    payment_method,
                    account_id,
                    shipping_address,
                    placed_at,
                    placed_position,
                ]
            );
            query.execute(&mut *connection).await?;
            let statement = schema.sql(include_str!("insert_lines.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                lines,
                [
                    order_id,
                    line,
                    sku,
                    product_id,
                    name,
                    quantity,
                    unit_price,
                    currency,
                    tax_rate_bp
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !changed.is_empty() {
            let rows: Vec<ChangeRow> = changed.into_values().collect();
            let statement = schema.sql(include_str!("update_orders.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    order_id,
                    status,
                    cancel_code,
                    cancel_reason,
                    carrier,
                    tracking_number,
                    updated_at,
                    position,
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !steps.is_empty() {
            let statement = schema.sql(include_str!("insert_timeline.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                steps,
                [
                    order_id,
                    position,
                    step,
                    detail,
                    aggregate_type,
                    aggregate_id,
                    at,
                    actor,
                    correlation_id,
                    causation_id,
                ]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }
}
