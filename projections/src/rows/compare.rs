//! Two generations of a read model, row by row.

use event_store::Position;
use sqlx::{Executor, PgConnection, Row};

use super::{
    ReadAt,
    table::{self, Column, Readable},
};
use crate::{
    generation::GenerationState,
    runner::{ProjectionError, Projections},
    transaction::Transaction,
};

/// What came out of comparing two generations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The first generation.
    pub left: ReadAt,
    /// The second one.
    pub right: ReadAt,
    /// Each table that both have.
    pub tables: Vec<TableComparison>,
    /// Tables and columns that only one of them has, as `table` or `table.column`.
    pub only_in_one: Vec<String>,
    /// Some of the rows that differ, as many as were asked for of each table.
    pub differences: Vec<RowDifference>,
}

/// What came out of comparing a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableComparison {
    /// Its name.
    pub table: String,
    /// How many rows differ.
    pub differing_rows: i64,
}

/// A row that is not the same in both; the side that lacks it is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDifference {
    /// The table.
    pub table: String,
    /// The row of the first generation, as JSON.
    pub left: Option<String>,
    /// The row of the second one, as JSON.
    pub right: Option<String>,
}

impl Comparison {
    /// Whether the generations have the same rows in the same tables.
    pub fn is_equal(&self) -> bool {
        self.only_in_one.is_empty() && self.tables.iter().all(|table| table.differing_rows == 0)
    }
}

impl Projections {
    /// Compares two generations of a read model row by row, and shows at most `limit` rows of each table.
    ///
    /// A build that waits for its switch is first brought to where the live one is, which stands still for
    /// that moment; all other pairs are compared as they are.
    ///
    /// # Errors
    ///
    /// When one of them does not exist or is not whole, or the read model has no tables.
    pub async fn compare(
        &self,
        name: &str,
        left: i32,
        right: i32,
        limit: u32,
    ) -> Result<Comparison, ProjectionError> {
        let model = self.model(name)?;
        let held = self.align_generations(model, [left, right]).await?;
        let mut snapshot = self.snapshot().await?;
        let left = table::readable(&mut snapshot, model.as_ref(), Some(left)).await?;
        let right = table::readable(&mut snapshot, model.as_ref(), Some(right)).await?;
        // The snapshot stands: from here on the live one may go on.
        if let Some(held) = held {
            held.give_up().await?;
        }
        let compared = compare(&mut snapshot, &left, &right, limit).await;
        snapshot.rollback().await?;
        compared
    }

    /// A transaction that sees one state of everything and may take long.
    pub(super) async fn snapshot(&self) -> Result<Transaction, ProjectionError> {
        let mut transaction = Transaction::begin(self.pool()).await?;
        transaction
            .execute(sqlx::raw_sql(include_str!("snapshot.sql")))
            .await?;
        Ok(transaction)
    }
}

async fn compare(
    connection: &mut PgConnection,
    left: &Readable,
    right: &Readable,
    limit: u32,
) -> Result<Comparison, ProjectionError> {
    let mut comparison = Comparison {
        left: left.at.clone(),
        right: right.at.clone(),
        tables: Vec::new(),
        only_in_one: Vec::new(),
        differences: Vec::new(),
    };
    let of_left = table::tables(connection, &left.schema).await?;
    let of_right = table::tables(connection, &right.schema).await?;
    let (both, mut alone): (Vec<String>, Vec<String>) = of_left
        .iter()
        .cloned()
        .partition(|table| of_right.contains(table));
    alone.extend(of_right.into_iter().filter(|table| !of_left.contains(table)));
    comparison.only_in_one = alone;
    for table in both {
        let columns = [
            table::columns(connection, &left.schema, &table).await?,
            table::columns(connection, &right.schema, &table).await?,
        ];
        let is_in = |column: &Column, others: &[Column]| others.iter().any(|other| other.name == column.name);
        let alone = (columns[0].iter().filter(|column| !is_in(column, &columns[1])))
            .chain(columns[1].iter().filter(|column| !is_in(column, &columns[0])));
        comparison
            .only_in_one
            .extend(alone.map(|column| format!("{table}.{}", column.name)));
        let shared: Vec<&Column> = columns[0]
            .iter()
            .filter(|column| is_in(column, &columns[1]))
            .collect();
        let statement = statement(left, right, &table, &shared);
        let rows = sqlx::query(&statement)
            .bind(i64::from(limit.max(1)))
            .fetch_all(&mut *connection)
            .await?;
        let differing_rows = match rows.first() {
            Some(row) => row.try_get("differing_rows")?,
            None => 0,
        };
        for row in rows.iter().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
            comparison.differences.push(RowDifference {
                table: table.clone(),
                left: row.try_get("l")?,
                right: row.try_get("r")?,
            });
        }
        comparison.tables.push(TableComparison {
            table,
            differing_rows,
        });
    }
    Ok(comparison)
}

/// Rows of a table that are in one generation alone, or differ in a column that both have. All names come
/// from the catalogue of the database and are plain identifiers.
fn statement(left: &Readable, right: &Readable, table: &str, shared: &[&Column]) -> String {
    let mut key: Vec<&&Column> = shared.iter().filter(|column| column.key.is_some()).collect();
    key.sort_by_key(|column| column.key);
    // A table without a key is compared by whole rows.
    let key: Vec<&str> = if key.is_empty() {
        shared.iter().map(|column| column.name.as_str()).collect()
    } else {
        key.iter().map(|column| column.name.as_str()).collect()
    };
    let all = |side: &str| {
        let columns: Vec<String> = shared
            .iter()
            .map(|column| format!("{side}.{}", column.name))
            .collect();
        columns.join(", ")
    };
    let (using, first) = (key.join(", "), key.first().copied().unwrap_or_default());
    format!(
        "SELECT CASE WHEN l.{first} IS NOT NULL THEN row_to_json(l)::text END AS l, \
                CASE WHEN r.{first} IS NOT NULL THEN row_to_json(r)::text END AS r, \
                count(*) OVER () AS differing_rows \
         FROM {}.{table} AS l FULL JOIN {}.{table} AS r USING ({using}) \
         WHERE l.{first} IS NULL OR r.{first} IS NULL OR ROW({}) IS DISTINCT FROM ROW({}) \
         ORDER BY {using} LIMIT $1",
        left.schema.name(),
        right.schema.name(),
        all("l"),
        all("r"),
    )
}

/// The generations of a pair that is to be aligned: the live one and one that waits for its switch.
pub(crate) fn waiting_beside_live(pair: &[(GenerationState, i64, Position)]) -> Option<i64> {
    let is_live = |(state, _, _): &&(GenerationState, i64, Position)| *state == GenerationState::Live;
    let is_ready = |(state, _, _): &&(GenerationState, i64, Position)| *state == GenerationState::Ready;
    let (live, ready) = (pair.iter().find(is_live)?, pair.iter().find(is_ready)?);
    (live.2 != ready.2).then_some(ready.1)
}
