//! Orders as customers and staff see them: state, lines, and every step with its time and cause.
//!
//! The returns of an order are part of it: what the customer sends back, and what the shop decided.
//!
//! The timeline has not only the order's own events but also what happened for it elsewhere: units
//! reserved, money held, payments authorised.
//!
//! An order can be read as of any position of the past: the steps of the timeline are its dated states, and what is
//! refunded for a return is kept as it was after each event.
//!
//! What it deliberately is not: it does not know the saga's state, and no decision rests on it.

mod apply;
mod count;
mod flush;
mod read;
mod read_returns;
mod returns;
mod step;
#[cfg(test)]
mod tests;
mod timeline;

use sqlx::PgConnection;

pub use apply::OrdersBatch;
pub use count::MAX_COUNTED;
pub use read::{Order, OrderFilter, OrderLine, OrdersReader, TimelineStep};
pub use read_returns::{MAX_LISTED_RETURNS, OrderReturn, ReturnedLine, ReturnedUnits};
pub use timeline::StepParameter;

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of orders.
#[derive(Debug, Clone, Copy)]
pub struct Orders;

impl TableProjection for Orders {
    const NAME: &'static str = "orders";
    const VERSION: i32 = 4;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["order", "payment", "stock", "account"];
    const IGNORES: &'static [&'static str] = &[
        "AccountOpened",
        "AccountDeposited",
        "AccountWithdrawn",
        "StockReceived",
        "StockAdjusted",
        "StockTransferred",
        "LowStockThresholdSet",
        "StockRanLow",
        "StockShortageEased",
        "LotExpiryCorrected",
    ];
    type Batch = OrdersBatch;

    fn apply(&self, batch: &mut OrdersBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: OrdersBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
