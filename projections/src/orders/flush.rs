//! Rows into tables: eight statements at most, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, OrdersBatch};
use crate::{
    copy::{CopyRows, Jsonb},
    table::Schema,
};

const ORDERS: &str = "orders (order_id, customer_id, status, cancel_code, cancel_reason, currency, total, tax, \
                      payment_id, payment_method, account_id, carrier, tracking_number, shipping_address, \
                      placed_at, updated_at, placed_position, position, sequence)";
const LINES: &str =
    "lines (order_id, line, sku, product_id, name, quantity, unit_price, currency, tax_rate_bp)";
const TIMELINE: &str = "timeline (order_id, position, step, detail, parameters, status, cancel_code, carrier, aggregate_type, \
                        aggregate_id, at, actor, correlation_id, causation_id)";

impl OrdersBatch {
    pub(super) async fn flush(
        mut self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.orders().copy_into(ORDERS, schema, connection).await?;
        self.lines.copy_into(LINES, schema, connection).await?;
        self.timeline.copy_into(TIMELINE, schema, connection).await?;
        self.flush_returns(schema, connection).await?;
        if !self.changed.is_empty() {
            let rows: Vec<ChangeRow> = self.changed.into_values().collect();
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
                    sequence,
                ]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }

    fn orders(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for order in self.placed.values() {
            let now = &order.now;
            rows.push(&[
                &now.order_id,
                &order.customer_id,
                &now.status,
                &now.cancel_code,
                &now.cancel_reason,
                &order.currency,
                &order.total,
                &order.tax,
                &order.payment_id,
                &order.payment_method,
                &order.account_id,
                &now.carrier,
                &now.tracking_number,
                &Jsonb(&order.shipping_address),
                &order.placed_at,
                &now.updated_at,
                &order.placed_position,
                &now.position,
                &now.sequence,
            ]);
        }
        rows
    }
}
