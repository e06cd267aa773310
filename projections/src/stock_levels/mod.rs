//! How many units there are of each SKU, by warehouse and lot.
//!
//! The totals of a SKU are sums over its few rows, so they cannot differ from them. Each row is kept as it
//! was after every event that changed it, so levels are read as of any position.
//!
//! A stock is low as the write side defines it: when no more units of its SKU are free, in all warehouses
//! together and expired lots included, than the threshold of the SKU.
//!
//! A place is short where fewer units are on hand than reserved: a count found less than was promised to orders.

mod apply;
mod flush;
mod low;
mod read;
mod read_low;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::StockLevelsBatch;
pub use read::{StockBucket, StockLevel, StockLevelsReader};
pub use read_low::LowStock;

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of stock levels.
#[derive(Debug, Clone, Copy)]
pub struct StockLevels;

impl TableProjection for StockLevels {
    const NAME: &'static str = "stock_levels";
    const VERSION: i32 = 6;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["stock"];
    type Batch = StockLevelsBatch;

    fn apply(&self, batch: &mut StockLevelsBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded);
        Ok(())
    }

    async fn flush(
        &self,
        batch: StockLevelsBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
