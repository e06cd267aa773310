//! Rows into the table: one statement, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::PriceHistoryBatch;
use crate::table::Schema;

const PRICES: &str = "prices (sku, currency, position, product_id, amount, since)";

impl PriceHistoryBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.prices.copy_into(PRICES, schema, connection).await
    }
}
