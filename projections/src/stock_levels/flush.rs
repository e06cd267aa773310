//! Differences into tables: what was there before is read, and what it comes to is written.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Row};

use super::{
    apply::{Key, StockLevelsBatch},
    low::Freed,
};
use crate::{
    copy::CopyRows,
    table::{Schema, too_large},
};

const HISTORY: &str = "bucket_history (sku, warehouse, lot, position, on_hand, reserved, at)";

/// A bucket as it was before the batch.
#[derive(Debug, Default)]
struct Before {
    expires_on: Option<NaiveDate>,
    on_hand: i64,
    reserved: i64,
}

/// A bucket after the batch.
#[derive(Debug)]
struct BucketRow {
    sku: String,
    warehouse: String,
    lot: String,
    expires_on: Option<NaiveDate>,
    on_hand: i64,
    reserved: i64,
    at: DateTime<Utc>,
    position: i64,
}

/// The day on which a lot expires from now on.
#[derive(Debug)]
struct CorrectedRow {
    sku: String,
    lot: String,
    expires_on: Option<NaiveDate>,
}

impl From<((String, String), Option<NaiveDate>)> for CorrectedRow {
    fn from(((sku, lot), expires_on): ((String, String), Option<NaiveDate>)) -> Self {
        Self { sku, lot, expires_on }
    }
}

impl BucketRow {
    /// The units that nobody has reserved.
    fn free(&self) -> i64 {
        self.on_hand.saturating_sub(self.reserved).max(0)
    }
}

impl StockLevelsBatch {
    pub(super) async fn flush(
        mut self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        // Before the buckets: what a bucket of the batch states after a correction counts.
        self.flush_corrections(schema, &mut *connection).await?;
        let freed = self.flush_buckets(schema, &mut *connection).await?;
        self.flush_skus(&freed, schema, connection).await
    }

    async fn flush_corrections(
        &mut self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if self.corrected.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.corrected).into_iter();
        let rows: Vec<CorrectedRow> = rows.map(CorrectedRow::from).collect();
        let statement = schema.sql(include_str!("correct_expiry.sql"));
        let query = bind_columns!(sqlx::query(&statement), rows, [sku, lot, expires_on]);
        query.execute(connection).await?;
        Ok(())
    }

    async fn flush_buckets(
        &mut self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<Freed, sqlx::Error> {
        let mut freed = Freed::new();
        if self.buckets.is_empty() {
            return Ok(freed);
        }
        let mut before = self.before(schema, &mut *connection).await?;
        let mut history = CopyRows::default();
        let mut rows = Vec::with_capacity(self.buckets.len());
        for (key, bucket) in std::mem::take(&mut self.buckets) {
            let before = before.remove(&key).unwrap_or_default();
            let (sku, warehouse, lot) = key;
            let mut row = BucketRow {
                sku,
                warehouse,
                lot,
                expires_on: bucket.expires_on.unwrap_or(before.expires_on),
                on_hand: before.on_hand,
                reserved: before.reserved,
                at: DateTime::default(),
                position: 0,
            };
            for change in bucket.changes {
                let free = row.free();
                row.on_hand = row.on_hand.checked_add(change.on_hand).ok_or_else(too_large)?;
                row.reserved = row.reserved.checked_add(change.reserved).ok_or_else(too_large)?;
                (row.at, row.position) = (change.at, change.position);
                // A transfer changes two buckets at one position.
                let more = freed.entry(row.position).or_default();
                *more = more
                    .checked_add(row.free().saturating_sub(free))
                    .ok_or_else(too_large)?;
                history.push(&[
                    &row.sku,
                    &row.warehouse,
                    &row.lot,
                    &row.position,
                    &row.on_hand,
                    &row.reserved,
                    &row.at,
                ]);
            }
            rows.push(row);
        }
        history.copy_into(HISTORY, schema, connection).await?;
        let statement = schema.sql(include_str!("upsert_buckets.sql"));
        let query = bind_columns!(
            sqlx::query(&statement),
            rows,
            [sku, warehouse, lot, expires_on, on_hand, reserved, at, position]
        );
        query.execute(connection).await?;
        Ok(freed)
    }

    /// The buckets that change, as they were before.
    async fn before(
        &self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<HashMap<Key, Before>, sqlx::Error> {
        let column = |part: fn(&Key) -> &str| self.buckets.keys().map(part).collect::<Vec<&str>>();
        let known = "SELECT b.sku, b.warehouse, b.lot, b.expires_on, b.on_hand, b.reserved \
                     FROM unnest($1::text[], $2::text[], $3::text[]) AS r (sku, warehouse, lot) \
                     JOIN {schema}.buckets AS b USING (sku, warehouse, lot)";
        let rows = sqlx::query(&schema.sql(known))
            .bind(column(|key| &key.0))
            .bind(column(|key| &key.1))
            .bind(column(|key| &key.2))
            .fetch_all(connection)
            .await?;
        rows.iter()
            .map(|row| {
                let key = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let before = Before {
                    expires_on: row.try_get(3)?,
                    on_hand: row.try_get(4)?,
                    reserved: row.try_get(5)?,
                };
                Ok((key, before))
            })
            .collect()
    }
}
