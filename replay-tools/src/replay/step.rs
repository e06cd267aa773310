//! One step of a history as it is printed.

use std::io::{self, Write};

use cqrs_es::Aggregate;
use event_store::{Position, RecordedEvent, Sequence};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    diff::Change,
    terms::{self, place},
};
use crate::{
    error::Error,
    events::{
        row::{exact, named, readable},
        summary::facts,
    },
    report::{Record, Style, Table, clip, indented, printable},
};

/// How many cells of a value a change shows.
const MAX_CELLS: usize = 100;

/// How many cells the facts of an event take, money included.
const MAX_FACTS: usize = 400;

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
    /// Absent unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Box<RawValue>>,
    /// The position of the event that this one follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    correlation_id: String,
    #[serde(skip)]
    heading: String,
    #[serde(skip)]
    facts: String,
}

impl Step {
    pub(super) fn new<A: Aggregate>(
        event: &RecordedEvent,
        changes: Option<Vec<Change>>,
        state: Option<&A>,
    ) -> Result<Self, Error> {
        let metadata = event.metadata();
        let mut heading = format!(
            "{}  {}  at position {}, {}",
            event.sequence,
            named(event),
            event.position,
            readable(event.recorded_at),
        );
        if !metadata.actor.is_empty() {
            heading.push_str(&format!(", by {}", metadata.actor));
        }
        if let Some(cause) = &metadata.causation_id {
            heading.push_str(&format!(", because of position {cause}"));
        }
        Ok(Self {
            position: event.position,
            recorded_at: exact(event.recorded_at),
            aggregate_type: event.aggregate_type.clone(),
            aggregate_id: event.aggregate_id.clone(),
            sequence: event.sequence,
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            actor: metadata.actor,
            changes,
            // Not by way of a `Value`: the fields keep the order in which the aggregate has them.
            state: state.map(serde_json::value::to_raw_value).transpose()?,
            caused_by: metadata.causation_id,
            correlation_id: metadata.correlation_id,
            heading,
            facts: facts(&event.payload, MAX_FACTS),
        })
    }

    fn draw_one(&self, table: &Table, out: &mut dyn Write) -> io::Result<()> {
        let heading = table.styled(Style::Heading, &printable(&self.heading));
        writeln!(out, "\n{heading}")?;
        // An event may say more than the state keeps: why, or how much money went back.
        if !self.facts.is_empty() {
            writeln!(out, "  {}", printable(&self.facts))?;
        }
        for change in self.changes.iter().flatten() {
            let line = printable(&said(change)).into_owned();
            writeln!(out, "    {}", table.styled(style(change), &line))?;
        }
        if self.changes.as_ref().is_some_and(Vec::is_empty) {
            writeln!(out, "    (changes nothing)")?;
        }
        match &self.state {
            Some(state) => writeln!(out, "    {}", indented(state.get(), MARGIN)),
            None => Ok(()),
        }
    }
}

fn style(change: &Change) -> Style {
    match (&change.old, &change.new) {
        (None, _) => Style::Added,
        (Some(_), None) => Style::Removed,
        (Some(_), Some(_)) => Style::Changed,
    }
}

/// A change in one line: `+` came, `-` went, `~` is another one now.
fn said(change: &Change) -> String {
    let place = place(&change.path);
    let side = |value: &serde_json::Value| clip(terms::value(value), MAX_CELLS);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("~ {place}: {} → {}", side(old), side(new)),
        (None, Some(new)) => format!("+ {place}: {}", side(new)),
        (Some(old), None) => format!("- {place}: {}", side(old)),
        (None, None) => place,
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
        "caused_by",
        "correlation_id",
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
            self.state
                .as_ref()
                .map_or_else(String::new, |state| state.get().to_owned()),
            self.caused_by.clone().unwrap_or_default(),
            self.correlation_id.clone(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        if let Some(first) = page.first()
            && table.begin()
        {
            let aggregate = format!("{} {}", first.aggregate_type, first.aggregate_id);
            writeln!(out, "{}", printable(&aggregate))?;
        }
        page.iter().try_for_each(|step| step.draw_one(table, out))
    }
}
