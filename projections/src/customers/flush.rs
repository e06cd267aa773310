//! Rows and differences into tables: four statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::CustomersBatch;
use crate::table::Schema;

const ORDERS: &str = "orders (order_id, customer_id, currency)";

impl CustomersBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            orders,
            placed,
            changes,
        } = self;
        if !placed.is_empty() {
            orders.copy_into(ORDERS, schema, connection).await?;
            let statement = schema.sql(include_str!("upsert_customers.sql"));
            let query = bind_columns!(sqlx::query(&statement), placed, [customer_id, at, position]);
            query.execute(&mut *connection).await?;
        }
        if !changes.is_empty() {
            for statement in [
                include_str!("add_cancelled.sql"),
                include_str!("upsert_spending.sql"),
            ] {
                let statement = schema.sql(statement);
                let query = bind_columns!(
                    sqlx::query(&statement),
                    changes,
                    [order_id, cancelled, paid, spent, refunded, currency]
                );
                query.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }
}
