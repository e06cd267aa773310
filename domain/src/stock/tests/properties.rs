//! What always holds of a stock, whatever it is asked.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::{Allocation, ReleaseReason, ReservationRefusal, Stock, StockCommand, StockEvent};
use crate::{
    testing::{
        arbitrary::{amounts, days, few, ids, instants, quantities, texts, warehouses},
        laws::aggregate_laws,
    },
    value::{Lot, OrderId, ReturnId, WarehouseCode},
};

aggregate_laws!(Stock, commands(), events(), always);

fn lots() -> impl Strategy<Value = Option<Lot>> {
    option::weighted(0.3, few(&["L1", "L2"]))
}

fn reasons() -> impl Strategy<Value = ReleaseReason> {
    prop::sample::select(vec![
        ReleaseReason::OrderCancelled,
        ReleaseReason::OtherLineOutOfStock,
        ReleaseReason::PaymentFailed,
        ReleaseReason::ReservationExpired,
        ReleaseReason::ShippingRefused,
    ])
}

/// Mostly what a count finds, sometimes what no count could.
fn differences() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -20..=20_i64, 1 => amounts()]
}

fn commands() -> impl Strategy<Value = StockCommand> {
    let orders = || ids(OrderId::new);
    prop_oneof![
        3 => (warehouses(), quantities(), lots(), option::weighted(0.2, days())).prop_map(
            |(warehouse, quantity, lot, expires_on)| StockCommand::Receive {
                warehouse,
                quantity,
                lot,
                expires_on,
            }
        ),
        1 => (warehouses(), differences(), lots(), texts()).prop_map(
            |(warehouse, difference, lot, reason)| StockCommand::Adjust {
                warehouse,
                difference,
                lot,
                reason,
            }
        ),
        1 => (warehouses(), warehouses(), quantities(), lots())
            .prop_map(|(from, to, quantity, lot)| StockCommand::Transfer { from, to, quantity, lot }),
        3 => (orders(), quantities(), instants(), instants()).prop_map(
            |(order_id, quantity, at, expires_at)| StockCommand::Reserve {
                order_id,
                quantity,
                at,
                expires_at,
            }
        ),
        1 => (orders(), reasons()).prop_map(|(order_id, reason)| StockCommand::Release { order_id, reason }),
        1 => orders().prop_map(|order_id| StockCommand::Commit { order_id }),
        1 => (orders(), instants())
            .prop_map(|(order_id, expires_at)| StockCommand::Extend { order_id, expires_at }),
        1 => (orders(), instants()).prop_map(|(order_id, at)| StockCommand::Expire { order_id, at }),
        1 => (orders(), ids(ReturnId::new), warehouses(), quantities(), lots()).prop_map(
            |(order_id, return_id, warehouse, quantity, lot)| StockCommand::Restock {
                order_id,
                return_id,
                warehouse,
                quantity,
                lot,
            }
        ),
        1 => (orders(), ids(ReturnId::new), quantities()).prop_map(|(order_id, return_id, quantity)| {
            StockCommand::WriteOff { order_id, return_id, quantity }
        }),
        1 => option::of(0..30_u64)
            .prop_map(|threshold| StockCommand::SetLowStockThreshold { threshold }),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = StockEvent> {
    let orders = || ids(OrderId::new);
    let allocations = || {
        let allocation =
            (warehouses(), lots(), quantities()).prop_map(|(warehouse, lot, quantity)| Allocation {
                warehouse,
                lot,
                quantity,
            });
        vec(allocation, 0..3)
    };
    prop_oneof![
        (warehouses(), quantities(), lots(), option::of(days())).prop_map(
            |(warehouse, quantity, lot, expires_on)| StockEvent::Received {
                warehouse,
                quantity,
                lot,
                expires_on,
            }
        ),
        (warehouses(), differences(), lots(), texts()).prop_map(|(warehouse, difference, lot, reason)| {
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                reason,
            }
        }),
        (
            warehouses(),
            warehouses(),
            quantities(),
            lots(),
            option::of(days())
        )
            .prop_map(|(from, to, quantity, lot, expires_on)| StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                expires_on,
            }),
        (orders(), quantities(), allocations(), instants()).prop_map(
            |(order_id, quantity, allocations, expires_at)| StockEvent::Reserved {
                order_id,
                quantity,
                allocations,
                expires_at,
            }
        ),
        (orders(), quantities(), any::<u64>()).prop_map(|(order_id, quantity, available)| {
            StockEvent::ReservationRefused {
                order_id,
                quantity,
                available,
                reason: ReservationRefusal::OutOfStock,
            }
        }),
        (orders(), quantities(), allocations(), reasons()).prop_map(
            |(order_id, quantity, allocations, reason)| StockEvent::Released {
                order_id,
                quantity,
                allocations,
                reason,
            }
        ),
        (orders(), instants())
            .prop_map(|(order_id, expires_at)| StockEvent::Extended { order_id, expires_at }),
        (
            orders(),
            ids(ReturnId::new),
            warehouses(),
            quantities(),
            lots(),
            option::of(days())
        )
            .prop_map(|(order_id, return_id, warehouse, quantity, lot, expires_on)| {
                StockEvent::Returned {
                    order_id,
                    return_id,
                    warehouse,
                    quantity,
                    lot,
                    expires_on,
                }
            }),
        (orders(), ids(ReturnId::new), quantities()).prop_map(|(order_id, return_id, quantity)| {
            StockEvent::WrittenOff {
                order_id,
                return_id,
                quantity,
            }
        }),
        option::of(any::<u64>()).prop_map(|threshold| StockEvent::ThresholdSet { threshold }),
        (any::<u64>(), any::<u64>()).prop_map(|(free, threshold)| StockEvent::RanLow { free, threshold }),
        (orders(), quantities(), allocations()).prop_map(|(order_id, quantity, allocations)| {
            StockEvent::Committed {
                order_id,
                quantity,
                allocations,
            }
        }),
    ]
}

