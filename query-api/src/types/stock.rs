//! `Stock`.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use projections::stock_levels::StockLevel;

use super::{Position, Sequence, Units, WarehouseStock};
use crate::limits::LIST_COST;

/// The units of a SKU.
pub(crate) struct Stock(pub(crate) StockLevel);

/// How many units of one SKU there are, in all warehouses.
#[Object]
impl Stock {
    /// The stock's id, which is the SKU.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.0.sku.as_str())
    }

    /// The SKU.
    async fn sku(&self) -> &str {
        self.0.sku.as_str()
    }

    /// All units that are there.
    async fn on_hand(&self) -> Units {
        Units(self.0.on_hand)
    }

    /// Those of them that belong to an order already.
    async fn reserved(&self) -> Units {
        Units(self.0.reserved)
    }

    /// Those of them that may be sold today: neither reserved nor expired.
    async fn available(&self) -> Units {
        Units(self.0.available)
    }

    /// Reserved units that a count did not find: so many units of orders cannot be served.
    async fn missing(&self) -> Units {
        Units(self.0.missing)
    }

    /// From how many unreserved units down the stock is low; null when no number is, and in the past.
    async fn low_stock_threshold(&self) -> Option<Units> {
        self.0.threshold.map(Units)
    }

    /// The same for each warehouse.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn warehouses(&self) -> Vec<WarehouseStock> {
        WarehouseStock::of(&self.0.buckets)
    }

    /// When the level changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// How many events it has, for `If-Match`; null in the past, which cannot be changed.
    async fn sequence(&self) -> Option<Sequence> {
        self.0.sequence.map(Sequence)
    }

    /// The last event that changed it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}
