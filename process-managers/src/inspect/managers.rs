//! How the process managers get on, whichever process works them.

use std::time::Duration;

use domain::process::{Fulfilment, ProcessManager as _, Recurring, Settlement};
use event_store::Position;
use serde::Serialize;
use sqlx::PgPool;

use crate::identity::lock_key;

/// Every process manager.
const MANAGERS: [&str; 3] = [Fulfilment::NAME, Settlement::NAME, Recurring::NAME];

/// How one process manager gets on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ManagerProgress {
    /// Its name.
    pub manager: String,
    /// The newest event that it has stored its reaction to.
    pub position: Position,
    /// The newest event of the log.
    pub head: Position,
    /// Whether a process holds its lock.
    pub is_worked: bool,
    /// Timers that should have rung.
    pub overdue_timers: i64,
    /// Actions whose next try should have been made.
    pub overdue_actions: i64,
    /// Actions that were given up and wait for people.
    pub parked_actions: i64,
}

/// How every process manager gets on. What should have been done for longer than `overdue_after` counts as
/// overdue.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn managers(pool: &PgPool, overdue_after: Duration) -> Result<Vec<ManagerProgress>, sqlx::Error> {
    let keys: Vec<i64> = MANAGERS.iter().map(|manager| lock_key(manager)).collect();
    sqlx::query_as(include_str!("managers.sql"))
        .bind(&MANAGERS[..])
        .bind(keys)
        .bind(overdue_after.as_secs_f64())
        .fetch_all(pool)
        .await
}
