//! What is bought together: for each product, in how many orders it stands beside each other one.
//!
//! Counts every line of every order that was placed, whatever became of it: what people wanted is what counts. What it
//! deliberately is not: it knows no customer.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::RecommendationsBatch;
pub use read::{BoughtTogether, RecommendationsReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of what is bought together.
#[derive(Debug, Clone, Copy)]
pub struct Recommendations;

impl TableProjection for Recommendations {
    const NAME: &'static str = "recommendations";
    const VERSION: i32 = 2;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["order"];
    const IGNORES: &'static [&'static str] = &[
        "OrderConfirmed",
        "OrderPaid",
        "OrderCancelled",
        "OrderShipped",
        "OrderDelivered",
        "ReturnRequested",
        "ReturnAccepted",
        "ReturnRefundReduced",
        "ReturnRejected",
        "OrderReturned",
    ];
    type Batch = RecommendationsBatch;

    fn apply(&self, batch: &mut RecommendationsBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: RecommendationsBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
