//! Warehouses: what each is called, where it is, and whether it takes goods in.
//!
//! What it deliberately is not: it counts no units. A warehouse of an old log that has units and was never opened
//! is not here; the stock of each SKU names it.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::WarehousesBatch;
pub use read::{Warehouse, WarehousesReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of warehouses.
#[derive(Debug, Clone, Copy)]
pub struct Warehouses;

impl TableProjection for Warehouses {
    const NAME: &'static str = "warehouses";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["warehouse"];
    type Batch = WarehousesBatch;

    fn apply(&self, batch: &mut WarehousesBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: WarehousesBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
