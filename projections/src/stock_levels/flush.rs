//! Differences into the table: one statement, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{BucketRow, StockLevelsBatch};
use crate::table::Schema;

impl StockLevelsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let rows: Vec<BucketRow> = self.buckets.into_values().collect();
        if rows.is_empty() {
            return Ok(());
        }
        let statement = schema.sql(include_str!("upsert_buckets.sql"));
        let query = bind_columns!(
            sqlx::query(&statement),
            rows,
            [sku, warehouse, lot, expires_on, on_hand, reserved, at, position]
        );
        query.execute(connection).await?;
        Ok(())
    }
}
