//! What `/health` says, for people and for monitoring.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platform::{disk::Room, health::CheckState};
use process_managers::inspect::ManagerProgress;
use projections::GenerationStatus;
use serde::Serialize;

/// Whether everything gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It does.
    Ok,
    /// Something does not; `troubles` says what.
    Degraded,
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    pub(super) status: Status,
    /// What does not get on, a sentence each.
    pub(super) troubles: Vec<String>,
    /// What `/health/ready` says.
    pub(super) checks: BTreeMap<String, CheckState>,
    /// Everything that follows the log, as it was found last; nothing before the first look.
    #[serde(flatten)]
    pub(super) found: Option<Found>,
}

/// What was found at one look.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    pub(super) looked_at: DateTime<Utc>,
    pub(super) log: LogFound,
    pub(super) read_models: Vec<ReadModelFound>,
    pub(super) process_managers: Vec<ManagerFound>,
    pub(super) disk: Option<DiskFound>,
}

/// The log.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, sqlx::FromRow)]
pub(super) struct LogFound {
    pub(super) position: i64,
    /// How far the time of the newest event is ahead of the clock of the database; below 0 as a rule.
    pub(super) seconds_ahead_of_clock: f64,
}

/// A generation of a read model that follows the log.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ReadModelFound {
    pub(super) name: String,
    pub(super) generation: i32,
    pub(super) state: &'static str,
    pub(super) gets_on: bool,
    pub(super) position: i64,
    pub(super) lag_events: i64,
    pub(super) lag_seconds: f64,
    pub(super) heartbeat_at: Option<DateTime<Utc>>,
    pub(super) paused: bool,
    pub(super) error: Option<String>,
    pub(super) error_position: Option<i64>,
}

impl ReadModelFound {
    pub(super) fn new(status: &GenerationStatus, gets_on: bool) -> Self {
        Self {
            name: status.projection.clone(),
            generation: status.generation,
            state: status.state.name(),
            gets_on,
            position: status.position,
            lag_events: status.lag_events,
            lag_seconds: status.lag_seconds,
            heartbeat_at: status.heartbeat_at,
            paused: status.paused,
            error: status.error.as_ref().map(|error| error.reason.clone()),
            error_position: status.error.as_ref().and_then(|error| error.position),
        }
    }
}

/// A process manager.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ManagerFound {
    pub(super) gets_on: bool,
    pub(super) lag_events: i64,
    #[serde(flatten)]
    pub(super) progress: ManagerProgress,
}

/// The disk of the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct DiskFound {
    pub(super) has_room: bool,
    pub(super) free_bytes: u64,
    pub(super) total_bytes: u64,
}

impl DiskFound {
    pub(super) fn new(room: Room, has_room: bool) -> Self {
        Self {
            has_room,
            free_bytes: room.free_bytes,
            total_bytes: room.total_bytes,
        }
    }
}
