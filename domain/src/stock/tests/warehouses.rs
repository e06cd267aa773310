//! Goods that come in, are counted, and move.

use super::{
    Stock, StockCommand, StockError, StockEvent, adjust, adjusted, given, place, receive, received,
    received_until, reserved, when,
};
use crate::{
    testing::value::{text, units},
    value::Quantity,
};

/// As many units as a bucket can hold.
const FULL: i64 = 1_000_000_000_000;
const SUMMER: Option<&str> = Some("2026-07-31");
const AUTUMN: Option<&str> = Some("2026-10-31");

fn transfer(from: &str, to: &str, count: i64) -> StockCommand {
    let (from, lot) = place(from);
    StockCommand::Transfer {
        from,
        to: text(to),
        quantity: units(count),
        lot,
    }
}

fn transferred(from: &str, to: &str, count: i64, last_day: Option<&str>) -> StockEvent {
    let (from, lot) = place(from);
    StockEvent::Transferred {
        from,
        to: text(to),
        quantity: units(count),
        lot,
        expires_on: last_day.map(super::day),
    }
}

/// The units on hand in each bucket, in the order in which the buckets appeared.
fn levels(stock: &Stock) -> Vec<(&str, u64)> {
    stock
        .buckets
        .iter()
        .map(|bucket| (bucket.warehouse.as_str(), bucket.on_hand))
        .collect()
}

#[test]
fn goods_are_received() {
    when(receive("north", 5, None)).then([received("north", 5)]);
}

#[test]
fn goods_of_the_same_lot_add_up() {
    let stock = given([
        received("north/L1", 5),
        received("north/L1", 7),
        received("south/L1", 2),
        received("north/L2", 1),
    ])
    .state();
    assert_eq!(levels(&stock), [("north", 12), ("south", 2), ("north", 1)]);
}

#[test]
fn a_lot_keeps_its_day_of_expiry() {
    given([received_until("north/L1", 5, SUMMER)])
        .when(receive("north/L1", 5, SUMMER))
        .then([received_until("north/L1", 5, SUMMER)]);
    for other in [AUTUMN, None] {
        given([received_until("north/L1", 5, SUMMER)])
            .when(receive("north/L1", 5, other))
            .then_refused(StockError::OtherExpiry);
    }
}

#[test]
fn a_warehouse_has_room_for_so_many_units_and_no_more() {
    given([adjusted("north", FULL - 5)])
        .when(receive("north", 5, None))
        .then([received("north", 5)]);
    given([adjusted("north", FULL - 5)])
        .when(receive("north", 6, None))
        .then_refused(StockError::TooManyUnits);
    given([adjusted("north", FULL)])
        .when(adjust("north", 1))
        .then_refused(StockError::CountTooLarge);
    given([adjusted("north", FULL), received("south", 1)])
        .when(transfer("south", "north", 1))
        .then_refused(StockError::TooManyUnits);
}

#[test]
fn a_count_may_find_more_units() {
    given([received("north", 5)])
        .when(adjust("north", 3))
        .then([adjusted("north", 3)]);
    let stock = given([received("north", 5), adjusted("north", 3)]).state();
    assert_eq!(levels(&stock), [("north", 8)]);
}

#[test]
fn a_count_may_find_units_where_none_were_known() {
    when(adjust("north", 3)).then([adjusted("north", 3)]);
}

#[test]
fn a_count_of_a_known_lot_keeps_its_day_of_expiry() {
    let stock = given([received_until("north/L1", 5, SUMMER), adjusted("north/L1", 3)]).state();
    assert_eq!(stock.buckets.len(), 1);
    assert_eq!(stock.buckets[0].expires_on, SUMMER.map(super::day));
}

#[test]
fn a_lot_that_ran_out_is_still_known_to_expire() {
    let stock = given([
        received_until("north/L1", 5, SUMMER),
        adjusted("north/L1", -5),
        adjusted("north/L1", 2),
    ])
    .state();
    assert_eq!(stock.buckets[0].expires_on, SUMMER.map(super::day));
}

#[test]
fn a_count_may_find_units_missing() {
    given([received("north", 5)])
        .when(adjust("north", -5))
        .then([adjusted("north", -5)]);
}

#[test]
fn no_more_units_are_missing_than_there_were() {
    let not_enough = |on_hand| StockError::BelowZero {
        warehouse: text("north"),
        on_hand,
        reserved: 0,
    };
    given([received("north", 5)])
        .when(adjust("north", -6))
        .then_refused(not_enough(5));
    when(adjust("north", -1)).then_refused(not_enough(0));
    given([received("north/L1", 5)])
        .when(adjust("north/L2", -1))
        .then_refused(not_enough(0));
}

#[test]
fn a_difference_is_not_zero_and_bounded() {
    let most = i64::from(Quantity::MAX);
    for difference in [0, most + 1, -most - 1, i64::MAX, i64::MIN] {
        given([received("north", 5)])
            .when(adjust("north", difference))
            .then_refused(StockError::Difference);
    }
    when(adjust("north", most)).then([adjusted("north", most)]);
}

