//! Products as they are today, with variants and prices.
//!
//! The authority of the reading side on what a product is. The search index of the catalogue finds
//! products; what is shown of them comes from here.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::ProductsBatch;
pub use read::{Price, Product, ProductVariant, ProductsReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of products.
#[derive(Debug, Clone, Copy)]
pub struct Products;

impl TableProjection for Products {
    const NAME: &'static str = "products";
    const VERSION: i32 = 2;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["product"];
    type Batch = ProductsBatch;

    fn apply(&self, batch: &mut ProductsBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: ProductsBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
