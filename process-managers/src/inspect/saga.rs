//! How the saga of one order stands, for those who wait for the order.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::process::{Fulfilment, ProcessManager as _, Settlement};
use serde::Serialize;
use sqlx::{FromRow as _, PgPool, Row as _};

/// How the saga of an order stands. It may lag behind the log by the time between two saves of the runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct SagaView {
    /// Started, awaiting stock, awaiting payment, completed, compensating or failed, in `snake_case`.
    pub state: String,
    /// The last step that was taken.
    pub step: String,
    /// How often the action that is in most trouble was tried. 0 when nothing is: tries that succeed soon
    /// are not written down.
    pub tries: i32,
    /// When something happens by itself: a timer rings, or an action is tried again.
    pub deadline: Option<DateTime<Utc>>,
    /// What went wrong last, of what is not done yet.
    pub last_error: Option<String>,
}

/// How the saga of an order stands; nothing when it has not begun. The troubles of its payment are its own.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn saga(pool: &PgPool, order_id: &str) -> Result<Option<SagaView>, sqlx::Error> {
    let mut found = sagas(pool, &[order_id.to_owned()]).await?;
    Ok(found.remove(order_id))
}

/// How the sagas of some orders stand, by order and with one statement; those that have not begun are
/// absent.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn sagas(pool: &PgPool, order_ids: &[String]) -> Result<HashMap<String, SagaView>, sqlx::Error> {
    let rows = sqlx::query(include_str!("sagas.sql"))
        .bind(order_ids)
        .bind(Fulfilment::NAME)
        .bind(Settlement::NAME)
        .bind(Fulfilment::PAYMENT_PATH.as_slice())
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("order_id")?, SagaView::from_row(row)?)))
        .collect()
}
