//! An event as it is printed.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use event_store::{Position, RecordedEvent, Sequence};
use projections::{Column, ColumnValue};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::summary::summary;
use crate::report::{self, Record, Table};

/// The columns of a table, wide enough for a UUID where one is usual.
const HEADINGS: &[report::Column] = &[
    report::Column::whole("POSITION", 8),
    report::Column::whole("TIME", 24),
    report::Column::identifier("AGGREGATE", 44),
    report::Column::whole("SEQ", 3),
    report::Column::text("EVENT", 19),
    report::Column::text("ACTOR", 20),
    report::Column::text("PAYLOAD", 7),
];

/// An event in a list.
#[derive(Debug)]
pub(crate) struct EventRow(pub(crate) RecordedEvent);

#[derive(Serialize)]
struct Json<'event> {
    position: Position,
    recorded_at: String,
    aggregate_type: &'event str,
    aggregate_id: &'event str,
    sequence: Sequence,
    event_type: &'event str,
    event_version: &'event str,
    payload: Box<RawValue>,
    metadata: Box<RawValue>,
}

impl Serialize for EventRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = Json {
            position: self.0.position,
            recorded_at: exact(self.0.recorded_at),
            aggregate_type: &self.0.aggregate_type,
            aggregate_id: &self.0.aggregate_id,
            sequence: self.0.sequence,
            event_type: &self.0.event_type,
            event_version: &self.0.event_version,
            payload: stored(&self.0.payload).map_err(serde::ser::Error::custom)?,
            metadata: stored(&self.0.metadata).map_err(serde::ser::Error::custom)?,
        };
        json.serialize(serializer)
    }
}

impl Record for EventRow {
    const FIELDS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "aggregate_type",
        "aggregate_id",
        "sequence",
        "event_type",
        "event_version",
        "payload",
        "metadata",
    ];

    fn fields(&self) -> Vec<String> {
        let event = &self.0;
        vec![
            event.position.to_string(),
            exact(event.recorded_at),
            event.aggregate_type.clone(),
            event.aggregate_id.clone(),
            event.sequence.to_string(),
            event.event_type.clone(),
            event.event_version.clone(),
            event.payload.clone(),
            event.metadata.clone(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<_> = page.iter().map(Self::cells).collect();
        table.rows(HEADINGS, &rows, out)
    }
}

impl EventRow {
    fn cells(&self) -> Vec<String> {
        let event = &self.0;
        vec![
            event.position.to_string(),
            readable(event.recorded_at),
            format!("{} {}", event.aggregate_type, event.aggregate_id),
            event.sequence.to_string(),
            named(event),
            event.metadata().actor,
            summary(&event.payload),
        ]
    }
}

/// The columns of an event in typed formats. Who acted and why can be asked for without reading JSON.
const COLUMNS: [(&str, &str); 11] = [
    ("position", "int8"),
    ("recorded_at", "timestamptz"),
    ("aggregate_type", "text"),
    ("aggregate_id", "text"),
    ("sequence", "int8"),
    ("event_type", "text"),
    ("event_version", "text"),
    ("actor", "text"),
    ("correlation_id", "text"),
    ("payload", "text"),
    ("metadata", "text"),
];

impl EventRow {
    /// The columns of [`EventRow::values`].
    pub(super) fn columns() -> Vec<Column> {
        let column = |(name, type_name): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_name: (*type_name).to_owned(),
            key: None,
        };
        COLUMNS.iter().map(column).collect()
    }

    /// The event as typed values; a text that is empty is absent.
    pub(super) fn values(self) -> Vec<Option<ColumnValue>> {
        let metadata = self.0.metadata();
        let event = self.0;
        let text = |text| Some(ColumnValue::Text(text));
        let unless_empty = |known: String| (!known.is_empty()).then_some(ColumnValue::Text(known));
        vec![
            Some(ColumnValue::Integer(event.position)),
            Some(ColumnValue::Time(event.recorded_at.timestamp_micros())),
            text(event.aggregate_type),
            text(event.aggregate_id),
            Some(ColumnValue::Integer(event.sequence)),
            text(event.event_type),
            text(event.event_version),
            unless_empty(metadata.actor),
            unless_empty(metadata.correlation_id),
            text(event.payload),
            text(event.metadata),
        ]
    }
}

/// The name of an event, with its version where it is not the first.
pub(crate) fn named(event: &RecordedEvent) -> String {
    match &*event.event_version {
        "1" => event.event_type.clone(),
        version => format!("{} v{version}", event.event_type),
    }
}

/// A time as exactly as the log has it.
pub(crate) fn exact(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A time for people.
pub(crate) fn readable(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// JSON as it was stored, on one line: a line break can stand only between its tokens. What is no JSON,
/// which the log of PostgreSQL excludes, is shown as a text: an auditor must see it.
fn stored(json: &str) -> serde_json::Result<Box<RawValue>> {
    let one_line = json.replace(['\n', '\r'], " ");
    RawValue::from_string(one_line).or_else(|_| serde_json::value::to_raw_value(json))
}
