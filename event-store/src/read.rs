//! Which events a reader wants.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::event::{Position, RecordedEvent};

/// Narrows the log down. An empty filter lets every event pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these aggregate types, unless empty.
    pub aggregate_types: Vec<String>,
    /// Only this aggregate.
    pub aggregate_id: Option<String>,
    /// Only these aggregates, unless empty.
    pub aggregate_ids: Vec<String>,
    /// Only what is of the aggregate with this identifier, or whose payload has it as one of its texts.
    pub mentions: Option<String>,
    /// Only these event names, unless empty.
    pub event_types: Vec<String>,
    /// Only what follows from this request.
    pub correlation_id: Option<String>,
    /// Only what this actor asked for.
    pub actor: Option<String>,
    /// Only up to this position.
    pub up_to: Option<Position>,
    /// Only what was recorded at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only what was recorded before this time.
    pub until: Option<DateTime<Utc>>,
    /// The newest come first, as many as are wanted.
    pub newest_first: bool,
}

/// Why events could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The log could not be reached.
    #[error("the log cannot be reached")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// The log cannot be reached, because of something.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(cause.into()))
    }
}

impl Filter {
    /// Whether an event passes.
    pub fn admits(&self, event: &RecordedEvent) -> bool {
        let among = |list: &[String], value: &String| list.is_empty() || list.contains(value);
        among(&self.aggregate_types, &event.aggregate_type)
            && among(&self.event_types, &event.event_type)
            && self
                .aggregate_id
                .as_ref()
                .is_none_or(|id| *id == event.aggregate_id)
            && among(&self.aggregate_ids, &event.aggregate_id)
            && self
                .mentions
                .as_ref()
                .is_none_or(|text| event.aggregate_id == *text || event.payload.contains(&json_text(text)))
            && self.up_to.is_none_or(|up_to| event.position <= up_to)
            && self.since.is_none_or(|since| event.recorded_at >= since)
            && self.until.is_none_or(|until| event.recorded_at < until)
            && self
                .correlation_id
                .as_ref()
                .is_none_or(|id| *id == event.metadata().correlation_id)
            && self
                .actor
                .as_ref()
                .is_none_or(|actor| *actor == event.metadata().actor)
    }
}

/// A text as it is written in JSON.
pub(crate) fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
