//! The rules of a stock.

mod expiry;
mod low;
mod properties;
mod reservations;
mod short;
mod warehouses;

pub(crate) use self::properties::events;
use super::{
    Allocation, Bucket, ReleaseReason, ReservationRefusal, Stock, StockCommand, StockError, StockEvent,
};
use crate::{
    Refusal, RefusalKind,
    testing::{
        given,
        value::{day, noon, order_id, quarter_past, text, units},
        when,
    },
    value::{Lot, WarehouseCode},
};

/// Where units are: a warehouse, and a lot if it has a number, written as `north` or `north/L1`.
fn place(place: &str) -> (WarehouseCode, Option<Lot>) {
    match place.split_once('/') {
        Some((warehouse, lot)) => (text(warehouse), Some(text(lot))),
        None => (text(place), None),
    }
}

fn receive(to: &str, count: i64, last_day: Option<&str>) -> StockCommand {
    let (warehouse, lot) = place(to);
    StockCommand::Receive {
        warehouse,
        quantity: units(count),
        lot,
        expires_on: last_day.map(day),
    }
}

fn received_until(to: &str, count: i64, last_day: Option<&str>) -> StockEvent {
    let (warehouse, lot) = place(to);
    StockEvent::Received {
        warehouse,
        quantity: units(count),
        lot,
        expires_on: last_day.map(day),
    }
}

fn received(to: &str, count: i64) -> StockEvent {
    received_until(to, count, None)
}

fn adjust(at: &str, difference: i64) -> StockCommand {
    let (warehouse, lot) = place(at);
    StockCommand::Adjust {
        warehouse,
        difference,
        lot,
        reason: text("counted"),
    }
}

fn adjusted(at: &str, difference: i64) -> StockEvent {
    let (warehouse, lot) = place(at);
    StockEvent::Adjusted {
        warehouse,
        difference,
        lot,
        expires_on: None,
        reason: text("counted"),
    }
}

fn reserve(order: u128, count: i64) -> StockCommand {
    StockCommand::Reserve {
        order_id: order_id(order),
        quantity: units(count),
        at: noon(),
        expires_at: quarter_past(),
        provisional: false,
    }
}

fn allocations<const N: usize>(from: [(&str, i64); N]) -> Vec<Allocation> {
    let allocation = |(at, count)| {
        let (warehouse, lot) = place(at);
        Allocation {
            warehouse,
            lot,
            quantity: units(count),
        }
    };
    from.map(allocation).into()
}

fn reserved<const N: usize>(order: u128, from: [(&str, i64); N]) -> StockEvent {
    StockEvent::Reserved {
        order_id: order_id(order),
        quantity: units(from.iter().map(|(_, count)| count).sum()),
        allocations: allocations(from),
        expires_at: quarter_past(),
        provisional: false,
    }
}

fn refused(order: u128, count: i64, available: u64) -> StockEvent {
    contended(order, count, available, 0)
}

/// Refused for units that new orders have.
fn contended(order: u128, count: i64, available: u64, undecided: u64) -> StockEvent {
    StockEvent::ReservationRefused {
        order_id: order_id(order),
        quantity: units(count),
        available,
        undecided,
        reason: ReservationRefusal::OutOfStock,
    }
}

fn release(order: u128) -> StockCommand {
    StockCommand::Release {
        order_id: order_id(order),
        reason: ReleaseReason::OrderCancelled,
    }
}

fn released<const N: usize>(order: u128, from: [(&str, i64); N]) -> StockEvent {
    StockEvent::Released {
        order_id: order_id(order),
        quantity: units(from.iter().map(|(_, count)| count).sum()),
        allocations: allocations(from),
        reason: ReleaseReason::OrderCancelled,
    }
}

fn commit(order: u128) -> StockCommand {
    StockCommand::Commit {
        order_id: order_id(order),
    }
}

fn committed<const N: usize>(order: u128, from: [(&str, i64); N]) -> StockEvent {
    StockEvent::Committed {
        order_id: order_id(order),
        quantity: units(from.iter().map(|(_, count)| count).sum()),
        allocations: allocations(from),
    }
}

#[test]
fn a_refusal_tells_programs_what_it_is_about() {
    let about = |error: StockError| (error.code(), error.kind(), error.field());
    assert_eq!(
        about(StockError::Difference),
        ("difference", RefusalKind::Rule, Some("difference"))
    );
    assert_eq!(
        about(StockError::OtherExpiry),
        ("other_expiry", RefusalKind::Rule, Some("expires_on"))
    );
    for refused in [
        StockError::CountTooLarge,
        StockError::BelowZero {
            warehouse: text("north"),
            on_hand: 0,
            reserved: 0,
        },
    ] {
        assert_eq!(about(refused).2, Some("difference"));
    }
    assert_eq!(
        about(StockError::LotsDiffer),
        ("other_expiry", RefusalKind::Rule, Some("lot"))
    );
    assert_eq!(
        about(StockError::SameWarehouse),
        ("same_warehouse", RefusalKind::Rule, Some("to"))
    );
    assert_eq!(
        about(StockError::NoSuchReservation(order_id(1))),
        ("no_such_reservation", RefusalKind::Rule, None)
    );
}
