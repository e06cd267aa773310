//! Rows and differences into tables: at most six statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ProductRow, RefundRow, SalesBatch};
use crate::table::Schema;

const ORDERS: &str = "orders (order_id, currency, total, tax)";
const LINES: &str = "lines (order_id, line, product_id, units, amount)";

impl SalesBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            orders,
            lines,
            paid,
            refunds,
            products,
        } = self;
        orders.copy_into(ORDERS, schema, connection).await?;
        lines.copy_into(LINES, schema, connection).await?;
        if !paid.is_empty() {
            for statement in [include_str!("add_days.sql"), include_str!("add_product_days.sql")] {
                let statement = schema.sql(statement);
                let query = bind_columns!(sqlx::query(&statement), paid, [order_id, day]);
                query.execute(&mut *connection).await?;
            }
        }
        if !refunds.is_empty() {
            let rows: Vec<RefundRow> = refunds.into_values().collect();
            let statement = schema.sql(include_str!("add_refunds.sql"));
            let query = bind_columns!(sqlx::query(&statement), rows, [day, currency, refunds, refunded]);
            query.execute(&mut *connection).await?;
        }
        if !products.is_empty() {
            let rows: Vec<ProductRow> = products.into_values().collect();
            let statement = schema.sql(include_str!("upsert_products.sql"));
            let query = bind_columns!(sqlx::query(&statement), rows, [product_id, name, categories]);
            query.execute(connection).await?;
        }
        Ok(())
    }
}
