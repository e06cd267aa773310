//! Customers as the orders know them: how many orders, how much they spent, the first and the last time.
//!
//! Money is by currency and counts when it is captured for an order, whatever becomes of that; what is refunded counts
//! against it.
//! What it deliberately is not: it knows no names and no addresses.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::CustomersBatch;
pub use read::{Customer, CustomersReader, Spending};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of customers.
#[derive(Debug, Clone, Copy)]
pub struct Customers;

impl TableProjection for Customers {
    const NAME: &'static str = "customers";
    const VERSION: i32 = 3;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["order", "payment"];
    const IGNORES: &'static [&'static str] = &[
        "OrderConfirmed",
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
    ];
    type Batch = CustomersBatch;

    fn apply(&self, batch: &mut CustomersBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: CustomersBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
