//! The rows of a table, one after the other, for other programs.

use std::io;

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt as _;
use sqlx::{
    Row,
    postgres::{PgConnection, PgRow},
};
use uuid::Uuid;

use super::{
    ReadAt,
    table::{self, Column},
};
use crate::runner::{ProjectionError, Projections};

/// How the server writes rows as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedTable {
    /// The generation, and the position that the rows are of.
    pub at: ReadAt,
    /// The version of the read model that the generation was built by.
    pub version: i32,
    /// How many rows there were, where the format tells.
    pub rows: Option<u64>,
}

/// The type of a column, as far as other formats tell types apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// `boolean`.
    Boolean,
    /// Integers of all sizes.
    Integer,
    /// `double precision`.
    Float,
    /// A point in time.
    Time,
    /// A day.
    Date,
    /// A UUID.
    Uuid,
    /// Everything else, as text.
    Text,
}

/// A value of a row; an absent one is `NULL`.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValue {
    /// `boolean`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// `double precision`.
    Float(f64),
    /// A point in time, in microseconds since 1970.
    Time(i64),
    /// A day, counted from 1970-01-01.
    Date(i32),
    /// The bytes of a UUID.
    Uuid([u8; 16]),
    /// Text.
    Text(String),
}

impl Column {
    /// Its type, as far as other formats tell types apart.
    pub fn kind(&self) -> ColumnKind {
        match self.type_name.as_str() {
            "bool" => ColumnKind::Boolean,
            "int2" | "int4" | "int8" => ColumnKind::Integer,
            "float8" => ColumnKind::Float,
            "timestamptz" => ColumnKind::Time,
            "date" => ColumnKind::Date,
            "uuid" => ColumnKind::Uuid,
            _ => ColumnKind::Text,
        }
    }

    /// The column in a list of what to select, as one of the types that are told apart.
    fn selected(&self) -> String {
        let name = &self.name;
        match self.kind() {
            ColumnKind::Integer => format!("{name}::int8"),
            ColumnKind::Text => format!("{name}::text"),
            _ => name.clone(),
        }
    }
}

impl Projections {
    /// The names of the tables of a read model's generation; of the live one without a number.
    ///
    /// # Errors
    ///
    /// When there is no such generation, it is not whole, or the read model has no tables.
    pub async fn tables(&self, name: &str, generation: Option<i32>) -> Result<Vec<String>, ProjectionError> {
        let model = self.model(name)?;
        let mut connection = self.pool().acquire().await?;
        let readable = table::readable(&mut connection, model.as_ref(), generation).await?;
        Ok(table::tables(&mut connection, &readable.schema).await?)
    }

    /// Writes a table of a generation as text, in the order of its key. Memory does not grow with it.
    ///
    /// # Errors
    ///
    /// As for [`Self::tables`], and when there is no such table or the writer fails.
    pub async fn export_text(
        &self,
        name: &str,
        generation: Option<i32>,
        table: &str,
        format: TextFormat,
        mut write: impl FnMut(&[u8]) -> io::Result<()> + Send,
    ) -> Result<ExportedTable, ProjectionError> {
        let mut snapshot = self.snapshot().await?;
        let source = self.source(&mut snapshot, name, generation, table).await?;
        let Source { table, columns, .. } = &source;
        let order = order(columns);
        let statement = match format {
            TextFormat::Csv => {
                format!("COPY (SELECT * FROM {table}{order}) TO STDOUT WITH (FORMAT csv, HEADER)")
            }
            // Characters that JSON never has stand for quotes and commas, so that nothing is quoted.
            TextFormat::Ndjson => format!(
                "COPY (SELECT row_to_json(r)::text FROM (SELECT * FROM {table}{order}) AS r) \
                 TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
            ),
        };
        let mut chunks = snapshot.copy_out_raw(&statement).await?;
        while let Some(chunk) = chunks.try_next().await? {
            write(&chunk).map_err(ProjectionError::Output)?;
        }
        drop(chunks);
        snapshot.rollback().await?;
        Ok(ExportedTable {
            at: source.at,
            version: source.version,
            rows: None,
        })
    }

