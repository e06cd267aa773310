//! `AsOf`.

use async_graphql::OneofObject;
use chrono::{DateTime, Utc};

use super::Position;
use crate::{
    error::{QueryError, Result},
    reading::Reading,
};

/// A point of the past. Exactly one of its fields must be given.
#[derive(OneofObject)]
pub(crate) enum AsOf {
    /// Right after the event at this position.
    Position(Position),
    /// At this time, which must not be in the future: everything that was written then or before.
    Time(DateTime<Utc>),
}

impl AsOf {
    /// The time, if it was given.
    pub(crate) const fn time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Position(_) => None,
            Self::Time(time) => Some(*time),
        }
    }

    /// The position that it stands for.
    ///
    /// A time that is still to come stands for none: the same question would be answered otherwise later.
    pub(crate) async fn resolve(self, reading: &Reading) -> Result<projections::value::Position> {
        match self {
            Self::Position(Position(position)) if position < 0 => {
                Err(QueryError::invalid("asOf.position", "must be 0 or more"))
            }
            Self::Position(Position(position)) => Ok(position),
            Self::Time(time) if time > reading.freshness.moment.now() => {
                Err(QueryError::invalid("asOf.time", "must not be in the future"))
            }
            Self::Time(time) => Ok(reading.read_models.position_at(time).await?),
        }
    }
}
