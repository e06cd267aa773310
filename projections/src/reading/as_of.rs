//! Points of the past, for read models that keep their own dated rows.

use chrono::{DateTime, Utc};
use event_store::Position;
use sqlx::PgPool;

use super::{ReadModelError, ReadModels};

/// A point of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Right after the event at this position.
    Position(Position),
    /// At this time: everything that was written then or before.
    Time(DateTime<Utc>),
}

impl ReadModels {
    /// The position of the newest event that was written at a time or before it; 0 if none was.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn position_at(&self, time: DateTime<Utc>) -> Result<Position, ReadModelError> {
        position_at(&self.pool, time).await
    }

    /// When the event at a position was written; nothing when there is none.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn time_at(&self, position: Position) -> Result<Option<DateTime<Utc>>, ReadModelError> {
        let time = sqlx::query_scalar("SELECT recorded_at FROM events WHERE position = $1").bind(position);
        Ok(time.fetch_optional(&self.pool).await?)
    }
}

/// The position that a point of the past stands for.
pub(crate) async fn resolve(pool: &PgPool, as_of: AsOf) -> Result<Position, ReadModelError> {
    match as_of {
        AsOf::Position(position) => Ok(position),
        AsOf::Time(time) => position_at(pool, time).await,
    }
}

async fn position_at(pool: &PgPool, time: DateTime<Utc>) -> Result<Position, ReadModelError> {
    let position = sqlx::query_scalar(include_str!("position_at.sql")).bind(time);
    Ok(position.fetch_one(pool).await?)
}
