//! Command in, events or a refusal out.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Bucket, ReleaseReason, Reservation, ReservationRefusal, Stock, StockCommand, StockError, StockEvent,
};
use crate::{
    Decide,
    value::{Lot, OrderId, Quantity, WarehouseCode},
};

/// The most units of a SKU in one bucket: far beyond any warehouse, far below the end of 64 bits.
const MAX_UNITS: u64 = 1_000_000_000_000;

type Decision = Result<Vec<StockEvent>, StockError>;

impl Decide for Stock {
    fn decide(&self, command: StockCommand) -> Decision {
        let mut events = self.decide_one(command)?;
        events.extend(self.ran_low(&events));
        Ok(events)
    }
}

impl Stock {
    fn decide_one(&self, command: StockCommand) -> Decision {
        match command {
            StockCommand::Receive {
                warehouse,
                quantity,
                lot,
                expires_on,
            } => self.receive(warehouse, quantity, lot, expires_on),
            StockCommand::Adjust {
                warehouse,
                difference,
                lot,
                reason,
            } => {
                self.can_adjust(&warehouse, difference, lot.as_ref())?;
                Ok(vec![StockEvent::Adjusted {
                    warehouse,
                    difference,
                    lot,
                    reason,
                }])
            }
            StockCommand::Transfer {
                from,
                to,
                quantity,
                lot,
            } => self.transfer(from, to, quantity, lot),
            StockCommand::Reserve {
                order_id,
                quantity,
                at,
                expires_at,
            } => Ok(self
                .reserve(order_id, quantity, at, expires_at)
                .into_iter()
                .collect()),
            StockCommand::Release { order_id, reason } => Ok(self.release(order_id, reason)),
            StockCommand::Extend { order_id, expires_at } => Ok(self.extend(order_id, expires_at)),
            StockCommand::Expire { order_id, at } => Ok(self.expire(order_id, at)),
            StockCommand::Commit { order_id } => self.commit(order_id),
            StockCommand::Restock {
                order_id,
                return_id,
                warehouse,
                quantity,
                lot,
            } => {
                let bucket = self.find_bucket(&warehouse, lot.as_ref());
                has_room(bucket, quantity.units().into())?;
                let expires_on = bucket.or_else(|| self.find_lot(lot.as_ref()));
                let expires_on = expires_on.and_then(|bucket| bucket.expires_on);
                Ok(vec![StockEvent::Returned {
                    order_id,
                    return_id,
                    warehouse,
                    quantity,
                    lot,
                    expires_on,
                }])
            }
            StockCommand::WriteOff {
                order_id,
                return_id,
                quantity,
            } => Ok(vec![StockEvent::WrittenOff {
                order_id,
                return_id,
                quantity,
            }]),
            StockCommand::SetLowStockThreshold { threshold } => {
                let changes = threshold != self.low_stock_threshold;
                Ok(changes
                    .then_some(StockEvent::ThresholdSet { threshold })
                    .into_iter()
                    .collect())
            }
        }
    }

    /// Says so when the events let the free units fall to the threshold.
    fn ran_low(&self, events: &[StockEvent]) -> Option<StockEvent> {
        let (before, threshold) = match events {
            [StockEvent::ThresholdSet { threshold }] => (None, (*threshold)?),
            _ => (Some(self.free()), self.low_stock_threshold?),
        };
        let change: i64 = events.iter().map(freed_by).sum();
        let free = self.free().saturating_add_signed(change);
        let was_low = before.is_some_and(|before| before <= threshold);
        (free <= threshold && !was_low && !events.is_empty())
            .then_some(StockEvent::RanLow { free, threshold })
    }

    /// A batch expires on the same day wherever it lies.
    fn find_lot(&self, lot: Option<&Lot>) -> Option<&Bucket> {
        let lot = lot?;
        self.buckets
            .iter()
            .find(|bucket| bucket.lot.as_ref() == Some(lot))
    }

    fn extend(&self, order_id: OrderId, expires_at: DateTime<Utc>) -> Vec<StockEvent> {
        let reservation = self.reservations.get(&order_id);
        reservation
            .filter(|reservation| reservation.expires_at < expires_at)
            .map(|_| StockEvent::Extended { order_id, expires_at })
            .into_iter()
            .collect()
    }

    /// A reservation that was extended in the meantime is kept.
    fn expire(&self, order_id: OrderId, at: DateTime<Utc>) -> Vec<StockEvent> {
        let reservation = self.reservations.get(&order_id);
        if reservation.is_none_or(|reservation| reservation.expires_at > at) {
            return Vec::new();
        }
        self.release(order_id, ReleaseReason::ReservationExpired)
    }

