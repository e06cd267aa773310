//! One step of a history as it is printed.

use std::io::{self, Write};

use cqrs_es::Aggregate;
use event_store::{Position, RecordedEvent, Sequence};
use serde::Serialize;
use serde_json::value::RawValue;

use super::diff::Change;
use crate::{
    error::Error,
    events::row::{exact, named, readable},
    report::{Record, Table, clip, indented, printable},
};

/// How many characters of a text a difference shows. The state below it has all of them.
const MAX_CHARS: usize = 100;

/// How far the state stands to the right.
const MARGIN: usize = 4;

/// An event of an aggregate, what it changed, and the state after it.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    position: Position,
    recorded_at: String,
    aggregate_type: String,
    aggregate_id: String,
    sequence: Sequence,
    event_type: String,
    event_version: String,
    actor: String,
    /// Absent where only a state was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    state: Box<RawValue>,
    #[serde(skip)]
    heading: String,
}

impl Step {
    pub(super) fn new<A: Aggregate>(
        event: RecordedEvent,
        changes: Option<Vec<Change>>,
        state: &A,
    ) -> Result<Self, Error> {
        let actor = event.metadata().actor;
        let heading = format!(
            "{}  {}  at position {}, {}{}{}",
            event.sequence,
            named(&event),
            event.position,
            readable(event.recorded_at),
            if actor.is_empty() { "" } else { ", by " },
            actor
        );
        Ok(Self {
            position: event.position,
            recorded_at: exact(event.recorded_at),
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            event_type: event.event_type,
            event_version: event.event_version,
            actor,
            changes,
            // Not by way of a `Value`: the fields keep the order in which the aggregate has them.
            state: serde_json::value::to_raw_value(state)?,
            heading,
        })
    }

    fn draw_one(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{}", printable(&self.heading))?;
        for change in self.changes.iter().flatten() {
            let side = |value: &Option<serde_json::Value>| match value {
                None => "(none)".to_owned(),
                Some(value) => clip(value.to_string(), MAX_CHARS),
            };
            let line = format!("{}: {} → {}", change.path, side(&change.old), side(&change.new));
            writeln!(out, "  {}", printable(&line))?;
        }
        if self.changes.as_ref().is_some_and(Vec::is_empty) {
            writeln!(out, "  (changes nothing)")?;
        }
        writeln!(out, "    {}", indented(self.state.get(), MARGIN))
    }
}

impl Record for Step {
    const FIELDS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "aggregate_type",
        "aggregate_id",
        "sequence",
        "event_type",
        "event_version",
        "actor",
        "changes",
        "state",
    ];

    fn fields(&self) -> Vec<String> {
        let changes = self.changes.as_ref().map(serde_json::to_string);
        vec![
            self.position.to_string(),
            self.recorded_at.clone(),
            self.aggregate_type.clone(),
            self.aggregate_id.clone(),
            self.sequence.to_string(),
            self.event_type.clone(),
            self.event_version.clone(),
            self.actor.clone(),
            // A change is texts and values that were JSON before.
            changes.and_then(Result::ok).unwrap_or_default(),
            self.state.get().to_owned(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        if let Some(first) = page.first()
            && table.begin()
        {
            let aggregate = format!("{} {}", first.aggregate_type, first.aggregate_id);
            writeln!(out, "{}", printable(&aggregate))?;
        }
        page.iter().try_for_each(|step| step.draw_one(out))
    }
}
