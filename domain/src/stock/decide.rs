//! Command in, events or a refusal out.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Bucket, MAX_SHORT_ORDERS, ReleaseReason, Reservation, ReservationRefusal, Stock, StockCommand,
    StockError, StockEvent,
};
use crate::{
    Decide,
    value::{Lot, OrderId, Quantity, Reason, WarehouseCode},
};

/// The most units of a SKU in one bucket: far beyond any warehouse, far below the end of 64 bits.
const MAX_UNITS: u64 = 1_000_000_000_000;

type Decision = Result<Vec<StockEvent>, StockError>;

impl Decide for Stock {
    fn decide(&self, command: StockCommand) -> Decision {
        let mut events = self.decide_one(command)?;
        let low = self.ran_low(&events);
        events.extend(self.eased(&events));
        events.extend(low);
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
            } => self.adjust(warehouse, difference, lot, reason),
            StockCommand::CorrectExpiry { lot, expires_on } => self.correct_expiry(lot, expires_on),
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
                provisional,
            } => {
                let reserved = self.reserve(order_id, quantity, at, expires_at, provisional);
                Ok(reserved.into_iter().collect())
            }
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
        let change: i64 = events.iter().map(|event| self.freed_by(event)).sum();
        let free = self.free().saturating_add_signed(change);
        let was_low = before.is_some_and(|before| before <= threshold);
        (free <= threshold && !was_low && !events.is_empty())
            .then_some(StockEvent::RanLow { free, threshold })
    }

    /// Says where fewer reserved units are missing after the events than before.
    fn eased(&self, events: &[StockEvent]) -> Vec<StockEvent> {
        // Shortages are rare, and only they are worth a look at the state that follows.
        if events.is_empty() || self.buckets.iter().all(|bucket| bucket.missing() == 0) {
            return Vec::new();
        }
        let mut after = self.clone();
        for event in events {
            after.evolve(event.clone());
        }
        let short = self.buckets.iter().filter(|bucket| bucket.missing() > 0);
        let eased = short.filter_map(|before| {
            let missing = after
                .find_bucket(&before.warehouse, before.lot.as_ref())
                .map_or(0, Bucket::missing);
            let fewer = before.missing().saturating_sub(missing);
            (fewer > 0).then(|| StockEvent::ShortageEased {
                warehouse: before.warehouse.clone(),
                lot: before.lot.clone(),
                missing,
                fewer,
            })
        });
        eased.collect()
    }

    /// Any place where units of a lot lie or lay.
    fn find_lot(&self, lot: Option<&Lot>) -> Option<&Bucket> {
        self.places_of(lot?).next()
    }

    fn places_of(&self, lot: &Lot) -> impl Iterator<Item = &Bucket> {
        self.buckets
            .iter()
            .filter(move |bucket| bucket.lot.as_ref() == Some(lot))
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
        // A batch expires on the same day wherever it lies; goods without a number, within a warehouse.
        let elsewhere = lot.as_ref().into_iter().flat_map(|lot| self.places_of(lot));
        if bucket
            .into_iter()
            .chain(elsewhere)
            .any(|place| place.expires_on != expires_on)
        {
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

    /// A count is taken as it is, down to nothing: what orders had reserved of it is then missing.
    fn adjust(
        &self,
        warehouse: WarehouseCode,
        difference: i64,
        lot: Option<Lot>,
        reason: Reason,
    ) -> Decision {
        let units = difference.unsigned_abs();
        if units == 0 || units > u64::from(Quantity::MAX) {
            return Err(StockError::Difference);
        }
        let bucket = self.find_bucket(&warehouse, lot.as_ref());
        if difference > 0 {
            has_room(bucket, units).map_err(|_| StockError::CountTooLarge)?;
        } else if bucket.is_none_or(|bucket| bucket.on_hand < units) {
            return Err(StockError::below_zero(warehouse, bucket));
        }
        let expires_on = match bucket {
            // The place knows it already.
            Some(_) => None,
            None => self.find_lot(lot.as_ref()).and_then(|place| place.expires_on),
        };
        let short = bucket.and_then(|bucket| self.falls_short(bucket, difference));
        let mut events = vec![StockEvent::Adjusted {
            warehouse,
            difference,
            lot,
            expires_on,
            reason,
        }];
        events.extend(short);
        Ok(events)
    }

    /// The reserved units that a count leaves without goods, and the newest orders that have them.
    fn falls_short(&self, bucket: &Bucket, difference: i64) -> Option<StockEvent> {
        let on_hand = bucket.on_hand.saturating_add_signed(difference);
        let missing = bucket.reserved.saturating_sub(on_hand);
        if missing == 0 || difference >= 0 {
            return None;
        }
        let (mut found, mut orders) = (0, Vec::new());
        for (order_id, reservation) in self.reservations.iter().rev() {
            if found >= missing || orders.len() >= MAX_SHORT_ORDERS {
                break;
            }
            let units = reservation.units_in(bucket);
            if units > 0 {
                found = units.saturating_add(found);
                orders.push(*order_id);
            }
        }
        Some(StockEvent::FellShort {
            warehouse: bucket.warehouse.clone(),
            lot: bucket.lot.clone(),
            missing,
            more: missing.saturating_sub(bucket.missing()),
            orders,
        })
    }

    fn correct_expiry(&self, lot: Lot, expires_on: Option<NaiveDate>) -> Decision {
        if self.find_lot(Some(&lot)).is_none() {
            return Err(StockError::NoSuchLot(lot));
        }
        let differs = self.places_of(&lot).any(|place| place.expires_on != expires_on);
        Ok(differs
            .then_some(StockEvent::ExpiryCorrected { lot, expires_on })
            .into_iter()
            .collect())
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
            return Err(StockError::LotsDiffer);
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
        provisional: bool,
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
                provisional,
            },
            None => StockEvent::ReservationRefused {
                order_id,
                quantity,
                available: self.available(today),
                undecided: self.undecided(expires_at),
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
        self.can_commit(order_id)?;
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

    /// Whether the units that an order has reserved are there to leave the warehouse.
    ///
    /// # Errors
    ///
    /// [`StockError::NoSuchReservation`], and [`StockError::Short`] for the first place where some are missing.
    pub fn can_commit(&self, order_id: OrderId) -> Result<(), StockError> {
        let reservation = self.reservations.get(&order_id);
        let reservation = reservation.ok_or(StockError::NoSuchReservation(order_id))?;
        for part in &reservation.allocations {
            let bucket = self.find_bucket(&part.warehouse, part.lot.as_ref());
            let on_hand = bucket.map_or(0, |bucket| bucket.on_hand);
            let missing = u64::from(part.quantity.units()).saturating_sub(on_hand);
            if missing > 0 {
                let warehouse = part.warehouse.clone();
                return Err(StockError::Short {
                    order_id,
                    warehouse,
                    missing,
                });
            }
        }
        Ok(())
    }

    /// How many units become free by an event; below zero when they cease to be.
    ///
    /// Where reserved units are missing, units that arrive serve those orders first and are not free.
    fn freed_by(&self, event: &StockEvent) -> i64 {
        match event {
            StockEvent::Received {
                warehouse,
                quantity,
                lot,
                ..
            }
            | StockEvent::Returned {
                warehouse,
                quantity,
                lot,
                ..
            } => self.freed_in(warehouse, lot.as_ref(), i64::from(*quantity)),
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                ..
            } => self.freed_in(warehouse, lot.as_ref(), *difference),
            StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                ..
            } => self
                .freed_in(from, lot.as_ref(), -i64::from(*quantity))
                .saturating_add(self.freed_in(to, lot.as_ref(), i64::from(*quantity))),
            StockEvent::Released { allocations, .. } => allocations
                .iter()
                .map(|part| self.freed_in(&part.warehouse, part.lot.as_ref(), i64::from(part.quantity)))
                .fold(0, i64::saturating_add),
            StockEvent::Reserved { quantity, .. } => -i64::from(*quantity),
            StockEvent::ReservationRefused { .. }
            | StockEvent::Committed { .. }
            | StockEvent::Extended { .. }
            | StockEvent::WrittenOff { .. }
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. }
            | StockEvent::ExpiryCorrected { .. }
            | StockEvent::ThresholdSet { .. }
            | StockEvent::RanLow { .. } => 0,
        }
    }

    /// How many units of a place become free when units come to it, or are given back in it.
    fn freed_in(&self, warehouse: &WarehouseCode, lot: Option<&Lot>, change: i64) -> i64 {
        let bucket = self.find_bucket(warehouse, lot);
        let (on_hand, reserved) = bucket.map_or((0, 0), |bucket| (bucket.on_hand, bucket.reserved));
        let free = |on_hand: u64| i64::try_from(on_hand.saturating_sub(reserved)).unwrap_or(i64::MAX);
        free(on_hand.saturating_add_signed(change)).saturating_sub(free(on_hand))
    }
}

fn has_room(bucket: Option<&Bucket>, units: u64) -> Result<(), StockError> {
    let on_hand = bucket.map_or(0, |bucket| bucket.on_hand);
    if on_hand.saturating_add(units) > MAX_UNITS {
        return Err(StockError::TooManyUnits);
    }
    Ok(())
}
