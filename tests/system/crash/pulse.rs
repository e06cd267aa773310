//! How far everybody is.

use anyhow::{Result, ensure};
use sqlx::PgPool;
use tests::until;

/// Process managers of the shop: for orders, for payments and for subscriptions.
const MANAGERS: i64 = 3;

/// A look at the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Pulse {
    /// The newest position of the log.
    pub(super) head: i64,
    /// The process manager that is furthest behind.
    pub(super) reacted: i64,
    /// The read model that is furthest behind.
    pub(super) shown: i64,
    /// Commands that are not known to be done.
    pub(super) pending: i64,
    /// Commands that were given up.
    pub(super) parked: i64,
    /// Orders that gave way to others and will ask for their units again.
    pub(super) waiting: i64,
}

impl Pulse {
    pub(super) async fn take(pool: &PgPool) -> Result<Self> {
        let read_models = i64::try_from(projections::registry().len())?;
        let pulse = sqlx::query_as(include_str!("pulse.sql"))
            .bind(MANAGERS)
            .bind(read_models);
        Ok(pulse.fetch_one(pool).await?)
    }

    /// Whether everybody has got beyond what the log had at another look.
    pub(super) const fn is_past(&self, before: &Self) -> bool {
        self.reacted > before.head && self.shown > before.head
    }
}

/// Waits until nothing moves any more: everybody knows the whole log, and nothing is to be sent. Twice, as what was
/// sent between two parts of one look is in the log by the next.
pub(super) async fn settle(pool: &PgPool) -> Result<()> {
    let mut before = None;
    until("the shop comes to rest", async || {
        let now = Pulse::take(pool).await?;
        ensure!(now.parked == 0, "a command was given up: {now:?}");
        let is_known = now.reacted == now.head && now.shown == now.head;
        let is_still = is_known && now.pending == 0 && now.waiting == 0;
        let settled = is_still && before == Some(now);
        before = Some(now);
        Ok(settled)
    })
    .await
}