    fn receive(
        &self,
        warehouse: WarehouseCode,
        quantity: Quantity,
        lot: Option<Lot>,
        expires_on: Option<NaiveDate>,
    ) -> Decision {
        let bucket = self.find_bucket(&warehouse, lot.as_ref());
        if bucket.is_some_and(|bucket| bucket.expires_on != expires_on) {
            return Err(StockError::OtherExpiry);
        }
        has_room(bucket, quantity.units().into())?;
        Ok(vec![StockEvent::Received {
            warehouse,
            quantity,
            lot,
            expires_on,
        }])
    }

    fn can_adjust(
        &self,
        warehouse: &WarehouseCode,
        difference: i64,
        lot: Option<&Lot>,
    ) -> Result<(), StockError> {
        let units = difference.unsigned_abs();
        if units == 0 || units > u64::from(Quantity::MAX) {
            return Err(StockError::Difference);
        }
        let bucket = self.find_bucket(warehouse, lot);
        if difference > 0 {
            return has_room(bucket, units);
        }
        // What an order has reserved must still be there for it.
        if bucket.is_some_and(|bucket| bucket.free() >= units) {
            return Ok(());
        }
        Err(StockError::not_enough(warehouse.clone(), bucket))
    }

    fn transfer(
        &self,
        from: WarehouseCode,
        to: WarehouseCode,
        quantity: Quantity,
        lot: Option<Lot>,
    ) -> Decision {
        if from == to {
            return Err(StockError::SameWarehouse);
        }
        let units = u64::from(quantity.units());
        let source = self.find_bucket(&from, lot.as_ref());
        let Some(expires_on) = source
            .filter(|bucket| bucket.free() >= units)
            .map(|bucket| bucket.expires_on)
        else {
            return Err(StockError::not_enough(from, source));
        };
        let target = self.find_bucket(&to, lot.as_ref());
        if target.is_some_and(|bucket| bucket.expires_on != expires_on) {
            return Err(StockError::OtherExpiry);
        }
        has_room(target, units)?;
        Ok(vec![StockEvent::Transferred {
            from,
            to,
            quantity,
            lot,
            expires_on,
        }])
    }

    /// Sets units aside, or states as a fact that it was not possible.
    fn reserve(
        &self,
        order_id: OrderId,
        quantity: Quantity,
        at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Option<StockEvent> {
        if self.reservations.contains_key(&order_id) {
            return None;
        }
        let today = at.date_naive();
        Some(match self.allocate(quantity, today) {
            Some(allocations) => StockEvent::Reserved {
                order_id,
                quantity,
                allocations,
                expires_at,
            },
            None => StockEvent::ReservationRefused {
                order_id,
                quantity,
                available: self.available(today),
                reason: ReservationRefusal::OutOfStock,
            },
        })
    }

    /// A reservation that is gone already needs no second release.
    fn release(&self, order_id: OrderId, reason: ReleaseReason) -> Vec<StockEvent> {
        let reservation = self.reservations.get(&order_id).cloned();
        reservation
            .map(
                |Reservation {
                     quantity,
                     allocations,
                     ..
                 }| StockEvent::Released {
                    order_id,
                    quantity,
                    allocations,
                    reason,
                },
            )
            .into_iter()
            .collect()
    }

    fn commit(&self, order_id: OrderId) -> Decision {
        let reservation = self.reservations.get(&order_id).cloned();
        let Reservation {
            quantity,
            allocations,
            ..
        } = reservation.ok_or(StockError::NoSuchReservation(order_id))?;
        Ok(vec![StockEvent::Committed {
            order_id,
            quantity,
            allocations,
        }])
    }
}

/// How many units become free by an event; below zero when they cease to be.
fn freed_by(event: &StockEvent) -> i64 {
    match event {
        StockEvent::Received { quantity, .. }
        | StockEvent::Released { quantity, .. }
        | StockEvent::Returned { quantity, .. } => i64::from(*quantity),
        StockEvent::Adjusted { difference, .. } => *difference,
        StockEvent::Reserved { quantity, .. } => -i64::from(*quantity),
        _ => 0,
    }
}

fn has_room(bucket: Option<&Bucket>, units: u64) -> Result<(), StockError> {
    let on_hand = bucket.map_or(0, |bucket| bucket.on_hand);
    if on_hand.saturating_add(units) > MAX_UNITS {
        return Err(StockError::TooManyUnits);
    }
    Ok(())
}
