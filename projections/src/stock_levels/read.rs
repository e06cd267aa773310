//! Reading stock levels.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::value::Sku;
use event_store::Position;
use sqlx::{Row, postgres::PgRow};

use super::StockLevels;
use crate::{
    reading::{AsOf, ReadModelError, Tables, bounded, text},
    table::TableProjection,
};

/// The units of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLevel {
    /// The SKU.
    pub sku: Sku,
    /// All units that are there.
    pub on_hand: i64,
    /// Those of them that belong to an order already.
    pub reserved: i64,
    /// Those of them that nobody has reserved, without what has expired.
    pub available: i64,
    /// Reserved units that a count did not find: orders that cannot be served.
    pub missing: i64,
    /// Where they are, by warehouse and lot.
    pub buckets: Vec<StockBucket>,
    /// When the level changed last.
    pub updated_at: DateTime<Utc>,
    /// The last event that changed it.
    pub position: Position,
    /// From how many free units down it is low; nothing when no number is, and in the past.
    pub threshold: Option<i64>,
    /// How many events the stock has, for `If-Match`; nothing in the past, which cannot be changed.
    pub sequence: Option<i64>,
}

/// Units of one lot in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockBucket {
    /// Where they are.
    pub warehouse: String,
    /// Their batch, if it has a number.
    pub lot: Option<String>,
    /// The last day on which they may be sold.
    pub expires_on: Option<NaiveDate>,
    /// All units that are there.
    pub on_hand: i64,
    /// Those of them that belong to an order already.
    pub reserved: i64,
    /// Those of them that may be sold: none when they have expired.
    pub available: i64,
    /// Reserved units that a count did not find.
    pub missing: i64,
}

/// Reads stock levels.
#[derive(Clone)]
pub struct StockLevelsReader {
    pub(super) tables: Tables,
}

impl StockLevelsReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// The units of a SKU as they may be sold on a day; nothing when there never were any.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn stock(&self, sku: &Sku, today: NaiveDate) -> Result<Option<StockLevel>, ReadModelError> {
        Ok(self.stocks(std::slice::from_ref(sku), today).await?.remove(sku))
    }

    /// The units of some SKUs; those of which there never were any are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::stock`], and when too many are asked for.
    pub async fn stocks(
        &self,
        skus: &[Sku],
        today: NaiveDate,
    ) -> Result<HashMap<Sku, StockLevel>, ReadModelError> {
        let skus: Vec<&str> = bounded(skus)?.iter().map(Sku::as_str).collect();
        let statement = self
            .tables
            .schema(StockLevels::NAME)
            .await?
            .sql(include_str!("buckets_of.sql"));
        let query = sqlx::query(&statement).bind(skus).bind(today);
        let rows = query.fetch_all(self.tables.pool()).await?;
        levels(&rows)
    }

    /// The units of some SKUs as they were at a point of the past, and as they might have been sold on a
    /// day. What is after the position that the read model has reached is not known to it.
    ///
    /// # Errors
    ///
    /// As for [`Self::stock`], and when too many are asked for.
    pub async fn stocks_as_of(
        &self,
        skus: &[Sku],
        day: NaiveDate,
        as_of: AsOf,
    ) -> Result<HashMap<Sku, StockLevel>, ReadModelError> {
        let skus: Vec<&str> = bounded(skus)?.iter().map(Sku::as_str).collect();
        let position = self.tables.resolve(as_of).await?;
        let schema = self.tables.schema(StockLevels::NAME).await?;
        let statement = schema.sql(include_str!("buckets_as_of.sql"));
        let query = sqlx::query(&statement).bind(skus).bind(day).bind(position);
        let rows = query.fetch_all(self.tables.pool()).await?;
        levels(&rows)
    }
}

fn levels(rows: &[PgRow]) -> Result<HashMap<Sku, StockLevel>, ReadModelError> {
    let mut levels = HashMap::new();
    for row in rows {
        add(&mut levels, row)?;
    }
    Ok(levels)
}

fn add(levels: &mut HashMap<Sku, StockLevel>, row: &PgRow) -> Result<(), sqlx::Error> {
    let sku: Sku = text(row, "sku")?;
    let (updated_at, position) = (row.try_get("updated_at")?, row.try_get("position")?);
    let (threshold, sequence) = (row.try_get("threshold")?, row.try_get("sequence")?);
    let lot: String = row.try_get("lot")?;
    let (on_hand, reserved): (i64, i64) = (row.try_get("on_hand")?, row.try_get("reserved")?);
    let bucket = StockBucket {
        warehouse: row.try_get("warehouse")?,
        lot: Some(lot).filter(|lot| !lot.is_empty()),
        expires_on: row.try_get("expires_on")?,
        on_hand,
        reserved,
        available: row.try_get("available")?,
        missing: reserved.saturating_sub(on_hand).max(0),
    };
    let level = levels.entry(sku.clone()).or_insert_with(|| StockLevel {
        sku,
        on_hand: 0,
        reserved: 0,
        available: 0,
        missing: 0,
        buckets: Vec::new(),
        updated_at,
        position,
        threshold,
        sequence,
    });
    level.on_hand = level.on_hand.saturating_add(bucket.on_hand);
    level.reserved = level.reserved.saturating_add(bucket.reserved);
    level.available = level.available.saturating_add(bucket.available);
    level.missing = level.missing.saturating_add(bucket.missing);
    level.updated_at = level.updated_at.max(updated_at);
    level.position = level.position.max(position);
    level.buckets.push(bucket);
    Ok(())
}
