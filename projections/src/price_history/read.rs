//! Reading prices of the past.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{Currency, Money, Sku};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};

use super::PriceHistory;
use crate::{
    reading::{Cursor, Page, PageRequest, ReadModelError, Tables, bounded, money, text},
    table::{Schema, TableProjection},
};

/// A price and since when it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPrice {
    /// The SKU.
    pub sku: Sku,
    /// The price of one unit, tax included.
    pub price: Money,
    /// When it was set.
    pub since: DateTime<Utc>,
    /// The event that set it.
    pub position: Position,
}

/// The lowest price of a SKU within a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowestPrice {
    /// The lowest price that held at any moment of the stretch.
    pub price: Money,
    /// When that price was set; before the stretch if it held already when that began.
    pub since: DateTime<Utc>,
}

/// Reads prices of the past.
#[derive(Clone)]
pub struct PriceHistoryReader {
    tables: Tables,
}

impl PriceHistoryReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// The prices of a SKU in a currency, newest first.
    ///
    /// # Errors
    ///
    /// When the page is none, the read model is not built or the database cannot be reached.
    pub async fn prices(
        &self,
        sku: &Sku,
        currency: Currency,
        page: &PageRequest,
    ) -> Result<Page<PastPrice>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let prices = "SELECT sku, currency, amount, since, position FROM {schema}.prices \
                      WHERE sku = $1 AND currency = $2 AND position < $3 ORDER BY position DESC LIMIT $4";
        let statement = self.schema().await?.sql(prices);
        let query = sqlx::query(&statement)
            .bind(sku.as_str())
            .bind(currency.code())
            .bind(before)
            .bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let prices = rows.iter().map(past_price).collect::<Result<_, _>>()?;
        Ok(Page::new(page, prices, |price: &PastPrice| {
            Cursor::at(price.position, 0)
        }))
    }

    /// The lowest price of each SKU in a currency from a time on and before another; a SKU that had no
    /// price then is absent.
    ///
    /// # Errors
    ///
    /// When too many are asked for, the read model is not built or the database cannot be reached.
    pub async fn lowest_prices(
        &self,
        skus: &[Sku],
        currency: Currency,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<Sku, LowestPrice>, ReadModelError> {
        let skus: Vec<&str> = bounded(skus)?.iter().map(Sku::as_str).collect();
        let statement = self.schema().await?.sql(include_str!("lowest_prices.sql"));
        let query = sqlx::query(&statement)
            .bind(skus)
            .bind(currency.code())
            .bind(from)
            .bind(until);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let lowest = rows.iter().map(|row| {
            let lowest = LowestPrice {
                price: money(row, "amount", "currency")?,
                since: row.try_get("since")?,
            };
            Ok::<_, sqlx::Error>((text(row, "sku")?, lowest))
        });
        Ok(lowest.collect::<Result<_, _>>()?)
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(PriceHistory::NAME).await
    }
}

fn past_price(row: &PgRow) -> Result<PastPrice, sqlx::Error> {
    Ok(PastPrice {
        sku: text(row, "sku")?,
        price: money(row, "amount", "currency")?,
        since: row.try_get("since")?,
        position: row.try_get("position")?,
    })
}
