//! What always holds of a stock, whatever it is asked.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::{Allocation, Bucket, ReleaseReason, ReservationRefusal, Stock, StockCommand, StockEvent};
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
        1 => (few(&["L1", "L2"]), option::of(days()))
            .prop_map(|(lot, expires_on)| StockCommand::CorrectExpiry { lot, expires_on }),
        1 => (warehouses(), warehouses(), quantities(), lots())
            .prop_map(|(from, to, quantity, lot)| StockCommand::Transfer { from, to, quantity, lot }),
        3 => (orders(), quantities(), instants(), instants(), any::<bool>()).prop_map(
            |(order_id, quantity, at, expires_at, provisional)| StockCommand::Reserve {
                order_id,
                quantity,
                at,
                expires_at,
                provisional,
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
        (warehouses(), differences(), lots(), option::of(days()), texts()).prop_map(
            |(warehouse, difference, lot, expires_on, reason)| {
                StockEvent::Adjusted {
                    warehouse,
                    difference,
                    lot,
                    expires_on,
                    reason,
                }
            }
        ),
        (
            warehouses(),
            lots(),
            any::<u64>(),
            any::<u64>(),
            vec(orders(), 0..3)
        )
            .prop_map(|(warehouse, lot, missing, more, orders)| StockEvent::FellShort {
                warehouse,
                lot,
                missing,
                more,
                orders,
            }),
        (warehouses(), lots(), any::<u64>(), any::<u64>()).prop_map(|(warehouse, lot, missing, fewer)| {
            StockEvent::ShortageEased {
                warehouse,
                lot,
                missing,
                fewer,
            }
        }),
        (few(&["L1", "L2"]), option::of(days()))
            .prop_map(|(lot, expires_on)| StockEvent::ExpiryCorrected { lot, expires_on }),
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
        (orders(), quantities(), allocations(), instants(), any::<bool>()).prop_map(
            |(order_id, quantity, allocations, expires_at, provisional)| StockEvent::Reserved {
                order_id,
                quantity,
                allocations,
                expires_at,
                provisional,
            }
        ),
        (orders(), quantities(), any::<u64>(), any::<u64>()).prop_map(
            |(order_id, quantity, available, undecided)| StockEvent::ReservationRefused {
                order_id,
                quantity,
                available,
                undecided,
                reason: ReservationRefusal::OutOfStock,
            }
        ),
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
        let place = (bucket.warehouse.clone(), bucket.lot.clone());
        let sum = |sums: &BTreeMap<Place, i64>| sums.get(&place).copied().unwrap_or_default();
        assert_eq!(i64::try_from(bucket.reserved), Ok(sum(&reserved)), "{bucket:?}");
        assert_eq!(i64::try_from(bucket.on_hand), Ok(sum(&moved)), "{bucket:?}");
    }
    never_oversold(history);
    one_day_for_each_lot(stock);
    let known: usize = reserved
        .keys()
        .chain(moved.keys())
        .filter(|(warehouse, lot)| stock.find_bucket(warehouse, lot.as_ref()).is_none())
        .count();
    assert_eq!(known, 0, "every place that the log names has its bucket");
}

/// Units are reserved only where they are on hand and free, and leave only where they are on hand. Only a count
/// can leave less in a place than is reserved there, and says so.
fn never_oversold(history: &[StockEvent]) {
    let mut stock = Stock::default();
    let missing = |stock: &Stock| stock.buckets.iter().map(Bucket::missing).sum::<u64>();
    let mut told = 0_i128;
    for (event, next) in history.iter().zip(history.iter().skip(1).map(Some).chain([None])) {
        let before = missing(&stock);
        if let StockEvent::Committed { allocations, .. } = event {
            for part in allocations {
                let bucket = stock.find_bucket(&part.warehouse, part.lot.as_ref()).unwrap();
                assert!(
                    u64::from(part.quantity.units()) <= bucket.on_hand,
                    "{event:?} {bucket:?}"
                );
            }
        }
        stock.evolve(event.clone());
        if let StockEvent::Reserved { allocations, .. } = event {
            for part in allocations {
                let bucket = stock.find_bucket(&part.warehouse, part.lot.as_ref()).unwrap();
                assert_eq!(bucket.missing(), 0, "{event:?} {bucket:?}");
            }
        }
        if missing(&stock) > before {
            assert!(matches!(event, StockEvent::Adjusted { .. }), "{event:?}");
            assert!(
                matches!(next, Some(StockEvent::FellShort { .. })),
                "{event:?} {next:?}"
            );
        }
        match event {
            StockEvent::FellShort { more, .. } => told += i128::from(*more),
            StockEvent::ShortageEased { fewer, .. } => told -= i128::from(*fewer),
            _ => {}
        }
    }
    assert_eq!(
        told,
        i128::from(missing(&stock)),
        "the events tell every shortage and its end: {history:?}"
    );
}

fn one_day_for_each_lot(stock: &Stock) {
    let mut days = BTreeMap::new();
    for bucket in stock.buckets.iter().filter(|bucket| bucket.lot.is_some()) {
        let day = days.entry(bucket.lot.clone()).or_insert(bucket.expires_on);
        assert_eq!(*day, bucket.expires_on, "{stock:?}");
    }
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
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. }
            | StockEvent::ExpiryCorrected { .. }
            | StockEvent::ThresholdSet { .. }
            | StockEvent::RanLow { .. } => {}
        }
    }
    sums
}
