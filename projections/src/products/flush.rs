//! Rows into tables: five statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, PriceRow, ProductsBatch};
use crate::{
    copy::{CopyRows, Jsonb},
    table::Schema,
};

const PRODUCTS: &str = "products (product_id, slug, name, description, categories, tags, images, tax_rate_bp, \
                        active, created_at, updated_at, created_position, position, sequence)";
const VARIANTS: &str = "variants (sku, product_id, place, name)";
const PRICES: &str = "prices (sku, currency, amount, since, position)";

impl ProductsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.products().copy_into(PRODUCTS, schema, connection).await?;
        self.variants.copy_into(VARIANTS, schema, connection).await?;
        self.first_prices().copy_into(PRICES, schema, connection).await?;
        let Self { changed, prices, .. } = self;
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
                    position,
                    sequence
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

    fn products(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for product in self.created.values() {
            let now = &product.now;
            rows.push(&[
                &now.product_id,
                &product.slug,
                &now.name,
                &now.description,
                &now.categories.as_deref().map(Jsonb),
                &now.tags.as_deref().map(Jsonb),
                &now.images.as_deref().map(Jsonb),
                &product.tax_rate_bp,
                &now.active,
                &product.created_at,
                &now.at,
                &product.created_position,
                &now.position,
                &now.sequence,
            ]);
        }
        rows
    }

    fn first_prices(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for price in self.first_prices.values() {
            rows.push(&[
                &price.sku,
                &price.currency,
                &price.amount,
                &price.at,
                &price.position,
            ]);
        }
        rows
    }
}
