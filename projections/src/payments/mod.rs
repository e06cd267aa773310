//! Payments: how much was authorised, captured and refunded, and why a payment failed.
//!
//! What it deliberately is not: it holds no token of a card, and no decision rests on it. A payment that an
//! order names appears here when it is requested, which is a moment after the order was placed.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::PaymentsBatch;
pub use read::{MAX_LISTED_REFUNDS, Payment, PaymentsReader, Refund};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of payments.
#[derive(Debug, Clone, Copy)]
pub struct Payments;

impl TableProjection for Payments {
    const NAME: &'static str = "payments";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["payment"];
    type Batch = PaymentsBatch;

    fn apply(&self, batch: &mut PaymentsBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: PaymentsBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
