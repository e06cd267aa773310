//! Every contract that is under review, and the migrations, embedded.
//!
//! The folders beside this crate's `src` hold what others build on: `migrations/` (the tables),
//! `read-models/` (the tables of each projection), `events/` (one sample of every version of every
//! event ever written), `graphql/` and `openapi/`. Changing one of them is a visible decision.
//!
//! What it deliberately is not: it knows nothing of what the tables mean.

use sqlx::{PgPool, migrate::Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be brought up to date")]
pub struct MigrationError(#[from] sqlx::migrate::MigrateError);

/// Brings a database up to date. Those who call at the same time wait for each other.
///
/// # Errors
///
/// When a migration fails; what came before it stays.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrationError> {
    Ok(MIGRATIONS.run(pool).await?)
}

/// The migrations of this version: number and description.
pub fn migrations() -> impl Iterator<Item = (i64, &'static str)> {
    MIGRATIONS
        .iter()
        .map(|migration| (migration.version, migration.description.as_ref()))
}
