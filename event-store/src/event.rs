//! Events as the log keeps them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The place of an event in the whole log, counted from 1 without gaps; 0 is before the first.
pub type Position = i64;

/// The place of an event within its aggregate, counted from 1 without gaps; 0 is before the first.
pub type Sequence = i64;

/// One aggregate: the events of a stream are in the order in which they were decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// The type of the aggregate, such as `order`.
    pub aggregate_type: String,
    /// Which of them.
    pub aggregate_id: String,
}

impl StreamId {
    /// The stream of one aggregate.
    pub fn new(aggregate_type: impl Into<String>, aggregate_id: impl Into<String>) -> Self {
        Self {
            aggregate_type: aggregate_type.into(),
            aggregate_id: aggregate_id.into(),
        }
    }
}

impl std::fmt::Display for StreamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.aggregate_type, self.aggregate_id)
    }
}

/// An event that is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place in the whole log.
    pub position: Position,
    /// The type of its aggregate.
    pub aggregate_type: String,
    /// Its aggregate.
    pub aggregate_id: String,
    /// Its place within its aggregate.
    pub sequence: Sequence,
    /// Its name.
    pub event_type: String,
    /// The version of its payload.
    pub event_version: String,
    /// The JSON, byte for byte as it was written.
    pub payload: String,
    /// Who, why and within what, as JSON; see [`RecordedEvent::metadata`].
    pub metadata: String,
    /// When it was written, by the clock of the database. Never before that of an earlier position.
    pub recorded_at: DateTime<Utc>,
}

impl RecordedEvent {
    /// Who, why and within what. Metadata of another shape than ours reads as empty fields.
    pub fn metadata(&self) -> Metadata {
        serde_json::from_str(&self.metadata).unwrap_or_default()
    }
}

/// Who caused an event, why, and within what.
///
/// All fields are texts, so that `cqrs-es` reads the same JSON as its map of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Who asked: a person, a service or a process manager.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub actor: String,
    /// The same for everything that follows from one request.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub correlation_id: String,
    /// The position of the event that caused the command; none when the request itself did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// The command that wrote the event.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command_id: String,
    /// The W3C trace context of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}
