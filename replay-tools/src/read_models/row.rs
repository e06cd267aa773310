//! A generation of a read model as it is printed.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use event_store::Position;
use projections::{GenerationState, GenerationStatus, Registered};
use serde::Serialize;

use crate::{
    events::row::exact,
    report::{Column, Record, Table, clip, span},
};

/// How many cells of an error a table shows.
const MAX_CELLS: usize = 80;

/// What a table shows where there is nothing.
const NOTHING: &str = "-";

/// A generation, or a read model that has none.
#[derive(Debug, Serialize)]
pub(super) struct GenerationRow {
    observed_at: String,
    projection: String,
    /// Where an index lies; empty for tables.
    place: String,
    generation: Option<i32>,
    schema_version: i32,
    state: &'static str,
    position: Option<Position>,
    head: Position,
    lag_events: i64,
    lag_seconds: Option<f64>,
    up_to: Option<Position>,
    rate: Option<f64>,
    paused: bool,
    skipped_events: i64,
    heartbeat_at: Option<String>,
    heartbeat_seconds: Option<i64>,
    error: Option<String>,
    error_position: Option<Position>,
    error_at: Option<String>,
}

impl GenerationRow {
    pub(super) fn new(status: &GenerationStatus, now: DateTime<Utc>) -> Self {
        let error = status.error.as_ref();
        Self {
            observed_at: exact(now),
            projection: status.projection.clone(),
            place: status.place.clone(),
            generation: Some(status.generation),
            schema_version: status.schema_version,
            state: status.state.name(),
            position: Some(status.position),
            head: status.head,
            lag_events: status.lag_events,
            lag_seconds: Some(status.lag_seconds),
            up_to: status.up_to,
            rate: status.rate,
            paused: status.paused,
            skipped_events: status.skipped_events,
            heartbeat_at: status.heartbeat_at.map(exact),
            // The clocks of two machines may differ: a heartbeat is never in the future.
            heartbeat_seconds: status.heartbeat_at.map(|at| (now - at).num_seconds().max(0)),
            error: error.map(|error| error.reason.clone()),
            error_position: error.and_then(|error| error.position),
            error_at: error.map(|error| exact(error.at)),
        }
    }

    /// A read model that nobody has begun to build.
    pub(super) fn unbuilt(model: &Registered, head: Position, now: DateTime<Utc>) -> Self {
        Self {
            observed_at: exact(now),
            projection: model.name.to_owned(),
            place: String::new(),
            generation: None,
            schema_version: model.version,
            state: "unbuilt",
            position: None,
            head,
            lag_events: head,
            lag_seconds: None,
            up_to: None,
            rate: None,
            paused: false,
            skipped_events: 0,
            heartbeat_at: None,
            heartbeat_seconds: None,
            error: None,
            error_position: None,
            error_at: None,
        }
    }

    fn cells(&self, is_one_place: bool) -> Vec<String> {
        let name = match self.place.as_str() {
            "" => self.projection.clone(),
            _ if is_one_place => self.projection.clone(),
            place => format!("{} in {place}", self.projection),
        };
        vec![
            name,
            shown(self.generation),
            self.state_cell(),
            shown(self.position),
            shown(self.lag().map(|()| self.lag_events)),
            shown(self.lag().and(self.lag_seconds).map(behind)),
            shown(
                self.rate
                    .filter(|_| self.is_fed())
                    .map(|rate| format!("{rate:.0}/s")),
            ),
            self.heartbeat_seconds
                .map_or_else(|| NOTHING.to_owned(), |seconds| format!("{} ago", span(seconds))),
            self.error_cell(),
        ]
    }

    /// A build of the past is behind nothing.
    fn lag(&self) -> Option<()> {
        self.up_to.is_none().then_some(())
    }

    /// Whether there is a worker for it, which a pause stops.
    fn is_fed(&self) -> bool {
        self.state == GenerationState::Live.name() || self.state == GenerationState::Building.name()
    }

    fn state_cell(&self) -> String {
        let mut cell = self.state.to_owned();
        if let Some(up_to) = self.up_to {
            cell.push_str(&format!(", as of {up_to}"));
        }
        if self.paused && self.is_fed() {
            cell.push_str(", paused");
        }
        if self.skipped_events > 0 {
            cell.push_str(&format!(", {} skipped", self.skipped_events));
        }
        cell
    }

    fn error_cell(&self) -> String {
        match (&self.error, self.error_position) {
            (None, _) => NOTHING.to_owned(),
            (Some(error), None) => clip(error.clone(), MAX_CELLS),
            (Some(error), Some(position)) => clip(format!("at position {position}: {error}"), MAX_CELLS),
        }
    }
}

/// How far behind something is: tenths of seconds while they count.
#[expect(
    clippy::cast_possible_truncation,
    reason = "more seconds than fit are saturated"
)]
fn behind(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    span(seconds as i64)
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |value| value.to_string())
}

impl Record for GenerationRow {
    const FIELDS: &'static [&'static str] = &[
        "observed_at",
        "projection",
        "place",
        "generation",
        "schema_version",
        "state",
        "position",
        "head",
        "lag_events",
        "lag_seconds",
        "up_to",
        "rate",
        "paused",
        "skipped_events",
        "heartbeat_at",
        "heartbeat_seconds",
        "error",
        "error_position",
        "error_at",
    ];

    fn fields(&self) -> Vec<String> {
        fn text(value: Option<impl ToString>) -> String {
            value.map(|value| value.to_string()).unwrap_or_default()
        }
        vec![
            self.observed_at.clone(),
            self.projection.clone(),
            self.place.clone(),
            text(self.generation),
            self.schema_version.to_string(),
            self.state.to_owned(),
            text(self.position),
            self.head.to_string(),
            self.lag_events.to_string(),
            text(self.lag_seconds),
            text(self.up_to),
            text(self.rate),
            self.paused.to_string(),
            self.skipped_events.to_string(),
            text(self.heartbeat_at.as_ref()),
            text(self.heartbeat_seconds),
            text(self.error.as_ref()),
            text(self.error_position),
            text(self.error_at.as_ref()),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        let headings = [
            Column::text("PROJECTION", 0),
            Column::whole("GENERATION", 0),
            Column::text("STATE", 0),
            Column::whole("POSITION", 0),
            Column::whole("LAG", 0),
            Column::whole("BEHIND", 0),
            Column::whole("RATE", 0),
            Column::whole("HEARTBEAT", 0),
            Column::text("ERROR", 0),
        ];
        // Where an index lies is told only if there is more than one such place.
        let places: BTreeSet<&str> = page.iter().map(|row| row.place.as_str()).collect();
        let is_one_place = places.into_iter().filter(|place| !place.is_empty()).count() <= 1;
        let rows: Vec<_> = page.iter().map(|row| row.cells(is_one_place)).collect();
        table.rows(&headings, &rows, out)
    }
}
