//! `ProjectionError`.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use projections::GenerationError;

use super::Position;

/// Why a generation stands still.
#[derive(SimpleObject)]
pub(crate) struct ProjectionError {
    /// The reason.
    reason: String,
    /// The event that could not be taken in, where it is one event's fault.
    position: Option<Position>,
    /// Since when.
    at: DateTime<Utc>,
}

impl From<&GenerationError> for ProjectionError {
    fn from(error: &GenerationError) -> Self {
        Self {
            reason: error.reason.clone(),
            position: error.position.map(Position),
            at: error.at,
        }
    }
}
