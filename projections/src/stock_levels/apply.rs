//! Events into differences, in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Event,
    stock::{Allocation, StockEvent},
    value::{Lot, WarehouseCode},
};

use crate::recorded::Recorded;

/// By how much a batch of events changes each bucket.
#[derive(Debug, Default)]
pub struct StockLevelsBatch {
    pub(super) buckets: BTreeMap<Key, BucketRow>,
}

/// SKU, warehouse and lot.
type Key = (String, String, String);

/// By how much the units of a lot in a warehouse changed.
#[derive(Debug)]
pub(super) struct BucketRow {
    pub(super) sku: String,
    pub(super) warehouse: String,
    pub(super) lot: String,
    /// That of the event which made the bucket; later ones say the same.
    pub(super) expires_on: Option<NaiveDate>,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

impl StockLevelsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let Event::Stock(event) = &recorded.event else {
            return;
        };
        match event {
            StockEvent::Received {
                warehouse,
                quantity,
                lot,
                expires_on,
            } => {
                let bucket = self.bucket(recorded, warehouse, lot.as_ref(), *expires_on);
                bucket.on_hand += i64::from(*quantity);
            }
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                ..
            } => {
                let bucket = self.bucket(recorded, warehouse, lot.as_ref(), None);
                bucket.on_hand = bucket.on_hand.saturating_add(*difference);
            }
            StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                expires_on,
            } => {
                let units = i64::from(*quantity);
                self.bucket(recorded, from, lot.as_ref(), *expires_on).on_hand -= units;
                self.bucket(recorded, to, lot.as_ref(), *expires_on).on_hand += units;
            }
            StockEvent::Reserved { allocations, .. } => {
                self.each(recorded, allocations, |bucket, units| bucket.reserved += units);
            }
            StockEvent::Released { allocations, .. } => {
                self.each(recorded, allocations, |bucket, units| bucket.reserved -= units);
            }
            StockEvent::Committed { allocations, .. } => {
                self.each(recorded, allocations, |bucket, units| {
                    bucket.reserved -= units;
                    bucket.on_hand -= units;
                });
            }
            StockEvent::ReservationRefused { .. } => {}
        }
    }

    fn each(
        &mut self,
        recorded: &Recorded,
        allocations: &[Allocation],
        change: impl Fn(&mut BucketRow, i64),
    ) {
        for Allocation {
            warehouse,
            lot,
            quantity,
        } in allocations
        {
            change(
                self.bucket(recorded, warehouse, lot.as_ref(), None),
                (*quantity).into(),
            );
        }
    }

    fn bucket(
        &mut self,
        recorded: &Recorded,
        warehouse: &WarehouseCode,
        lot: Option<&Lot>,
        expires_on: Option<NaiveDate>,
    ) -> &mut BucketRow {
        let sku = recorded.envelope.aggregate_id.clone();
        let (warehouse, lot) = (
            warehouse.to_string(),
            lot.map(ToString::to_string).unwrap_or_default(),
        );
        let key = (sku.clone(), warehouse.clone(), lot.clone());
        let (at, position) = (recorded.envelope.recorded_at, recorded.envelope.position);
        let bucket = self.buckets.entry(key).or_insert_with(|| BucketRow {
            sku,
            warehouse,
            lot,
            expires_on,
            on_hand: 0,
            reserved: 0,
            at,
            position,
        });
        (bucket.at, bucket.position) = (at, position);
        bucket
    }
}