    /// Hands on the rows of a table one after the other, in the order of its key; the columns come first.
    ///
    /// # Errors
    ///
    /// As for [`Self::export_text`].
    pub async fn export_rows(
        &self,
        name: &str,
        generation: Option<i32>,
        table: &str,
        mut on_columns: impl FnMut(&[Column]) -> io::Result<()> + Send,
        mut on_row: impl FnMut(Vec<Option<ColumnValue>>) -> io::Result<()> + Send,
    ) -> Result<ExportedTable, ProjectionError> {
        let mut snapshot = self.snapshot().await?;
        let source = self.source(&mut snapshot, name, generation, table).await?;
        let Source { table, columns, .. } = &source;
        on_columns(columns).map_err(ProjectionError::Output)?;
        let selected: Vec<String> = columns.iter().map(Column::selected).collect();
        let statement = format!("SELECT {} FROM {table}{}", selected.join(", "), order(columns));
        let mut rows = sqlx::query(&statement).fetch(&mut *snapshot);
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            let values = columns
                .iter()
                .zip(0..)
                .map(|(column, index)| value(&row, column, index));
            on_row(values.collect::<Result<_, _>>()?).map_err(ProjectionError::Output)?;
            count += 1;
        }
        drop(rows);
        snapshot.rollback().await?;
        Ok(ExportedTable {
            at: source.at,
            version: source.version,
            rows: Some(count),
        })
    }

    /// The table with its schema, and its columns.
    async fn source(
        &self,
        connection: &mut PgConnection,
        name: &str,
        generation: Option<i32>,
        wanted: &str,
    ) -> Result<Source, ProjectionError> {
        let model = self.model(name)?;
        let readable = table::readable(&mut *connection, model.as_ref(), generation).await?;
        let tables = table::tables(&mut *connection, &readable.schema).await?;
        // Only a name that the database itself lists becomes part of a statement.
        let Some(table) = tables.iter().find(|table| *table == wanted) else {
            return Err(ProjectionError::UnknownTable {
                projection: model.registered().name,
                table: wanted.to_owned(),
                tables: tables.join(", "),
            });
        };
        let columns = table::columns(connection, &readable.schema, table).await?;
        Ok(Source {
            table: format!("{}.{table}", readable.schema.name()),
            columns,
            version: readable.generation.schema_version,
            at: readable.at,
        })
    }
}

/// A table that is read from.
struct Source {
    /// With its schema.
    table: String,
    columns: Vec<Column>,
    at: ReadAt,
    version: i32,
}

fn order(columns: &[Column]) -> String {
    let mut key: Vec<&Column> = columns.iter().filter(|column| column.key.is_some()).collect();
    key.sort_by_key(|column| column.key);
    let names: Vec<&str> = key.iter().map(|column| column.name.as_str()).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", names.join(", "))
    }
}

fn value(row: &PgRow, column: &Column, index: usize) -> Result<Option<ColumnValue>, sqlx::Error> {
    let epoch = NaiveDate::default();
    Ok(match column.kind() {
        ColumnKind::Boolean => row.try_get::<Option<bool>, _>(index)?.map(ColumnValue::Boolean),
        ColumnKind::Integer => row.try_get::<Option<i64>, _>(index)?.map(ColumnValue::Integer),
        ColumnKind::Float => row.try_get::<Option<f64>, _>(index)?.map(ColumnValue::Float),
        ColumnKind::Time => row
            .try_get::<Option<DateTime<Utc>>, _>(index)?
            .map(|time| ColumnValue::Time(time.timestamp_micros())),
        ColumnKind::Date => row.try_get::<Option<NaiveDate>, _>(index)?.map(|day| {
            let days = day.signed_duration_since(epoch).num_days();
            ColumnValue::Date(i32::try_from(days).unwrap_or(i32::MAX))
        }),
        ColumnKind::Uuid => row
            .try_get::<Option<Uuid>, _>(index)?
            .map(|id| ColumnValue::Uuid(*id.as_bytes())),
        ColumnKind::Text => row.try_get::<Option<String>, _>(index)?.map(ColumnValue::Text),
    })
}
