//! Every price that a SKU ever had, with its days.
//!
//! Answers what a price was at a time, and the lowest price of a stretch of time, which a shop has to show
//! beside a reduced price (Directive 98/6/EC, article 6a: of the last 30 days).

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::PriceHistoryBatch;
pub use read::{LowestPrice, PastPrice, PriceHistoryReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of prices.
#[derive(Debug, Clone, Copy)]
pub struct PriceHistory;

impl TableProjection for PriceHistory {
    const NAME: &'static str = "price_history";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["product"];
    const IGNORES: &'static [&'static str] = &["ProductCreated", "ProductUpdated"];
    type Batch = PriceHistoryBatch;

    fn apply(&self, batch: &mut PriceHistoryBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: PriceHistoryBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
