//! What was sold: orders, revenue and units by day, product and category.
//!
//! A sale counts on the day (UTC) on which its order was paid, a refund on the day on which the money went
//! back. Categories are those that a product has now, so moving a product moves its past with it.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::SalesBatch;
pub use read::{BestSeller, DaySales, SalesFilter, SalesReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of sales.
#[derive(Debug, Clone, Copy)]
pub struct Sales;

impl TableProjection for Sales {
    const NAME: &'static str = "sales";
    const VERSION: i32 = 2;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["order", "payment", "product"];
    const IGNORES: &'static [&'static str] = &[
        "OrderConfirmed",
        "OrderCancelled",
        "OrderShipped",
        "OrderDelivered",
        "ReturnRequested",
        "ReturnAccepted",
        "ReturnRejected",
        "OrderReturned",
        "PaymentRequested",
        "PaymentAuthorised",
        "PaymentDeclined",
        "CaptureRequested",
        "PaymentCaptured",
        "CaptureFailed",
        "VoidRequested",
        "PaymentVoided",
        "RefundRequested",
        "RefundFailed",
        "PriceSet",
    ];
    type Batch = SalesBatch;

    fn apply(&self, batch: &mut SalesBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: SalesBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
