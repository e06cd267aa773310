//! How many units there are of each SKU, by warehouse and lot.
//!
//! The totals of a SKU are sums over its few rows, so they cannot differ from them. Each row is kept as it
//! was after every event that changed it, so levels are read as of any position.
//!
//! A place is short where fewer units are on hand than reserved: a count found less than was promised to orders.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::StockLevelsBatch;
pub use read::{StockBucket, StockLevel, StockLevelsReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of stock levels.
#[derive(Debug, Clone, Copy)]
pub struct StockLevels;

impl TableProjection for StockLevels {
    const NAME: &'static str = "stock_levels";
    const VERSION: i32 = 4;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["stock"];
    const IGNORES: &'static [&'static str] = &[
        "ReservationRefused",
        "ReservationExtended",
        "ReturnWrittenOff",
        "LowStockThresholdSet",
        "StockRanLow",
        "StockFellShort",
        "StockShortageEased",
    ];
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