#[test]
fn a_transfer_is_two_legs_of_one_event() {
    given([received("north", 5)])
        .when(transfer("north", "south", 2))
        .then([transferred("north", "south", 2, None)]);
    let stock = given([received("north", 5), transferred("north", "south", 2, None)]).state();
    assert_eq!(levels(&stock), [("north", 3), ("south", 2)]);
}

#[test]
fn a_lot_takes_its_day_of_expiry_along() {
    given([received_until("north/L1", 5, SUMMER)])
        .when(transfer("north/L1", "south", 5))
        .then([transferred("north/L1", "south", 5, SUMMER)]);
}

#[test]
fn a_lot_does_not_mix_with_one_that_expires_on_another_day() {
    given([
        received_until("north/L1", 5, SUMMER),
        received_until("south/L1", 5, AUTUMN),
    ])
    .when(transfer("north/L1", "south", 1))
    .then_refused(StockError::LotsDiffer);
}

#[test]
fn a_lot_expires_on_the_same_day_wherever_it_lies() {
    let known = || [received_until("north/L1", 5, SUMMER)];
    given(known())
        .when(receive("south/L1", 5, SUMMER))
        .then([received_until("south/L1", 5, SUMMER)]);
    for other in [AUTUMN, None] {
        given(known())
            .when(receive("south/L1", 5, other))
            .then_refused(StockError::OtherExpiry);
    }
    // A count finds it in another warehouse.
    let (warehouse, lot) = place("south/L1");
    let found = StockEvent::Adjusted {
        warehouse,
        difference: 2,
        lot,
        expires_on: SUMMER.map(super::day),
        reason: text("counted"),
    };
    given(known()).when(adjust("south/L1", 2)).then([found.clone()]);
    let stock = given(known().into_iter().chain([found])).state();
    assert_eq!(stock.buckets[1].expires_on, SUMMER.map(super::day));
}

fn correct(lot: &str, last_day: Option<&str>) -> StockCommand {
    StockCommand::CorrectExpiry {
        lot: text(lot),
        expires_on: last_day.map(super::day),
    }
}

#[test]
fn a_lot_whose_days_differ_is_repaired_everywhere_at_once() {
    // As an older log may have it.
    let mixed = || {
        [
            received_until("north/L1", 5, SUMMER),
            adjusted("south/L1", 3),
            received_until("north/L2", 1, AUTUMN),
        ]
    };
    let corrected = StockEvent::ExpiryCorrected {
        lot: text("L1"),
        expires_on: SUMMER.map(super::day),
    };
    given(mixed())
        .when(correct("L1", SUMMER))
        .then([corrected.clone()]);
    let after = || mixed().into_iter().chain([corrected.clone()]);
    let days: Vec<_> = given(after())
        .state()
        .buckets
        .into_iter()
        .map(|bucket| bucket.expires_on)
        .collect();
    assert_eq!(
        days,
        [SUMMER, SUMMER, AUTUMN].map(|last_day| last_day.map(super::day))
    );
    given(after()).when(correct("L1", SUMMER)).then_nothing();
    given(after())
        .when(transfer("south/L1", "north", 1))
        .then([transferred("south/L1", "north", 1, SUMMER)]);
    given(mixed())
        .when(transfer("south/L1", "north", 1))
        .then_refused(StockError::LotsDiffer);
    given(mixed())
        .when(correct("L3", SUMMER))
        .then_refused(StockError::NoSuchLot(text("L3")));
}

#[test]
fn goods_move_to_another_warehouse() {
    given([received("north", 5)])
        .when(transfer("north", "north", 1))
        .then_refused(StockError::SameWarehouse);
}

#[test]
fn only_free_units_move() {
    let not_enough = |free| StockError::NotEnough {
        warehouse: text("north"),
        free,
    };
    given([received("north", 5), reserved(1, [("north", 3)])])
        .when(transfer("north", "south", 3))
        .then_refused(not_enough(2));
    when(transfer("north", "south", 1)).then_refused(not_enough(0));
    given([received("north/L1", 5)])
        .when(transfer("north", "south", 1))
        .then_refused(not_enough(0));
}

#[test]
fn the_places_of_lots_that_ran_out_are_remembered_up_to_a_bound() {
    let most = super::super::MAX_EMPTY_LOTS;
    let lots = |count: usize| {
        (0..count).flat_map(|number| {
            let place = format!("north/L{number}");
            [received_until(&place, 1, SUMMER), adjusted(&place, -1)]
        })
    };
    assert_eq!(given(lots(most)).state().buckets.len(), most);
    let stock = given(lots(most + 5).chain([received("north", 3)])).state();
    assert_eq!(stock.buckets.len(), most + 1);
    assert_eq!(stock.buckets[0].lot, Some(text("L5")));
}
