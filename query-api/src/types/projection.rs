//! `Projection`.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use projections::GenerationStatus;

use super::{Position, ProjectionError, ProjectionState, Units};

/// A generation of a read model.
pub(crate) struct Projection(pub(crate) GenerationStatus);

/// One build of a read model. Of all builds of a read model answers come from the live one.
#[Object]
impl Projection {
    /// The read model, such as `orders`.
    async fn name(&self) -> &str {
        &self.0.projection
    }

    /// Counts the builds of the read model from 1.
    async fn generation(&self) -> i32 {
        self.0.generation
    }

    /// How far it came in its life.
    async fn state(&self) -> ProjectionState {
        self.0.state.into()
    }

    /// Every event up to here is in it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }

    /// The newest position of the log.
    async fn head(&self) -> Position {
        Position(self.0.head)
    }

    /// How many events it is behind the log.
    async fn lag_events(&self) -> Units {
        Units(self.0.lag_events)
    }

    /// How long ago the first event that it lacks was written; 0 when it lacks none.
    async fn lag_seconds(&self) -> f64 {
        self.0.lag_seconds
    }

    /// When the build began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When its position moved last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When its worker was last seen alive.
    async fn heartbeat_at(&self) -> Option<DateTime<Utc>> {
        self.0.heartbeat_at
    }

    /// Why it stands still; null when it does not.
    async fn error(&self) -> Option<ProjectionError> {
        self.0.error.as_ref().map(ProjectionError::from)
    }
}