type Place = (WarehouseCode, Option<Lot>);

/// Nothing is reserved twice or sold twice, and the movements of the log add up to the units on hand.
fn always(stock: &Stock, history: &[StockEvent]) {
    let mut reserved: BTreeMap<Place, i64> = BTreeMap::new();
    for reservation in stock.reservations.values() {
        let quantity: u32 = reservation
            .allocations
            .iter()
            .map(|part| part.quantity.units())
            .sum();
        assert_eq!(
            quantity,
            reservation.quantity.units(),
            "a reservation is of all units or none"
        );
        for part in &reservation.allocations {
            *reserved
                .entry((part.warehouse.clone(), part.lot.clone()))
                .or_default() += i64::from(part.quantity);
        }
    }
    let moved = movements(history);
    for bucket in &stock.buckets {
        assert!(bucket.reserved <= bucket.on_hand, "{bucket:?}");
        let place = (bucket.warehouse.clone(), bucket.lot.clone());
        let sum = |sums: &BTreeMap<Place, i64>| sums.get(&place).copied().unwrap_or_default();
        assert_eq!(i64::try_from(bucket.reserved), Ok(sum(&reserved)), "{bucket:?}");
        assert_eq!(i64::try_from(bucket.on_hand), Ok(sum(&moved)), "{bucket:?}");
    }
    let known: usize = reserved
        .keys()
        .chain(moved.keys())
        .filter(|(warehouse, lot)| stock.find_bucket(warehouse, lot.as_ref()).is_none())
        .count();
    assert_eq!(known, 0, "every place that the log names has its bucket");
}

/// What came in less what went out, by place.
fn movements(history: &[StockEvent]) -> BTreeMap<Place, i64> {
    let mut sums = BTreeMap::new();
    let mut book = |warehouse: &WarehouseCode, lot: &Option<Lot>, units: i64| {
        *sums.entry((warehouse.clone(), lot.clone())).or_default() += units;
    };
    for event in history {
        match event {
            StockEvent::Received {
                warehouse,
                quantity,
                lot,
                ..
            } => book(warehouse, lot, (*quantity).into()),
            StockEvent::Adjusted {
                warehouse,
                difference,
                lot,
                ..
            } => book(warehouse, lot, *difference),
            StockEvent::Transferred {
                from,
                to,
                quantity,
                lot,
                ..
            } => {
                book(from, lot, -i64::from(*quantity));
                book(to, lot, (*quantity).into());
            }
            StockEvent::Committed { allocations, .. } => {
                for part in allocations {
                    book(&part.warehouse, &part.lot, -i64::from(part.quantity));
                }
            }
            StockEvent::Returned {
                warehouse,
                quantity,
                lot,
                ..
            } => book(warehouse, lot, (*quantity).into()),
            StockEvent::Reserved { .. }
            | StockEvent::ReservationRefused { .. }
            | StockEvent::Released { .. }
            | StockEvent::Extended { .. }
            | StockEvent::WrittenOff { .. }
            | StockEvent::ThresholdSet { .. }
            | StockEvent::RanLow { .. } => {}
        }
    }
    sums
}
