//! What operators decided about read models: which events to leave out, and what to pause.
//!
//! Decisions are only ever added, each with who, when and why. They belong to the read model and not to
//! one of its generations: a build that is made anew leaves out the same events, and so equals the live
//! one.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, Utc};
use event_store::Position;
use sqlx::{PgExecutor, Row, postgres::PgRow};

/// The most decisions that are listed.
const MAX_LISTED: i64 = 1_000;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Leave an event out.
    Skip,
    /// Take an event in after all, or try it again at once.
    Retry,
    /// Let the read model stand still.
    Pause,
    /// Let it go on.
    Resume,
    /// Take readers to another generation.
    Switch,
    /// Take readers back.
    RollBack,
    /// Drop a generation.
    Drop,
}

/// Who decides, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The read model.
    pub projection: String,
    /// What was decided.
    pub action: Action,
    /// The generation that it was about.
    pub generation: Option<i32>,
    /// The event that it was about.
    pub position: Option<Position>,
    /// Who decided, and why.
    pub operator: Operator,
    /// The login that the database saw.
    pub login: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Action {
    const ALL: [Self; 7] = [
        Self::Skip,
        Self::Retry,
        Self::Pause,
        Self::Resume,
        Self::Switch,
        Self::RollBack,
        Self::Drop,
    ];

    /// The name, as stored and as shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Retry => "retry",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Switch => "switch",
            Self::RollBack => "rollback",
            Self::Drop => "drop",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a decision is about, beside the read model.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    pub(crate) generation: Option<i32>,
    pub(crate) position: Option<Position>,
}

/// Records a decision.
pub(crate) async fn record(
    executor: impl PgExecutor<'_>,
    projection: &str,
    action: Action,
    about: About,
    operator: &Operator,
) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO projection_decisions (projection, action, generation, position, actor, reason) \
                  VALUES ($1, $2, $3, $4, $5, $6)";
    let query = sqlx::query(insert)
        .bind(projection)
        .bind(action.name())
        .bind(about.generation)
        .bind(about.position)
        .bind(&operator.actor)
        .bind(&operator.reason);
    query.execute(executor).await.map(|_done| ())
}

/// The events that a read model leaves out.
pub(crate) async fn skipped(
    executor: impl PgExecutor<'_>,
    projection: &str,
) -> Result<BTreeSet<Position>, sqlx::Error> {
    let skipped = "SELECT position FROM ( \
                       SELECT DISTINCT ON (position) position, action FROM projection_decisions \
                       WHERE projection = $1 AND action IN ('skip', 'retry') ORDER BY position, id DESC \
                   ) AS newest WHERE action = 'skip'";
    let positions: Vec<Position> = sqlx::query_scalar(skipped)
        .bind(projection)
        .fetch_all(executor)
        .await?;
    Ok(positions.into_iter().collect())
}

/// Whether a read model is to stand still.
pub(crate) async fn is_paused(executor: impl PgExecutor<'_>, projection: &str) -> Result<bool, sqlx::Error> {
    let newest = "SELECT action = 'pause' FROM projection_decisions \
                  WHERE projection = $1 AND action IN ('pause', 'resume') ORDER BY id DESC LIMIT 1";
    let paused: Option<bool> = sqlx::query_scalar(newest)
        .bind(projection)
        .fetch_optional(executor)
        .await?;
    Ok(paused.unwrap_or_default())
}

/// The newest decision about a read model; a greater number means that there is a newer one.
pub(crate) async fn newest(executor: impl PgExecutor<'_>, projection: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM projection_decisions WHERE projection = $1")
        .bind(projection)
        .fetch_one(executor)
        .await
}

/// The decisions about one read model or all, newest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    projection: Option<&str>,
) -> Result<Vec<Decision>, sqlx::Error> {
    let list = "SELECT projection, action, generation, position, actor, reason, login, decided_at \
                FROM projection_decisions WHERE $1::text IS NULL OR projection = $1 ORDER BY id DESC LIMIT $2";
    let query = sqlx::query(list).bind(projection).bind(MAX_LISTED);
    query.fetch_all(executor).await?.iter().map(decision).collect()
}

fn decision(row: &PgRow) -> Result<Decision, sqlx::Error> {
    let name: &str = row.try_get("action")?;
    let action = Action::ALL.into_iter().find(|action| action.name() == name);
    Ok(Decision {
        projection: row.try_get("projection")?,
        action: action.ok_or_else(|| sqlx::Error::Decode(format!("there is no decision {name:?}").into()))?,
        generation: row.try_get("generation")?,
        position: row.try_get("position")?,
        operator: Operator {
            actor: row.try_get("actor")?,
            reason: row.try_get("reason")?,
        },
        login: row.try_get("login")?,
        at: row.try_get("decided_at")?,
    })
}
