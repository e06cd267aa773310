//! Giving up for good what was parked.
//!
//! What should have followed does not, so the log may be left with a payment that nobody refunds. That is a
//! decision of people: it carries their name and their reason, and both stay.

use sqlx::PgPool;

use super::Requeue;

/// Who gives up, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discard {
    /// Whose decision it is. Not empty.
    pub by: String,
    /// Why. Not empty.
    pub reason: String,
}

/// Takes parked actions out of the outbox, writes down that they were, and says how many.
///
/// # Errors
///
/// When the database cannot be reached, or the name or the reason is empty.
pub async fn discard(pool: &PgPool, which: &Requeue, why: &Discard) -> Result<u64, sqlx::Error> {
    let (key, process_id, manager) = which.parts();
    let discarded = sqlx::query(include_str!("discard.sql"))
        .bind(key)
        .bind(process_id)
        .bind(manager)
        .bind(why.by.trim())
        .bind(why.reason.trim())
        .execute(pool)
        .await?;
    Ok(discarded.rows_affected())
}
