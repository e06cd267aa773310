//! The warning that few units are left.

use super::{StockCommand, StockEvent, given, received, release, released, reserve, reserved};

fn set(threshold: Option<u64>) -> StockCommand {
    StockCommand::SetLowStockThreshold { threshold }
}

fn is_set(threshold: Option<u64>) -> StockEvent {
    StockEvent::ThresholdSet { threshold }
}

fn low(free: u64) -> StockEvent {
    StockEvent::RanLow { free, threshold: 2 }
}

#[test]
fn the_stock_says_when_its_free_units_fall_to_the_threshold() {
    let history = || [received("north", 5), is_set(Some(2))];
    given(history())
        .when(reserve(1, 2))
        .then([reserved(1, [("north", 2)])]);
    given(history())
        .when(reserve(1, 3))
        .then([reserved(1, [("north", 3)]), low(2)]);
}

#[test]
fn it_says_so_once_until_it_recovers() {
    let history = || {
        [
            received("north", 5),
            is_set(Some(2)),
            reserved(1, [("north", 3)]),
            low(2),
        ]
    };
    given(history())
        .when(reserve(2, 1))
        .then([reserved(2, [("north", 1)])]);
    given(history())
        .when(release(1))
        .then([released(1, [("north", 3)])]);
    let recovered = history().into_iter().chain([released(1, [("north", 3)])]);
    given(recovered)
        .when(reserve(2, 4))
        .then([reserved(2, [("north", 4)]), low(1)]);
}

#[test]
fn a_threshold_above_the_level_is_reached_at_once() {
    given([received("north", 2)])
        .when(set(Some(2)))
        .then([is_set(Some(2)), low(2)]);
}

#[test]
fn nothing_is_low_without_a_threshold() {
    given([received("north", 5)])
        .when(reserve(1, 5))
        .then([reserved(1, [("north", 5)])]);
    given([received("north", 5), is_set(Some(2))])
        .when(set(None))
        .then([is_set(None)]);
    given([received("north", 5)]).when(set(None)).then_nothing();
}
