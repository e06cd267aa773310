//! Looking at processes, and deciding what becomes of what was parked.
//!
//! What an action carries is not shown: a command may hold an address or the token of a card.

mod discard;
mod managers;
mod saga;

use chrono::{DateTime, Utc};
use domain::process::Action;
use event_store::Position;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

pub use self::{
    discard::{Discard, discard},
    managers::{ManagerProgress, managers},
    saga::{SagaView, saga, sagas},
};

/// The most rows that a list has.
pub const MAX_ROWS: i64 = 10_000;

/// Narrows a list down. An empty selection lets everything pass.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only this process manager.
    pub manager: Option<String>,
    /// Only this process.
    pub process_id: Option<String>,
    /// Only processes of this status, such as `compensating`.
    pub status: Option<String>,
    /// Only processes with an action that was parked.
    pub parked: bool,
}

/// A process in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ProcessSummary {
    /// Its process manager.
    pub manager: String,
    /// Which process: the identifier of an order or a payment.
    pub process_id: String,
    /// Where it stands, in one word.
    pub status: String,
    /// The last step that was taken, in one word.
    pub step: String,
    /// The newest event that it knows of.
    pub position: Position,
    /// When that was recorded.
    pub updated_at: DateTime<Utc>,
    /// Actions that are not known to be done yet.
    pub pending: i64,
    /// Actions that were given up.
    pub parked: i64,
    /// When its next timer rings.
    pub next_timer_at: Option<DateTime<Utc>>,
}

/// An action that is not known to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutboxEntry {
    /// Its process manager.
    pub manager: String,
    /// Its process.
    pub process_id: String,
    /// The event that caused it, or that set the timer which caused it.
    pub position: Position,
    /// Which of the actions of that cause.
    pub index: i32,
    /// The name under which it is done once.
    pub key: Uuid,
    /// Whom it is for, such as `order 0190…`.
    pub target: String,
    /// `pending` or `parked`.
    pub state: String,
    /// How often it was tried, as of the last time that it was laid aside.
    pub attempts: i32,
    /// When it is tried next, if it waits for that.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// Everything about one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcessDetails {
    /// As in a list.
    #[serde(flatten)]
    pub summary: ProcessSummary,
    /// Its state.
    pub state: serde_json::Value,
    /// What is under way or parked.
    pub outbox: Vec<OutboxEntry>,
}

/// Which parked actions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requeue {
    /// The one with this key.
    Action(Uuid),
    /// Those of one process, whichever process manager.
    Process(String),
    /// Those of one process manager.
    Manager(String),
    /// All.
    All,
}

/// The processes that moved last come first; at most [`MAX_ROWS`].
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn list(
    pool: &PgPool,
    selection: &Selection,
    limit: i64,
) -> Result<Vec<ProcessSummary>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.manager, p.process_id, p.status, p.step, p.position, p.updated_at,
                count(o.key) FILTER (WHERE o.state = 'pending') AS pending,
                count(o.key) FILTER (WHERE o.state = 'parked') AS parked,
                (SELECT min(coalesce(t.rings_at, t.due_at)) FROM process_timers AS t
                 WHERE t.manager = p.manager AND t.process_id = p.process_id) AS next_timer_at
         FROM processes AS p
         LEFT JOIN process_outbox AS o ON o.manager = p.manager AND o.process_id = p.process_id
         WHERE ($1::text IS NULL OR p.manager = $1)
           AND ($2::text IS NULL OR p.process_id = $2)
           AND ($3::text IS NULL OR p.status = $3)
         GROUP BY p.manager, p.process_id
         HAVING NOT $4 OR count(o.key) FILTER (WHERE o.state = 'parked') > 0
         ORDER BY p.position DESC, p.manager
         LIMIT $5",
    )
    .bind(&selection.manager)
    .bind(&selection.process_id)
    .bind(&selection.status)
    .bind(selection.parked)
    .bind(limit.clamp(0, MAX_ROWS))
    .fetch_all(pool)
    .await
}

/// Everything about the processes of one identifier: an identifier may be known to several managers.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn show(pool: &PgPool, process_id: &str) -> Result<Vec<ProcessDetails>, sqlx::Error> {
    let selection = Selection {
        process_id: Some(process_id.to_owned()),
        ..Selection::default()
    };
    let mut found = Vec::new();
    for summary in list(pool, &selection, MAX_ROWS).await? {
        let state = sqlx::query_scalar("SELECT state FROM processes WHERE manager = $1 AND process_id = $2")
            .bind(&summary.manager)
            .bind(process_id)
            .fetch_one(pool)
            .await?;
        let outbox = outbox(pool, &summary.manager, process_id).await?;
        found.push(ProcessDetails {
            summary,
            state,
            outbox,
        });
    }
    Ok(found)
}

/// Sends parked actions again and says how many. The working copy finds them within its poll interval.
///
/// # Errors
///
/// When the database cannot be reached.
pub async fn requeue(pool: &PgPool, which: &Requeue) -> Result<u64, sqlx::Error> {
    let (key, process_id, manager) = which.parts();
    let requeued = sqlx::query(
        "UPDATE process_outbox SET state = 'pending', attempts = 0, next_attempt_at = now()
         WHERE state = 'parked'
           AND ($1::uuid IS NULL OR key = $1)
           AND ($2::text IS NULL OR process_id = $2)
           AND ($3::text IS NULL OR manager = $3)",
    )
    .bind(key)
    .bind(process_id)
    .bind(manager)
    .execute(pool)
    .await?;
    Ok(requeued.rows_affected())
}

impl Requeue {
    /// Key, process and process manager: none means any.
    fn parts(&self) -> (Option<Uuid>, Option<&str>, Option<&str>) {
        match self {
            Self::Action(key) => (Some(*key), None, None),
            Self::Process(process_id) => (None, Some(process_id), None),
            Self::Manager(manager) => (None, None, Some(manager)),
            Self::All => (None, None, None),
        }
    }
}

#[derive(sqlx::FromRow)]
struct OutboxRow {
    position: Position,
    index: i32,
    key: Uuid,
    action: String,
    state: String,
    attempts: i32,
    next_attempt_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

async fn outbox(pool: &PgPool, manager: &str, process_id: &str) -> Result<Vec<OutboxEntry>, sqlx::Error> {
    let rows: Vec<OutboxRow> = sqlx::query_as(
        "SELECT position, index, key, action::text, state, attempts, next_attempt_at, last_error
         FROM process_outbox WHERE manager = $1 AND process_id = $2
         ORDER BY position, index LIMIT $3",
    )
    .bind(manager)
    .bind(process_id)
    .bind(MAX_ROWS)
    .fetch_all(pool)
    .await?;
    let entry = |row: OutboxRow| OutboxEntry {
        manager: manager.to_owned(),
        process_id: process_id.to_owned(),
        position: row.position,
        index: row.index,
        key: row.key,
        target: target(&row.action),
        state: row.state,
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        last_error: row.last_error,
    };
    Ok(rows.into_iter().map(entry).collect())
}

fn target(action: &str) -> String {
    match serde_json::from_str(action) {
        Ok(Action::Command(command)) => command.to_string(),
        Ok(Action::Gateway(call)) => format!("gateway, for payment {}", call.payment_id()),
        Ok(Action::SetTimer { name, .. } | Action::CancelTimer { name }) => format!("timer {name}"),
        Err(_) => "unknown to this version".to_owned(),
    }
}
