//! What was sold: orders, charges of subscriptions, revenue, tax and units by day, product and category.
//!
//! A sale counts on the day (UTC) on which its money was captured, a refund on the day on which the money went back.
//! The tax of a refund is the part of the order's tax that its part of the total has. Categories are those that a
//! product has now, so moving a product moves its past with it.
//!
//! What always holds: at every position revenue less refunds is what the ledger has on the accounts of what the shop
//! earns and loses; the tax of a day is the sum of that of its products; and an order that was refunded in full has
//! no net revenue and no net tax, in any category.

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
    const VERSION: i32 = 3;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["account", "order", "payment", "product"];
    const IGNORES: &'static [&'static str] = &[
        "AccountOpened",
        "AccountDeposited",
        "AccountWithdrawn",
        "FundsHeld",
        "HoldRefused",
        "HoldReleased",
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
        "PaymentRequested",
        "PaymentAuthorised",
        "PaymentDeclined",
        "CaptureRequested",
        "CaptureFailed",
        "VoidRequested",
        "PaymentVoided",
        "RefundRequested",
        "RefundFailed",
        "RefundIdentified",
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
