//! `LowStock`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use projections::stock_levels;

use super::{Position, Sequence, Stock, Units};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A SKU that is low.
pub(crate) struct LowStock(stock_levels::LowStock);

/// A SKU of which no more units are free than its threshold. A threshold counts the units of all warehouses
/// together.
#[Object]
impl LowStock {
    /// The SKU.
    async fn sku(&self) -> &str {
        self.0.sku.as_str()
    }

    /// How many units are not reserved, those of expired lots included.
    async fn free(&self) -> Units {
        Units(self.0.free)
    }

    /// From how many free units down the stock is low.
    async fn threshold(&self) -> Units {
        Units(self.0.threshold)
    }

    /// Since when it is low.
    async fn since(&self) -> DateTime<Utc> {
        self.0.since
    }

    /// The units by warehouse and lot; null when there never were any.
    async fn stock(&self, ctx: &Context<'_>) -> Result<Option<Stock>> {
        let reading = Reading::below(ctx, Source::StockLevels).await?;
        let stock = reading.loaders.stocks.load_one(self.0.sku.clone()).await?;
        Ok(stock.map(Stock))
    }

    /// How many events the stock has, for `If-Match`.
    async fn sequence(&self) -> Sequence {
        Sequence(self.0.sequence)
    }

    /// The event that made it low.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<stock_levels::LowStock> for LowStock {
    fn from(row: stock_levels::LowStock) -> Self {
        Self(row)
    }
}
