//! The state of the stock of a SKU, and how events change it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Allocation, MAX_EMPTY_LOTS, StockEvent};
use crate::{
    aggregate::aggregate,
    value::{Lot, OrderId, Quantity, WarehouseCode, is_default},
};

/// The units of one SKU. A SKU that nothing was ever received of has no buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// The units by warehouse and lot.
    pub buckets: Vec<Bucket>,
    /// What is set aside for each order.
    pub reservations: BTreeMap<OrderId, Reservation>,
    /// From how many free units down the stock is low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_stock_threshold: Option<u64>,
}

/// Units of one lot in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Where they are.
    pub warehouse: WarehouseCode,
    /// Their batch, if it has a number.
    pub lot: Option<Lot>,
    /// The last day on which they may be sold.
    pub expires_on: Option<NaiveDate>,
    /// All units that are there.
    pub on_hand: u64,
    /// Those of them that belong to an order already.
    pub reserved: u64,
}

/// Units that are set aside for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// How many.
    pub quantity: Quantity,
    /// Which.
    pub allocations: Vec<Allocation>,
    /// Until when they are kept.
    pub expires_at: DateTime<Utc>,
    /// Whether the order needed other units as well when it reserved them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub provisional: bool,
}

aggregate!(Stock, "stock", super::StockCommand, StockEvent, super::StockError);

impl Bucket {
    /// Units that nobody has reserved.
    pub const fn free(&self) -> u64 {
        self.on_hand.saturating_sub(self.reserved)
    }

    /// Reserved units that a count did not find.
    pub const fn missing(&self) -> u64 {
        self.reserved.saturating_sub(self.on_hand)
    }

    /// Whether the units may be sold on a day.
    pub fn is_fresh(&self, today: NaiveDate) -> bool {
        self.expires_on.is_none_or(|last_day| today <= last_day)
    }
}

impl Reservation {
    /// The units of the reservation that lie in a place.
    pub(super) fn units_in(&self, bucket: &Bucket) -> u64 {
        let parts = self.allocations.iter();
        let parts = parts.filter(|part| bucket.is(&part.warehouse, part.lot.as_ref()));
        parts.map(|part| u64::from(part.quantity.units())).sum()
    }
}

impl Stock {
    /// The version of the shape that this state has in a snapshot; see `schema/states/`.
    pub const STATE_VERSION: i32 = 2;

