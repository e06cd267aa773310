//! Two generations of a read model, row by row.

use sqlx::{Executor, PgConnection, Row};

use super::{
    ReadAt,
    table::{self, Column, Readable},
};
use crate::{
    generation::GenerationState,
    runner::{Apart, ProjectionError, Projections, ReadModel},
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
    /// A build that waits for its switch is first brought to exactly where the live one is, which stands
    /// still for that moment. All other pairs are compared as they are.
    ///
    /// # Errors
    ///
    /// When one of them does not exist or is not whole, the read model has no tables, or the live one stands
    /// still before the build that waits.
    pub async fn compare(
        &self,
        name: &str,
        left: i32,
        right: i32,
        limit: u32,
    ) -> Result<Comparison, ProjectionError> {
        let model = self.model(name)?;
        let mut snapshot = self.snapshot().await?;
        let mut pair = pair(&mut snapshot, model.as_ref(), [left, right]).await?;
        if let Some(apart) = apart(&pair) {
            snapshot.rollback().await?;
            let aligned = self.align(model, apart).await?;
            snapshot = self.snapshot().await?;
            pair = self::pair(&mut snapshot, model.as_ref(), [left, right]).await?;
            // The snapshot was taken: from here on both may go on.
            aligned.release().await?;
        }
        let compared = compare(&mut snapshot, &pair, limit).await;
        snapshot.rollback().await?;
        compared
    }

    /// As [`Self::compare`], for those who may only read: nothing is brought anywhere.
    ///
    /// # Errors
    ///
    /// As for [`Self::compare`], and when a build that waits is not where the live one is: what they differ
    /// in would be what was sold meanwhile.
    pub async fn compare_as_they_are(
        &self,
        name: &str,
        left: i32,
        right: i32,
        limit: u32,
    ) -> Result<Comparison, ProjectionError> {
        let model = self.model(name)?;
        let mut snapshot = self.snapshot().await?;
        let pair = pair(&mut snapshot, model.as_ref(), [left, right]).await?;
        let compared = match apart(&pair) {
            Some(apart) => Err(ProjectionError::Apart {
                projection: model.registered().name,
                waiting: apart.waiting.read_at(),
                live: apart.live.read_at(),
            }),
            None => compare(&mut snapshot, &pair, limit).await,
        };
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

/// Two generations as one snapshot has them.
async fn pair(
    connection: &mut PgConnection,
    model: &dyn ReadModel,
    [left, right]: [i32; 2],
) -> Result<[Readable; 2], ProjectionError> {
    Ok([
        table::readable(&mut *connection, model, Some(left)).await?,
        table::readable(connection, model, Some(right)).await?,
    ])
}

/// The live generation and a build that waits for its switch, when these are a pair and one has events that
/// the other lacks.
fn apart(pair: &[Readable; 2]) -> Option<Apart> {
    let of_state = |state| {
        let generations = pair.iter().map(|readable| &readable.generation);
        let mut found = generations.filter(|one| one.state == state && one.up_to.is_none());
        found.next().cloned()
    };
    let live = of_state(GenerationState::Live)?;
    let waiting = of_state(GenerationState::Ready)?;
    (live.position != waiting.position).then_some(Apart { live, waiting })
}

async fn compare(
    connection: &mut PgConnection,
    [left, right]: &[Readable; 2],
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
