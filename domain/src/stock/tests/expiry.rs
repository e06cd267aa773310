//! Reservations that are kept longer, or not, and goods that come back.

use super::{
    ReleaseReason, Stock, StockCommand, StockEvent, given, order_id, received, reserve, reserved, text, units,
};
use crate::testing::value::{at, day, noon, quarter_past, return_id};

const HALF_PAST: &str = "2026-01-15T12:30:00Z";

fn extend(until: &str) -> StockCommand {
    StockCommand::Extend {
        order_id: order_id(1),
        expires_at: at(until),
    }
}

fn extended(until: &str) -> StockEvent {
    StockEvent::Extended {
        order_id: order_id(1),
        expires_at: at(until),
    }
}

fn expire(now: &str) -> StockCommand {
    StockCommand::Expire {
        order_id: order_id(1),
        at: at(now),
    }
}

fn expired(count: i64) -> StockEvent {
    let StockEvent::Reserved {
        order_id,
        quantity,
        allocations,
        ..
    } = reserved(1, [("north", count)])
    else {
        panic!("units are reserved");
    };
    StockEvent::Released {
        order_id,
        quantity,
        allocations,
        reason: ReleaseReason::ReservationExpired,
    }
}

fn with_reservation() -> [StockEvent; 2] {
    [received("north", 5), reserved(1, [("north", 3)])]
}

#[test]
fn a_reservation_is_kept_longer_and_never_shorter() {
    given(with_reservation())
        .when(extend(HALF_PAST))
        .then([extended(HALF_PAST)]);
    given(with_reservation())
        .when(extend("2026-01-15T12:15:00Z"))
        .then_nothing();
    given([received("north", 5)])
        .when(extend(HALF_PAST))
        .then_nothing();
}

#[test]
fn the_units_go_back_when_the_time_has_come() {
    given(with_reservation())
        .when(expire("2026-01-15T12:15:00Z"))
        .then([expired(3)]);
    given(with_reservation())
        .when(expire("2026-01-15T12:14:59Z"))
        .then_nothing();
    given([received("north", 5)])
        .when(expire(HALF_PAST))
        .then_nothing();
}

#[test]
fn a_reservation_that_was_extended_in_time_is_kept() {
    let history = || with_reservation().into_iter().chain([extended(HALF_PAST)]);
    given(history())
        .when(expire("2026-01-15T12:15:00Z"))
        .then_nothing();
    given(history()).when(expire(HALF_PAST)).then([expired(3)]);
}

#[test]
fn expired_units_can_be_reserved_by_somebody_else() {
    let history = with_reservation().into_iter().chain([expired(3)]);
    let stock: Stock = given(history).state();
    assert_eq!(stock.free(), 5);
    assert!(stock.reservations.is_empty());
    given(with_reservation().into_iter().chain([expired(3)]))
        .when(reserve(2, 5))
        .then([reserved(2, [("north", 5)])]);
    assert!(quarter_past() > noon());
}

#[test]
fn what_comes_back_is_on_the_shelf_again() {
    let restock = StockCommand::Restock {
        order_id: order_id(1),
        return_id: return_id(1),
        warehouse: text("south"),
        quantity: units(2),
        lot: None,
    };
    let returned = StockEvent::Returned {
        order_id: order_id(1),
        return_id: return_id(1),
        warehouse: text("south"),
        quantity: units(2),
        lot: None,
        expires_on: None,
    };
    given([received("north", 5)])
        .when(restock)
        .then([returned.clone()]);
    assert_eq!(given([received("north", 5), returned]).state().free(), 7);
}

#[test]
fn a_lot_that_comes_back_keeps_its_day_of_expiry() {
    let received = StockEvent::Received {
        warehouse: text("north"),
        quantity: units(5),
        lot: Some(text("L1")),
        expires_on: Some(day("2026-02-01")),
    };
    let restock = StockCommand::Restock {
        order_id: order_id(1),
        return_id: return_id(1),
        warehouse: text("south"),
        quantity: units(2),
        lot: Some(text("L1")),
    };
    given([received]).when(restock).then([StockEvent::Returned {
        order_id: order_id(1),
        return_id: return_id(1),
        warehouse: text("south"),
        quantity: units(2),
        lot: Some(text("L1")),
        expires_on: Some(day("2026-02-01")),
    }]);
}

#[test]
fn what_is_written_off_changes_no_level() {
    let written_off = StockEvent::WrittenOff {
        order_id: order_id(1),
        return_id: return_id(1),
        quantity: units(2),
    };
    given([received("north", 5)])
        .when(StockCommand::WriteOff {
            order_id: order_id(1),
            return_id: return_id(1),
            quantity: units(2),
        })
        .then([written_off.clone()]);
    assert_eq!(given([received("north", 5), written_off]).state().free(), 5);
}

#[test]
fn a_transfer_takes_free_units_only_so_that_reservations_stay_where_they_are() {
    let transfer = |count| StockCommand::Transfer {
        from: text("north"),
        to: text("south"),
        quantity: units(count),
        lot: None,
    };
    given(with_reservation())
        .when(transfer(3))
        .then_refused(super::StockError::NotEnough {
            warehouse: text("north"),
            free: 2,
        });
    let moved = StockEvent::Transferred {
        from: text("north"),
        to: text("south"),
        quantity: units(2),
        lot: None,
        expires_on: None,
    };
    given(with_reservation()).when(transfer(2)).then([moved.clone()]);
    given(with_reservation().into_iter().chain([moved]))
        .when(super::commit(1))
        .then([super::committed(1, [("north", 3)])]);
}
