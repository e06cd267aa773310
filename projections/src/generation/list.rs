//! All generations, as an operator sees them.

use sqlx::{PgPool, Row, postgres::PgRow};

use super::{GenerationError, GenerationState, GenerationStatus};
use crate::runner::{ProjectionError, Projections};

impl Projections {
    /// The generations of one read model that this process can work: of an index, those in its data folder.
    ///
    /// # Errors
    ///
    /// When there is no such read model, or the database or the data folder cannot be reached.
    pub async fn status_here(&self, name: &str) -> Result<Vec<GenerationStatus>, ProjectionError> {
        let model = self.model(name)?;
        let (name, place) = (model.registered().name, model.place().await?);
        let mut status = list(self.pool()).await?;
        status.retain(|status| status.projection == name && status.place == place);
        Ok(status)
    }
}

/// All generations of all read models, with their lag.
pub(crate) async fn list(pool: &PgPool) -> Result<Vec<GenerationStatus>, sqlx::Error> {
    let rows = sqlx::query(include_str!("list.sql")).fetch_all(pool).await?;
    rows.iter().map(status).collect()
}

fn status(row: &PgRow) -> Result<GenerationStatus, sqlx::Error> {
    let reason: Option<String> = row.try_get("error")?;
    let (position, at) = (row.try_get("error_position")?, row.try_get("error_at")?);
    let (head, reached): (i64, i64) = (row.try_get("head")?, row.try_get("position")?);
    Ok(GenerationStatus {
        projection: row.try_get("projection")?,
        place: row.try_get("place")?,
        generation: row.try_get("generation")?,
        schema_version: row.try_get("schema_version")?,
        schema_name: row.try_get("schema_name")?,
        state: GenerationState::parse(row.try_get("state")?)?,
        position: reached,
        head,
        lag_events: head.saturating_sub(reached).max(0),
        lag_seconds: row.try_get("lag_seconds")?,
        started_at: row.try_get("started_at")?,
        updated_at: row.try_get("updated_at")?,
        heartbeat_at: row.try_get("heartbeat_at")?,
        up_to: row.try_get("up_to")?,
        rate: row.try_get("rate")?,
        paused: row.try_get("paused")?,
        skipped_events: row.try_get("skipped_events")?,
        error: reason
            .zip(at)
            .map(|(reason, at)| GenerationError { reason, position, at }),
    })
}
