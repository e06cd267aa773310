//! The rows of the tables, and how many of them go into one statement: as arrays.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::process::{Action, TimerName};
use event_store::{Metadata, Position};
use sqlx::{Postgres, postgres::PgArguments, query::QueryAs};
use uuid::Uuid;

/// A process as it is to be stored.
pub(crate) struct StoredProcess {
    pub(crate) process_id: String,
    /// As JSON.
    pub(crate) state: String,
    pub(crate) status: &'static str,
    pub(crate) step: &'static str,
    pub(crate) over: bool,
    /// The newest event that it knows of.
    pub(crate) position: Position,
    /// When that event was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
}

/// An action on its way out.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) process_id: String,
    /// The event that caused it, or that set the timer which caused it.
    pub(crate) position: Position,
    pub(crate) index: i32,
    pub(crate) key: Uuid,
    pub(crate) action: Action,
    /// The action byte for byte as it is stored: a repetition is known by it, also when a newer
    /// version of the service would write it differently.
    pub(crate) json: String,
    /// Of the command to be sent.
    pub(crate) metadata: Metadata,
    /// Tries before this runner had it.
    pub(crate) attempts: i32,
}

/// Which action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionRef {
    pub(crate) process_id: String,
    pub(crate) key: Uuid,
}

/// An action as it is in the outbox.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct StoredAction {
    process_id: String,
    position: Position,
    index: i32,
    key: Uuid,
    action: String,
    metadata: String,
    attempts: i32,
}

/// A timer that runs.
#[derive(Debug, Clone)]
pub(crate) struct Timer {
    pub(crate) process_id: String,
    pub(crate) name: TimerName,
    /// When it was set, in the time of the log.
    pub(crate) set_at: DateTime<Utc>,
    /// When it is due, in the time of the log.
    pub(crate) due_at: DateTime<Utc>,
    /// The event that set it.
    pub(crate) position: Position,
    /// Of that event.
    pub(crate) metadata: Metadata,
}

/// Why an action was not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) attempts: i32,
    pub(crate) reason: String,
    /// When to try again; never, when people must look at it first.
    pub(crate) retry_in: Option<Duration>,
}

impl Timer {
    /// When it rings by the clock, as `save.sql` has it, if it is stored now.
    pub(crate) fn rings_at(
        set_at: DateTime<Utc>,
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        if set_at > now {
            now + (due_at - set_at)
        } else {
            due_at
        }
    }
}

impl StoredAction {
    pub(crate) fn place(&self) -> ActionRef {
        ActionRef {
            process_id: self.process_id.clone(),
            key: self.key,
        }
    }

    /// Reads the action, or says why this version of the service cannot.
    pub(crate) fn read(self) -> Result<Outgoing, Trouble> {
        let attempts = self.attempts;
        let unreadable = |error: serde_json::Error| Trouble {
            attempts,
            reason: format!("the stored action cannot be understood: {error}"),
            retry_in: None,
        };
        Ok(Outgoing {
            process_id: self.process_id,
            position: self.position,
            index: self.index,
            key: self.key,
            action: serde_json::from_str(&self.action).map_err(unreadable)?,
            json: self.action,
            metadata: serde_json::from_str(&self.metadata).map_err(unreadable)?,
            attempts,
        })
    }
}

impl Outgoing {
    pub(crate) fn place(&self) -> ActionRef {
        ActionRef {
            process_id: self.process_id.clone(),
            key: self.key,
        }
    }
}

/// What a save answers: whether the checkpoint was moved, and the time of the database.
type Query<'q> = QueryAs<'q, Postgres, (bool, DateTime<Utc>), PgArguments>;

pub(super) fn bind_processes<'q>(query: Query<'q>, rows: &'q [StoredProcess]) -> Query<'q> {
    query
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.state.as_str()))
        .bind(column(rows, |row| row.status))
        .bind(column(rows, |row| row.step))
        .bind(column(rows, |row| row.over))
        .bind(column(rows, |row| row.position))
        .bind(column(rows, |row| row.recorded_at))
}

pub(super) fn bind_outgoing<'q>(
    query: Query<'q>,
    rows: &'q [Arc<Outgoing>],
) -> Result<Query<'q>, serde_json::Error> {
    let metadata: Result<Vec<String>, _> = rows.iter().map(|row| row.metadata.to_json()).collect();
    Ok(query
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.key))
        .bind(column(rows, |row| row.position))
        .bind(column(rows, |row| row.index))
        .bind(column(rows, |row| row.json.as_str()))
        .bind(metadata?))
}

pub(super) fn bind_places<'q>(query: Query<'q>, rows: &'q [ActionRef]) -> Query<'q> {
    query
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.key))
}

pub(super) fn bind_timers<'q>(query: Query<'q>, rows: &'q [Timer]) -> Result<Query<'q>, serde_json::Error> {
    let metadata: Result<Vec<String>, _> = rows.iter().map(|row| row.metadata.to_json()).collect();
    Ok(query
        .bind(column(rows, |row| row.process_id.as_str()))
        .bind(column(rows, |row| row.name.as_str()))
        .bind(column(rows, |row| row.set_at))
        .bind(column(rows, |row| row.due_at))
        .bind(column(rows, |row| row.position))
        .bind(metadata?))
}

pub(super) fn bind_names<'q>(query: Query<'q>, rows: &'q [(String, TimerName)]) -> Query<'q> {
    query
        .bind(column(rows, |(process_id, _)| process_id.as_str()))
        .bind(column(rows, |(_, name)| name.as_str()))
}

fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