    /// The units of a lot in a warehouse.
    pub fn find_bucket(&self, warehouse: &WarehouseCode, lot: Option<&Lot>) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.is(warehouse, lot))
    }

    /// Folds one event into the state.
    ///
    /// Sums saturate: what `decide` wrote never leaves 64 bits, and a log that somebody tampered with
    /// must still fold, so that the auditor can be told about it.
    pub(crate) fn evolve(&mut self, event: StockEvent) {
        match event {
            StockEvent::Received {
                warehouse,
                quantity,
                lot,
                expires_on,
            } => {
                self.add(warehouse, lot, expires_on, quantity.units().into());
            }
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                expires_on,
                ..
            } => {
                if difference < 0 {
                    let missing = difference.unsigned_abs();
                    self.change(&warehouse, lot.as_ref(), |bucket| bucket.take(missing));
                } else {
                    self.add(warehouse, lot, expires_on, difference.unsigned_abs());
                }
            }
            StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                expires_on,
            } => {
                let units = u64::from(quantity.units());
                self.change(&from, lot.as_ref(), |bucket| bucket.take(units));
                self.add(to, lot, expires_on, units);
            }
            StockEvent::Reserved {
                order_id,
                quantity,
                allocations,
                expires_at,
                provisional,
            } => {
                self.change_each(&allocations, |bucket, units| {
                    bucket.reserved = bucket.reserved.saturating_add(units);
                });
                self.reservations.insert(
                    order_id,
                    Reservation {
                        quantity,
                        allocations,
                        expires_at,
                        provisional,
                    },
                );
            }
            StockEvent::ReservationRefused { .. } => {}
            StockEvent::Released {
                order_id,
                allocations,
                ..
            } => {
                self.change_each(&allocations, Bucket::give_back);
                self.reservations.remove(&order_id);
            }
            StockEvent::Committed {
                order_id,
                allocations,
                ..
            } => {
                self.change_each(&allocations, |bucket, units| {
                    bucket.give_back(units);
                    bucket.take(units);
                });
                self.reservations.remove(&order_id);
            }
            StockEvent::Extended { order_id, expires_at } => {
                if let Some(reservation) = self.reservations.get_mut(&order_id) {
                    reservation.expires_at = expires_at;
                }
            }
            StockEvent::Returned {
                warehouse,
                quantity,
                lot,
                expires_on,
                ..
            } => self.add(warehouse, lot, expires_on, quantity.units().into()),
            StockEvent::ExpiryCorrected { lot, expires_on } => {
                for bucket in self
                    .buckets
                    .iter_mut()
                    .filter(|bucket| bucket.lot.as_ref() == Some(&lot))
                {
                    bucket.expires_on = expires_on;
                }
            }
            StockEvent::ThresholdSet { threshold } => self.low_stock_threshold = threshold,
            StockEvent::WrittenOff { .. }
            | StockEvent::RanLow { .. }
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. } => {}
        }
        self.forget_old_lots();
    }

    /// Forgets the places of lots that ran out, but for the newest of them: they are kept because a lot that comes
    /// back keeps its day of expiry.
    fn forget_old_lots(&mut self) {
        let ran_out = |bucket: &Bucket| bucket.lot.is_some() && bucket.on_hand == 0 && bucket.reserved == 0;
        let count = self.buckets.iter().filter(|bucket| ran_out(bucket)).count();
        let mut surplus = count.saturating_sub(MAX_EMPTY_LOTS);
        if surplus == 0 {
            return;
        }
        self.buckets.retain(|bucket| {
            let forgets = surplus > 0 && ran_out(bucket);
            surplus -= usize::from(forgets);
            !forgets
        });
    }

    /// The units that belong to nobody yet, those of expired lots included.
    pub fn free(&self) -> u64 {
        self.buckets.iter().map(Bucket::free).fold(0, u64::saturating_add)
    }

    fn add(&mut self, warehouse: WarehouseCode, lot: Option<Lot>, expires_on: Option<NaiveDate>, units: u64) {
        if let Some(bucket) = self
            .buckets
            .iter_mut()
            .find(|bucket| bucket.is(&warehouse, lot.as_ref()))
        {
            bucket.on_hand = bucket.on_hand.saturating_add(units);
            return;
        }
        self.buckets.push(Bucket {
            warehouse,
            lot,
            expires_on,
            on_hand: units,
            reserved: 0,
        });
    }

    fn change(&mut self, warehouse: &WarehouseCode, lot: Option<&Lot>, change: impl FnOnce(&mut Bucket)) {
        if let Some(bucket) = self.buckets.iter_mut().find(|bucket| bucket.is(warehouse, lot)) {
            change(bucket);
        }
    }

    fn change_each(&mut self, allocations: &[Allocation], change: impl Fn(&mut Bucket, u64)) {
        for Allocation {
            warehouse,
            lot,
            quantity,
        } in allocations
        {
            self.change(warehouse, lot.as_ref(), |bucket| {
                change(bucket, quantity.units().into());
            });
        }
    }
}

impl Bucket {
    const fn take(&mut self, units: u64) {
        self.on_hand = self.on_hand.saturating_sub(units);
    }

    const fn give_back(&mut self, units: u64) {
        self.reserved = self.reserved.saturating_sub(units);
    }

    pub(super) fn is(&self, warehouse: &WarehouseCode, lot: Option<&Lot>) -> bool {
        self.warehouse == *warehouse && self.lot.as_ref() == lot
    }
}
