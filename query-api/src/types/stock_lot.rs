//! `StockLot`.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use projections::stock_levels::StockBucket;

use super::Units;

/// How many units of one lot there are in one warehouse.
#[derive(SimpleObject)]
pub(crate) struct StockLot {
    /// The batch number; null for units without one.
    lot: Option<String>,
    /// The last day on which they may be sold; null if they keep.
    expires_on: Option<NaiveDate>,
    /// All units that are there.
    on_hand: Units,
    /// Those of them that belong to an order already.
    reserved: Units,
    /// Those of them that may be sold today.
    available: Units,
    /// Reserved units that a count did not find.
    missing: Units,
}

impl From<&StockBucket> for StockLot {
    fn from(bucket: &StockBucket) -> Self {
        Self {
            lot: bucket.lot.clone(),
            expires_on: bucket.expires_on,
            on_hand: Units(bucket.on_hand),
            reserved: Units(bucket.reserved),
            available: Units(bucket.available),
            missing: Units(bucket.missing),
        }
    }
}
