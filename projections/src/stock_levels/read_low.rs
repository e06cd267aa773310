//! Reading what runs out.

use chrono::{DateTime, Utc};
use domain::value::Sku;
use event_store::Position;
use sqlx::{Row, postgres::PgRow};

use super::{StockLevels, StockLevelsReader};
use crate::{
    reading::{Cursor, Page, PageRequest, ReadModelError, text},
    table::TableProjection,
};

/// A SKU of which no more units are free than its threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowStock {
    /// The SKU.
    pub sku: Sku,
    /// How many units are free, in all warehouses and expired lots included.
    pub free: i64,
    /// From how many free units down it is low.
    pub threshold: i64,
    /// Since when it is low.
    pub since: DateTime<Utc>,
    /// The event that made it low.
    pub position: Position,
    /// How many events the stock has, for `If-Match`.
    pub sequence: i64,
}

impl StockLevelsReader {
    /// The SKUs that are low, those that ran low last first.
    ///
    /// # Errors
    ///
    /// As for [`Self::stock`], and when the page is none.
    pub async fn low_stock(&self, page: &PageRequest) -> Result<Page<LowStock>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let low = "SELECT sku, free, threshold, low_since, low_position, sequence FROM {schema}.skus \
                   WHERE low_position < $1 ORDER BY low_position DESC LIMIT $2";
        let statement = self.tables.schema(StockLevels::NAME).await?.sql(low);
        let query = sqlx::query(&statement).bind(before).bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let rows = rows.iter().map(low_stock).collect::<Result<_, _>>()?;
        Ok(Page::new(page, rows, |row: &LowStock| {
            Cursor::at(row.position, 0)
        }))
    }
}

fn low_stock(row: &PgRow) -> Result<LowStock, sqlx::Error> {
    Ok(LowStock {
        sku: text(row, "sku")?,
        free: row.try_get("free")?,
        threshold: row.try_get("threshold")?,
        since: row.try_get("low_since")?,
        position: row.try_get("low_position")?,
        sequence: row.try_get("sequence")?,
    })
}
