//! `AsOf`.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use projections::ReadModels;

use super::Position;
use crate::error::{QueryError, Result};

/// A point of the past. Exactly one of its fields must be given.
#[derive(InputObject)]
pub(crate) struct AsOf {
    /// Right after the event at this position.
    position: Option<Position>,
    /// At this time, which must not be in the future: everything that was written then or before.
    time: Option<DateTime<Utc>>,
}

impl AsOf {
    /// The time, if it was given.
    pub(crate) const fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// The position that it stands for.
    ///
    /// A time that is still to come stands for none: the same question would be answered otherwise later.
    pub(crate) async fn resolve(self, read_models: &ReadModels) -> Result<projections::value::Position> {
        match (self.position, self.time) {
            (Some(Position(position)), None) if position < 0 => {
                Err(QueryError::invalid("asOf.position", "must be 0 or more"))
            }
            (Some(Position(position)), None) => Ok(position),
            (None, Some(time)) if time > Utc::now() => {
                Err(QueryError::invalid("asOf.time", "must not be in the future"))
            }
            (None, Some(time)) => Ok(read_models.position_at(time).await?),
            _ => Err(QueryError::invalid(
                "asOf",
                "must have exactly one of \"position\" and \"time\"",
            )),
        }
    }
}
