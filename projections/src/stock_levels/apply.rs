//! Events into differences, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Event,
    stock::{Allocation, StockEvent},
    value::{Lot, WarehouseCode},
};

use super::low::SkuChange;
use crate::recorded::Recorded;

/// By how much a batch of events changes each bucket, in their order.
#[derive(Debug, Default)]
pub struct StockLevelsBatch {
    pub(super) buckets: BTreeMap<Key, Bucket>,
    /// The days that were set for all units of a lot, by SKU and lot, for the buckets of earlier batches.
    pub(super) corrected: BTreeMap<(String, String), Option<NaiveDate>>,
    /// What happened to each SKU, in the order in which it did.
    pub(super) skus: BTreeMap<String, Vec<SkuChange>>,
}

/// SKU, warehouse and lot.
pub(super) type Key = (String, String, String);

/// What happened to the units of a lot in a warehouse.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// The day that the last event to state one stated; the day before the batch counts if none did.
    pub(super) expires_on: Option<Option<NaiveDate>>,
    pub(super) changes: Vec<Change>,
}

/// By how much an event changed a bucket.
#[derive(Debug)]
pub(super) struct Change {
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
        let sku = recorded.envelope.aggregate_id.clone();
        self.skus
            .entry(sku)
            .or_default()
            .push(SkuChange::of(event, recorded));
        match event {
            StockEvent::Received {
                warehouse,
                quantity,
                lot,
                expires_on,
            }
            | StockEvent::Returned {
                warehouse,
                quantity,
                lot,
                expires_on,
                ..
            } => {
                let units = (i64::from(*quantity), 0);
                self.change(recorded, warehouse, lot.as_ref(), Some(*expires_on), units);
            }
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                expires_on,
                ..
            } => {
                // A count states no day where the place has one.
                let stated = expires_on.map(Some);
                self.change(recorded, warehouse, lot.as_ref(), stated, (*difference, 0));
            }
            StockEvent::ExpiryCorrected { lot, expires_on } => {
                self.correct_expiry(&recorded.envelope.aggregate_id, lot, *expires_on);
            }
            StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                expires_on,
            } => {
                let units = i64::from(*quantity);
                self.change(recorded, from, lot.as_ref(), Some(*expires_on), (-units, 0));
                self.change(recorded, to, lot.as_ref(), Some(*expires_on), (units, 0));
            }
            StockEvent::Reserved { allocations, .. } => self.each(recorded, allocations, (0, 1)),
            StockEvent::Released { allocations, .. } => self.each(recorded, allocations, (0, -1)),
            StockEvent::Committed { allocations, .. } => self.each(recorded, allocations, (-1, -1)),
            StockEvent::ReservationRefused { .. }
            | StockEvent::Extended { .. }
            | StockEvent::WrittenOff { .. }
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. }
            | StockEvent::ThresholdSet { .. }
            | StockEvent::RanLow { .. } => {}
        }
    }

    /// Changes the buckets of an order's units, each unit by so much on hand and reserved.
    fn each(&mut self, recorded: &Recorded, allocations: &[Allocation], (on_hand, reserved): (i64, i64)) {
        for allocation in allocations {
            let units = i64::from(allocation.quantity);
            let change = (on_hand * units, reserved * units);
            self.change(
                recorded,
                &allocation.warehouse,
                allocation.lot.as_ref(),
                None,
                change,
            );
        }
    }

    /// Sets the day of all units of a lot. A bucket that comes back later in the batch states its own.
    fn correct_expiry(&mut self, sku: &str, lot: &Lot, expires_on: Option<NaiveDate>) {
        let (sku, lot) = (sku.to_owned(), lot.to_string());
        let first = (sku.clone(), String::new(), String::new());
        for ((found, _, found_lot), bucket) in self.buckets.range_mut(first..) {
            if *found != sku {
                break;
            }
            if *found_lot == lot {
                bucket.expires_on = Some(expires_on);
            }
        }
        self.corrected.insert((sku, lot), expires_on);
    }

    fn change(
        &mut self,
        recorded: &Recorded,
        warehouse: &WarehouseCode,
        lot: Option<&Lot>,
        stated: Option<Option<NaiveDate>>,
        (on_hand, reserved): (i64, i64),
    ) {
        let key = (
            recorded.envelope.aggregate_id.clone(),
            warehouse.to_string(),
            lot.map(ToString::to_string).unwrap_or_default(),
        );
        let bucket = self.buckets.entry(key).or_default();
        bucket.expires_on = stated.or(bucket.expires_on);
        let (at, position) = (recorded.envelope.recorded_at, recorded.envelope.position);
        match bucket.changes.last_mut() {
            // Two legs of one event in one bucket are one change.
            Some(last) if last.position == position => {
                last.on_hand = last.on_hand.saturating_add(on_hand);
                last.reserved = last.reserved.saturating_add(reserved);
            }
            _ => bucket.changes.push(Change {
                on_hand,
                reserved,
                at,
                position,
            }),
        }
    }
}
