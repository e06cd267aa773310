//! The rows of the tables, and how many of them go into one statement: as arrays.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::process::Action;
use event_store::{Metadata, Position};
use sqlx::{Postgres, postgres::PgArguments, query::QueryScalar};
use uuid::Uuid;

use crate::identity::ActionId;

/// A process after it reacted.
pub(crate) struct Reacted {
    pub(crate) process_id: String,
    /// As JSON.
    pub(crate) state: String,
    pub(crate) status: &'static str,
    /// The newest event that it knows of.
    pub(crate) position: Position,
    /// When that event was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
}

/// An action on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) id: ActionId,
    pub(crate) process_id: String,
    pub(crate) action: Action,
    /// The action byte for byte as it is stored: a repetition is known by it, also when a newer
    /// version of the service would write it differently.
    pub(crate) json: String,
    pub(crate) key: Uuid,
    /// Of the command to be sent.
    pub(crate) metadata: Metadata,
    /// The same, as it is stored.
    pub(crate) metadata_json: String,
    /// Tries before this runner had it.
    pub(crate) attempts: i32,
}

/// An action as it is in the outbox.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct StoredAction {
    position: Position,
    index: i32,
    process_id: String,
    action: String,
    key: Uuid,
    metadata: String,
    attempts: i32,
}

/// Why an action was not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) attempts: i32,
    pub(crate) reason: String,
    /// When to try again; never, when people must look at it first.
    pub(crate) retry_in: Option<Duration>,
}

impl StoredAction {
    pub(crate) const fn id(&self) -> ActionId {
        ActionId {
            position: self.position,
            index: self.index,
        }
    }

    /// Reads the action, or says why this version of the service cannot.
    pub(crate) fn read(self) -> Result<Outgoing, Trouble> {
        let (id, attempts) = (self.id(), self.attempts);
        let unreadable = |error: serde_json::Error| Trouble {
            attempts,
            reason: format!("the stored action cannot be understood: {error}"),
            retry_in: None,
        };
        Ok(Outgoing {
            id,
            process_id: self.process_id,
            action: serde_json::from_str(&self.action).map_err(unreadable)?,
            json: self.action,
            key: self.key,
            metadata: serde_json::from_str(&self.metadata).map_err(unreadable)?,
            metadata_json: self.metadata,
            attempts,
        })
    }
}

type Query<'q> = QueryScalar<'q, Postgres, i64, PgArguments>;

pub(super) fn bind_reacted<'q>(query: Query<'q>, rows: &'q [Reacted]) -> Query<'q> {
    query
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.state.as_str()))
        .bind(column(rows, |row| row.status))
        .bind(column(rows, |row| row.position))
        .bind(column(rows, |row| row.recorded_at))
}

pub(super) fn bind_outgoing<'q>(query: Query<'q>, rows: &'q [Outgoing]) -> Query<'q> {
    query
        .bind(column(rows, |row| row.id.position))
        .bind(column(rows, |row| row.id.index))
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.json.as_str()))
        .bind(column(rows, |row| row.key))
        .bind(column(rows, |row| row.metadata_json.as_str()))
}

pub(super) fn bind_ids(query: Query<'_>, ids: impl Iterator<Item = ActionId>) -> Query<'_> {
    let (positions, indices): (Vec<_>, Vec<_>) = ids.map(|id| (id.position, id.index)).unzip();
    query.bind(positions).bind(indices)
}

fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
