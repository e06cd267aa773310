//! A count that finds fewer units than are promised.

use super::{
    StockCommand, StockError, StockEvent, adjust, adjusted, commit, committed, given, order_id, received,
    refused, release, released, reserve, reserved, text,
};

/// Nine of twelve units are promised to three orders.
fn promised() -> [StockEvent; 4] {
    [
        received("north", 12),
        reserved(1, [("north", 4)]),
        reserved(2, [("north", 3)]),
        reserved(3, [("north", 2)]),
    ]
}

fn short<const N: usize>(missing: u64, orders: [u128; N]) -> StockEvent {
    StockEvent::FellShort {
        warehouse: text("north"),
        lot: None,
        missing,
        more: missing,
        orders: orders.map(order_id).into(),
    }
}

fn counted_six() -> impl Iterator<Item = StockEvent> {
    promised()
        .into_iter()
        .chain([adjusted("north", -6), short(3, [3, 2])])
}

fn eased(missing: u64, fewer: u64) -> StockEvent {
    StockEvent::ShortageEased {
        warehouse: text("north"),
        lot: None,
        missing,
        fewer,
    }
}

fn is_short(order: u128, missing: u64) -> StockError {
    StockError::Short {
        order_id: order_id(order),
        warehouse: text("north"),
        missing,
    }
}

#[test]
fn a_count_below_what_is_promised_is_taken_and_the_newest_orders_are_named() {
    given(promised())
        .when(adjust("north", -6))
        .then([adjusted("north", -6), short(3, [3, 2])]);
    given(promised())
        .when(adjust("north", -4))
        .then([adjusted("north", -4), short(1, [3])]);
    given(promised())
        .when(adjust("north", -3))
        .then([adjusted("north", -3)]);
    let stock = given(counted_six()).state();
    assert_eq!((stock.buckets[0].on_hand, stock.buckets[0].reserved), (6, 9));
    assert_eq!((stock.buckets[0].free(), stock.buckets[0].missing()), (0, 3));
}

#[test]
fn a_count_never_goes_below_nothing() {
    given(promised())
        .when(adjust("north", -13))
        .then_refused(StockError::BelowZero {
            warehouse: text("north"),
            on_hand: 12,
            reserved: 9,
        });
}

#[test]
fn nothing_is_reserved_of_a_place_that_is_short() {
    given(counted_six()).when(reserve(4, 1)).then([refused(4, 1, 0)]);
    let elsewhere = counted_six().chain([received("south", 2)]);
    given(elsewhere)
        .when(reserve(4, 2))
        .then([reserved(4, [("south", 2)])]);
}

#[test]
fn only_units_that_are_there_leave_the_warehouse() {
    // Six units serve the first two orders, or the last two and a part of the first.
    let first = || counted_six().chain([committed(1, [("north", 4)])]);
    given(counted_six())
        .when(commit(1))
        .then([committed(1, [("north", 4)])]);
    given(first()).when(commit(2)).then_refused(is_short(2, 1));
    given(first())
        .when(commit(3))
        .then([committed(3, [("north", 2)])]);
}

#[test]
fn units_that_arrive_or_are_released_end_the_shortage() {
    let after = |more: StockEvent| counted_six().chain([committed(1, [("north", 4)]), more]);
    given(after(received("north", 1)))
        .when(commit(2))
        .then([committed(2, [("north", 3)])]);
    // Of the five units that arrive, three are missing and two are free.
    let stock = given(counted_six().chain([received("north", 5)])).state();
    assert_eq!((stock.free(), stock.buckets[0].missing()), (2, 0));
    given(counted_six())
        .when(release(1))
        .then([released(1, [("north", 4)]), eased(0, 3)]);
    given(counted_six())
        .when(release(3))
        .then([released(3, [("north", 2)]), eased(1, 2)]);
    given(counted_six())
        .when(super::receive("north", 1, None))
        .then([received("north", 1), eased(2, 1)]);
    given(counted_six())
        .when(adjust("north", 5))
        .then([adjusted("north", 5), eased(0, 3)]);
    // What arrives elsewhere serves other orders.
    given(counted_six())
        .when(super::receive("south", 1, None))
        .then([received("south", 1)]);
    // A second count finds even less.
    given(counted_six()).when(adjust("north", -1)).then([
        adjusted("north", -1),
        StockEvent::FellShort {
            warehouse: text("north"),
            lot: None,
            missing: 4,
            more: 1,
            orders: [3, 2].map(order_id).into(),
        },
    ]);
    let stock = given(counted_six().chain([released(1, [("north", 4)])])).state();
    assert_eq!((stock.free(), stock.buckets[0].missing()), (1, 0));
}

#[test]
fn the_warning_of_few_units_counts_what_is_free_also_where_units_are_missing() {
    let set = StockCommand::SetLowStockThreshold { threshold: Some(1) };
    let is_set = StockEvent::ThresholdSet { threshold: Some(1) };
    let low = |free| StockEvent::RanLow { free, threshold: 1 };
    given(counted_six()).when(set).then([is_set.clone(), low(0)]);
    // Four units arrive: three are missing, so one is free and the stock is as low as before.
    given(counted_six().chain([is_set.clone(), received("north", 4)]))
        .when(reserve(4, 1))
        .then([reserved(4, [("north", 1)])]);
    // Five units arrive: two are free.
    given(counted_six().chain([is_set, received("north", 5)]))
        .when(reserve(4, 1))
        .then([reserved(4, [("north", 1)]), low(1)]);
}

#[test]
fn a_long_list_of_orders_is_bounded() {
    let many = (1..=300).map(|number| reserved(number, [("north", 1)]));
    let state = given([received("north", 300)].into_iter().chain(many)).state();
    let events = crate::Decide::decide(&state, adjust("north", -300)).unwrap();
    let [_, StockEvent::FellShort { missing, orders, .. }] = events.as_slice() else {
        panic!("the stock fell short: {events:?}");
    };
    assert_eq!((*missing, orders.len()), (300, super::super::MAX_SHORT_ORDERS));
}
