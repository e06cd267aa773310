//! Rows into tables: four statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, PriceRow, ProductsBatch};
use crate::table::Schema;

impl ProductsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            created,
            variants,
            changed,
            prices,
        } = self;
        if !created.is_empty() {
            let statement = schema.sql(include_str!("insert_products.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                created,
                [
                    product_id,
                    slug,
                    name,
                    description,
                    categories,
                    tags,
                    images,
                    tax_rate_bp,
                    at,
                    position
                ]
            );
            query.execute(&mut *connection).await?;
            let statement = schema.sql(include_str!("insert_variants.sql"));
            let query = bind_columns!(sqlx::query(&statement), variants, [sku, product_id, place, name]);
            query.execute(&mut *connection).await?;
        }
        if !changed.is_empty() {
            let rows: Vec<ChangeRow> = changed.into_values().collect();
            let statement = schema.sql(include_str!("update_products.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [
                    product_id,
                    name,
                    description,
                    categories,
                    tags,
                    images,
                    active,
                    at,
                    position
                ]
            );
            query.execute(&mut *connection).await?;
        }
        if !prices.is_empty() {
            let rows: Vec<PriceRow> = prices.into_values().collect();
            let statement = schema.sql(include_str!("upsert_prices.sql"));
            let query = bind_columns!(
                sqlx::query(&statement),
                rows,
                [sku, currency, amount, at, position]
            );
            query.execute(connection).await?;
        }
        Ok(())
    }
}
