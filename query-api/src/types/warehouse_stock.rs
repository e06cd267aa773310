//! `WarehouseStock`.

use std::collections::BTreeMap;

use async_graphql::{ComplexObject, Context, SimpleObject};
use projections::stock_levels::StockBucket;

use super::{StockLot, Units, Warehouse};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// How many units of one SKU there are in one warehouse.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct WarehouseStock {
    /// The code of the warehouse.
    warehouse: String,
    #[graphql(skip)]
    buckets: Vec<StockBucket>,
}

#[ComplexObject]
impl WarehouseStock {
    /// The warehouse as it is today; null when units were received there before warehouses had to be opened.
    async fn details(&self, ctx: &Context<'_>) -> Result<Option<Warehouse>> {
        let reading = Reading::below(ctx, Source::Warehouses).await?;
        let found = reading
            .loaders
            .warehouses
            .load_one(self.warehouse.clone())
            .await?;
        Ok(found.map(Warehouse))
    }

    /// All units that are there.
    async fn on_hand(&self) -> Units {
        self.sum(|bucket| bucket.on_hand)
    }

    /// Those of them that belong to an order already.
    async fn reserved(&self) -> Units {
        self.sum(|bucket| bucket.reserved)
    }

    /// Those of them that may be sold today: neither reserved nor expired.
    async fn available(&self) -> Units {
        self.sum(|bucket| bucket.available)
    }

    /// Reserved units that a count did not find.
    async fn missing(&self) -> Units {
        self.sum(|bucket| bucket.missing)
    }

    /// The same for each lot.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn lots(&self) -> Vec<StockLot> {
        self.buckets.iter().map(StockLot::from).collect()
    }
}

impl WarehouseStock {
    /// The warehouses by their codes.
    pub(crate) fn of(buckets: &[StockBucket]) -> Vec<Self> {
        let mut warehouses: BTreeMap<&str, Vec<StockBucket>> = BTreeMap::new();
        for bucket in buckets {
            warehouses
                .entry(&bucket.warehouse)
                .or_default()
                .push(bucket.clone());
        }
        let warehouse = |(warehouse, buckets): (&str, _)| Self {
            warehouse: warehouse.to_owned(),
            buckets,
        };
        warehouses.into_iter().map(warehouse).collect()
    }

    fn sum(&self, units: impl Fn(&StockBucket) -> i64) -> Units {
        Units(self.buckets.iter().map(units).fold(0, i64::saturating_add))
    }
}
