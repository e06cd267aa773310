//! Generations: builds of a read model, of which one is live.
//!
//! ```text
//! building ──► ready ──► live ──► retired ──► (dropped)
//!    │                    │  ▲       │
//!    └───► failed ◄───────┘  └───────┘ roll back
//! ```
//!
//! `ready` is a build that reached the end of the log, has all its indexes and waits to be switched to.
//! Whoever built it switches at once, unless it is held back to be compared first. A build up to a
//! position in the past ends as `ready` and never becomes live. `failed` is an index that was lost or
//! damaged.

mod checkpoint;
mod list;
mod lookup;
mod make;
mod switch;
#[cfg(test)]
mod tests;
mod views;

use chrono::{DateTime, Utc};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};

use crate::rows::ReadAt;

pub(crate) use checkpoint::{Changes, advance, beat, mark_indexed, mark_ready, record_error};
pub(crate) use list::list;
pub(crate) use lookup::{
    fetch, find_building, find_live, find_number, find_readable, find_retired, schema_names,
};
pub(crate) use make::{
    building, discard_row, mark_failed, of_the_past, outdated, prune_places, reopen_retired,
};
pub(crate) use switch::{Switch, begin_switch};
pub(crate) use views::present;

/// The place of everything that is in the database itself.
pub(crate) const IN_DATABASE: &str = "";

/// How far a generation came in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationState {
    /// Events are being read into it.
    Building,
    /// It reached the end of the log and waits for the switch.
    Ready,
    /// Readers use it.
    Live,
    /// Readers used it before; kept for a roll back.
    Retired,
    /// It was lost or damaged and is of no more use.
    Failed,
}

impl GenerationState {
    const ALL: [Self; 5] = [
        Self::Building,
        Self::Ready,
        Self::Live,
        Self::Retired,
        Self::Failed,
    ];

    /// The name, as stored and as shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Ready => "ready",
            Self::Live => "live",
            Self::Retired => "retired",
            Self::Failed => "failed",
        }
    }

    fn parse(name: &str) -> Result<Self, sqlx::Error> {
        let known = Self::ALL.into_iter().find(|state| state.name() == name);
        known.ok_or_else(|| sqlx::Error::Decode(format!("there is no generation state {name:?}").into()))
    }
}

/// One build of a read model.
#[derive(Debug, Clone)]
pub(crate) struct Generation {
    pub(crate) id: i64,
    pub(crate) number: i32,
    pub(crate) schema_version: i32,
    /// The PostgreSQL schema, or the folder of the index.
    pub(crate) schema_name: String,
    pub(crate) state: GenerationState,
    pub(crate) position: Position,
    /// The last event of a build of the past; others follow the log.
    pub(crate) up_to: Option<Position>,
    /// Whether the tables have their secondary indexes.
    pub(crate) indexed: bool,
}

/// The columns of [`Generation`].
const COLUMNS: &str = "id, generation, schema_version, schema_name, state, position, up_to, indexed";

impl Generation {
    /// What is read of its rows now.
    pub(crate) fn read_at(&self) -> ReadAt {
        ReadAt {
            generation: self.number,
            position: self.position,
        }
    }

    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("generation")?,
            schema_version: row.try_get("schema_version")?,
            schema_name: row.try_get("schema_name")?,
            state: GenerationState::parse(row.try_get("state")?)?,
            position: row.try_get("position")?,
            up_to: row.try_get("up_to")?,
            indexed: row.try_get("indexed")?,
        })
    }
}

/// A generation as an operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationStatus {
    /// The read model.
    pub projection: String,
    /// Empty for tables; for an index the data folder it lies in.
    pub place: String,
    /// Counts the builds of the read model.
    pub generation: i32,
    /// The version of its tables.
    pub schema_version: i32,
    /// The PostgreSQL schema, or the folder of the index.
    pub schema_name: String,
    /// How far it came in its life.
    pub state: GenerationState,
    /// Every event up to here is in it.
    pub position: Position,
    /// The newest position of the log.
    pub head: Position,
    /// How many positions it is behind the log.
    pub lag_events: i64,
    /// How long ago the first event that it lacks was written; 0 when it lacks none.
    pub lag_seconds: f64,
    /// When the build began.
    pub started_at: DateTime<Utc>,
    /// When its position moved last.
    pub updated_at: DateTime<Utc>,
    /// When its worker was last seen alive.
    pub heartbeat_at: Option<DateTime<Utc>>,
    /// The last event of a build of the past; others follow the log.
    pub up_to: Option<Position>,
    /// Positions per second, as its worker said last.
    pub rate: Option<f64>,
    /// Whether an operator paused the read model.
    pub paused: bool,
    /// How many events the read model leaves out because an operator decided so.
    pub skipped_events: i64,
    /// Why it stands still.
    pub error: Option<GenerationError>,
}

/// Why a generation stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationError {
    /// The reason.
    pub reason: String,
    /// The event that could not be taken in, where it is one event's fault.
    pub position: Option<Position>,
    /// Since when.
    pub at: DateTime<Utc>,
}
