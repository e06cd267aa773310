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

    /// The version of its tables or of its index.
    async fn schema_version(&self) -> i32 {
        self.0.schema_version
    }

    /// The last event of a build of the past; null for a build that follows the log.
    async fn up_to(&self) -> Option<Position> {
        self.0.up_to.map(Position)
    }

    /// Which part of its way it has behind it, from 0 to 1: to the end of the log, or to its last event.
    async fn progress(&self) -> f64 {
        let target = self.target();
        if target <= self.0.position {
            1.0
        } else {
            fraction(self.0.position) / fraction(target)
        }
    }

    /// Events of the log per second, as its worker said last; null when it has not yet.
    async fn rate(&self) -> Option<f64> {
        self.0.rate
    }

    /// In how many seconds it has reached its end at that rate; null when that is not known.
    async fn eta_seconds(&self) -> Option<f64> {
        let left = self.target().saturating_sub(self.0.position).max(0);
        let rate = self.0.rate.filter(|rate| *rate > 0.0);
        if left == 0 {
            Some(0.0)
        } else {
            rate.map(|rate| fraction(left) / rate)
        }
    }

    /// Whether an operator paused it.
    async fn paused(&self) -> bool {
        self.0.paused
    }

    /// How many events the read model leaves out because an operator decided so.
    async fn skipped_events(&self) -> Units {
        Units(self.0.skipped_events)
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

impl Projection {
    fn target(&self) -> projections::value::Position {
        self.0.up_to.unwrap_or(self.0.head)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a part of the way is shown to people, and no log is longer than 2^53"
)]
const fn fraction(position: projections::value::Position) -> f64 {
    position as f64
}
