//! Subscriptions: what customers pay every period, how each stands, and every charge with its outcome.
//!
//! What it deliberately is not: it holds no token of a card, and it decides nothing about the next charge.

mod apply;
mod flush;
mod read;
#[cfg(test)]
mod tests;

use sqlx::PgConnection;

pub use apply::SubscriptionsBatch;
pub use read::{Subscription, SubscriptionCharge, SubscriptionFilter, SubscriptionsReader};

use crate::{
    recorded::{EventError, Recorded},
    table::{Schema, TableProjection},
};

/// The projection of subscriptions.
#[derive(Debug, Clone, Copy)]
pub struct Subscriptions;

impl TableProjection for Subscriptions {
    const NAME: &'static str = "subscriptions";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("schema.sql");
    const READS: &'static [&'static str] = &["subscription"];
    type Batch = SubscriptionsBatch;

    fn apply(&self, batch: &mut SubscriptionsBatch, recorded: &Recorded) -> Result<(), EventError> {
        batch.apply(recorded)
    }

    async fn flush(
        &self,
        batch: SubscriptionsBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        batch.flush(schema, connection).await
    }
}
