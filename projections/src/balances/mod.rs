//! The books: accounts with their balances, and the entries of every movement.
//!
//! Every movement of booked money is two entries: a leg on the account and a leg on its counter
//! account. What always holds: per currency all entries sum to zero, at every position.
//!
//! What an account or a ledger account was worth is kept after every event that changed it, so balances
//! and trial balances are read as of any position without adding anything up.
//!
//! A payment by card moves no customer's account, so its legs come from the payment's own events. A
//! payment from an account has its legs from the account's events, and the payment's add none.

mod apply;
mod flush;
mod past;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::BalancesBatch;
pub use read::{Account, BalancesReader, LedgerEntry, TrialBalance};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of accounts and entries.
#[derive(Debug, Clone, Copy)]
pub struct Balances;

impl TableProjection for Balances {
    const NAME: &'static str = "balances";
    const VERSION: i32 = 3;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["account", "payment"];
    const IGNORES: &'static [&'static str] = &[
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
    type Batch = BalancesBatch;

    fn apply(&self, batch: &mut BalancesBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: BalancesBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
