//! Which units an order gets.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Allocation, Bucket, Stock};
use crate::value::Quantity;

/// How long after reserving an order counts as undecided: it may still release its units, for lack of others.
const UNDECIDED: TimeDelta = TimeDelta::seconds(10);
/// How many of the newest orders are looked at. Many more may be waiting for their parcels.
const NEWEST: usize = 1_000;

impl Stock {
    /// The units that may be sold on a day and belong to nobody yet.
    pub fn available(&self, today: NaiveDate) -> u64 {
        self.sellable(today)
            .map(Bucket::free)
            .fold(0, u64::saturating_add)
    }

    /// The units that are reserved provisionally for orders placed shortly before another one, whose units would be
    /// kept until `expires_at`. All units are kept for the same time at first, so the newest are kept longest.
    pub(super) fn undecided(&self, expires_at: DateTime<Utc>) -> u64 {
        let Some(newest) = expires_at.checked_sub_signed(UNDECIDED) else {
            return 0;
        };
        // The identifiers of orders begin with the time.
        self.reservations
            .values()
            .rev()
            .take(NEWEST)
            .filter(|reservation| reservation.provisional && reservation.expires_at > newest)
            .map(|reservation| u64::from(reservation.quantity.units()))
            .fold(0, u64::saturating_add)
    }

    /// Chooses the units for an order, or nothing when there are not enough.
    ///
    /// First expired, first out; then the warehouse with the most free units; then by name, so that
    /// the same history always chooses the same units.
    pub(super) fn allocate(&self, wanted: Quantity, today: NaiveDate) -> Option<Vec<Allocation>> {
        let mut buckets: Vec<&Bucket> = self.sellable(today).filter(|bucket| bucket.free() > 0).collect();
        buckets.sort_by_key(|bucket| {
            let expiry = bucket.expires_on.unwrap_or(NaiveDate::MAX);
            (expiry, Reverse(bucket.free()), &bucket.warehouse, &bucket.lot)
        });
        let mut missing = i64::from(wanted);
        let mut allocations = Vec::new();
        for bucket in buckets {
            let taken = missing.min(i64::try_from(bucket.free()).unwrap_or(i64::MAX));
            // Nothing left to take: the conversion refuses zero and ends the loop.
            let Ok(quantity) = Quantity::try_from(taken) else {
                break;
            };
            missing -= taken;
            allocations.push(Allocation {
                warehouse: bucket.warehouse.clone(),
                lot: bucket.lot.clone(),
                quantity,
            });
        }
        (missing == 0).then_some(allocations)
    }

    fn sellable(&self, today: NaiveDate) -> impl Iterator<Item = &Bucket> {
        self.buckets.iter().filter(move |bucket| bucket.is_fresh(today))
    }
}
