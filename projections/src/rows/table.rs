//! What the tables of a generation look like.

use sqlx::{PgConnection, Row};

use super::ReadAt;
use crate::{
    generation::{self, Generation},
    runner::{ProjectionError, ReadModel},
    table::Schema,
};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as PostgreSQL calls it.
    pub type_name: String,
    /// Its place in the key of the table, counted from 1.
    pub key: Option<i64>,
}

/// A generation whose rows can be read.
pub(super) struct Readable {
    pub(super) schema: Schema,
    pub(super) at: ReadAt,
    pub(super) generation: Generation,
}

/// A generation by its number or, without one, the live one. Only tables that are whole are read.
pub(super) async fn readable(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
    number: Option<i32>,
) -> Result<Readable, ProjectionError> {
    let about = model.registered();
    if about.ddl.is_none() {
        return Err(ProjectionError::NoTables(about.name));
    }
    let place = model.place().await?;
    let found: Option<Generation> = match number {
        Some(number) => generation::find_number(&mut *connection, about.name, &place, number).await?,
        None => generation::find_live(&mut *connection, about.name, &place).await?,
    };
    let generation = match (found, number) {
        (Some(generation), _) => generation,
        (None, Some(generation)) => {
            return Err(ProjectionError::UnknownGeneration {
                projection: about.name,
                generation,
            });
        }
        (None, None) => return Err(ProjectionError::NotBuilt(about.name)),
    };
    if !generation.indexed {
        return Err(ProjectionError::Incomplete {
            projection: about.name,
            generation: generation.number,
        });
    }
    Ok(Readable {
        schema: Schema::new(&generation.schema_name),
        at: generation.read_at(),
        generation,
    })
}

/// The tables of a generation.
pub(super) async fn tables(
    connection: &mut PgConnection,
    schema: &Schema,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY tablename")
        .bind(schema.name())
        .fetch_all(connection)
        .await
}

/// The columns of a table, in order.
pub(super) async fn columns(
    connection: &mut PgConnection,
    schema: &Schema,
    table: &str,
) -> Result<Vec<Column>, sqlx::Error> {
    let query = sqlx::query(include_str!("columns.sql"))
        .bind(schema.name())
        .bind(table);
    let rows = query.fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(Column {
                name: row.try_get("name")?,
                type_name: row.try_get("type_name")?,
                key: row.try_get("key")?,
            })
        })
        .collect()
}
