//! Reading warehouses.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};

use super::Warehouses;
use crate::{
    reading::{Cursor, Page, PageRequest, ReadModelError, Tables, bounded},
    table::{Schema, TableProjection},
};

/// A place where goods lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// What receipts and transfers call it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub location: Option<String>,
    /// `open` or `closed`.
    pub status: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// The event that opened it.
    pub opened_position: Position,
    /// The last event of the warehouse.
    pub position: Position,
    /// How many events the warehouse has, for `If-Match`.
    pub sequence: i64,
}

/// Reads warehouses.
#[derive(Clone)]
pub struct WarehousesReader {
    tables: Tables,
}

const WAREHOUSE: &str = "SELECT code, name, location, status, opened_at, updated_at, opened_position, position, \
                         sequence FROM {schema}.warehouses";

impl WarehousesReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// Warehouses by their codes; those that were never opened are absent.
    ///
    /// # Errors
    ///
    /// When too many are asked for, the read model is not built or the database cannot be reached.
    pub async fn warehouses_by_code(
        &self,
        codes: &[String],
    ) -> Result<HashMap<String, Warehouse>, ReadModelError> {
        let by_code = format!("{WAREHOUSE} WHERE code = ANY ($1)");
        let statement = self.schema().await?.sql(&by_code);
        let rows = sqlx::query(&statement)
            .bind(bounded(codes)?)
            .fetch_all(self.tables.pool())
            .await?;
        let found = rows
            .iter()
            .map(warehouse)
            .map(|found| found.map(|found| (found.code.clone(), found)));
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Warehouses, those that were opened last first.
    ///
    /// # Errors
    ///
    /// As for [`Self::warehouses_by_code`], and when the page is none.
    pub async fn warehouses(&self, page: &PageRequest) -> Result<Page<Warehouse>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let newest = format!("{WAREHOUSE} WHERE opened_position < $1 ORDER BY opened_position DESC LIMIT $2");
        let statement = self.schema().await?.sql(&newest);
        let query = sqlx::query(&statement).bind(before).bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let found = rows.iter().map(warehouse).collect::<Result<_, _>>()?;
        Ok(Page::new(page, found, |found: &Warehouse| {
            Cursor::at(found.opened_position, 0)
        }))
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Warehouses::NAME).await
    }
}

fn warehouse(row: &PgRow) -> Result<Warehouse, sqlx::Error> {
    Ok(Warehouse {
        code: row.try_get("code")?,
        name: row.try_get("name")?,
        location: row.try_get("location")?,
        status: row.try_get("status")?,
        opened_at: row.try_get("opened_at")?,
        updated_at: row.try_get("updated_at")?,
        opened_position: row.try_get("opened_position")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}
