//! Which SKUs are low, and how many events each has.
//!
//! How many units an event frees is the difference of the free units of its buckets and not a number of the event: of
//! units that come to a short place, those that were missing there serve its orders and are never free.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::stock::StockEvent;
use sqlx::{PgConnection, Row, postgres::PgRow};

use super::apply::StockLevelsBatch;
use crate::{
    recorded::Recorded,
    table::{Schema, too_large},
};

/// How many units became free by each event that changed buckets, by its position; below zero where they ceased to be.
pub(super) type Freed = HashMap<i64, i64>;

/// What an event did to the stock of a SKU as a whole.
#[derive(Debug)]
pub(super) struct SkuChange {
    /// The threshold from here on, if the event set one.
    threshold: Option<Option<i64>>,
    at: DateTime<Utc>,
    position: i64,
    sequence: i64,
}

/// A SKU after the batch.
#[derive(Debug, Default)]
struct SkuRow {
    sku: String,
    free: i64,
    threshold: Option<i64>,
    low_since: Option<DateTime<Utc>>,
    low_position: Option<i64>,
    sequence: i64,
}

impl SkuChange {
    pub(super) fn of(event: &StockEvent, recorded: &Recorded) -> Self {
        let threshold = match event {
            // A threshold that 64 bits with a sign cannot hold is as good as the highest that they can.
            StockEvent::ThresholdSet { threshold } => {
                Some(threshold.map(|units| i64::try_from(units).unwrap_or(i64::MAX)))
            }
            StockEvent::Received { .. }
            | StockEvent::Adjusted { .. }
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. }
            | StockEvent::ExpiryCorrected { .. }
            | StockEvent::Transferred { .. }
            | StockEvent::Reserved { .. }
            | StockEvent::ReservationRefused { .. }
            | StockEvent::Released { .. }
            | StockEvent::Committed { .. }
            | StockEvent::Extended { .. }
            | StockEvent::Returned { .. }
            | StockEvent::WrittenOff { .. }
            | StockEvent::RanLow { .. } => None,
        };
        Self {
            threshold,
            at: recorded.envelope.recorded_at,
            position: recorded.envelope.position,
            sequence: recorded.envelope.sequence,
        }
    }
}

impl SkuRow {
    fn change(&mut self, change: &SkuChange, freed: i64) -> Result<(), sqlx::Error> {
        self.free = self.free.checked_add(freed).ok_or_else(too_large)?;
        self.threshold = change.threshold.unwrap_or(self.threshold);
        self.sequence = change.sequence;
        let is_low = self.threshold.is_some_and(|threshold| self.free <= threshold);
        if !is_low {
            (self.low_since, self.low_position) = (None, None);
        } else if self.low_position.is_none() {
            (self.low_since, self.low_position) = (Some(change.at), Some(change.position));
        }
        Ok(())
    }
}

impl StockLevelsBatch {
    pub(super) async fn flush_skus(
        &self,
        freed: &Freed,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if self.skus.is_empty() {
            return Ok(());
        }
        let mut before = self.skus_before(schema, &mut *connection).await?;
        let mut rows = Vec::with_capacity(self.skus.len());
        for (sku, changes) in &self.skus {
            let mut row = before.remove(sku).unwrap_or_default();
            row.sku.clone_from(sku);
            for change in changes {
                let freed = freed.get(&change.position).copied().unwrap_or_default();
                row.change(change, freed)?;
            }
            rows.push(row);
        }
        let statement = schema.sql(include_str!("upsert_skus.sql"));
        let query = bind_columns!(
            sqlx::query(&statement),
            rows,
            [sku, free, threshold, low_since, low_position, sequence]
        );
        query.execute(connection).await?;
        Ok(())
    }

    /// The SKUs that change, as they were before.
    async fn skus_before(
        &self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<HashMap<String, SkuRow>, sqlx::Error> {
        let known = "SELECT sku, free, threshold, low_since, low_position, sequence FROM {schema}.skus \
                     WHERE sku = ANY ($1)";
        let skus: Vec<&str> = self.skus.keys().map(String::as_str).collect();
        let rows = sqlx::query(&schema.sql(known))
            .bind(skus)
            .fetch_all(connection)
            .await?;
        rows.iter().map(known_sku).collect()
    }
}

fn known_sku(row: &PgRow) -> Result<(String, SkuRow), sqlx::Error> {
    let sku: String = row.try_get("sku")?;
    let known = SkuRow {
        sku: sku.clone(),
        free: row.try_get("free")?,
        threshold: row.try_get("threshold")?,
        low_since: row.try_get("low_since")?,
        low_position: row.try_get("low_position")?,
        sequence: row.try_get("sequence")?,
    };
    Ok((sku, known))
}
