//! Units that are set aside for orders.

use super::{
    ReleaseReason, StockCommand, StockError, StockEvent, adjusted, allocations, commit, committed, contended,
    given, noon, order_id, quarter_past, received, received_until, refused, release, released, reserve,
    reserved, units, when,
};

#[test]
fn units_are_reserved_for_an_order() {
    given([received("north", 5)])
        .when(reserve(1, 5))
        .then([reserved(1, [("north", 5)])]);
}

#[test]
fn a_reservation_says_until_when_it_is_kept() {
    let StockEvent::Reserved { expires_at, .. } = reserved(1, [("north", 1)]) else {
        panic!("the event is a reservation");
    };
    let stock = given([received("north", 5), reserved(1, [("north", 1)])]).state();
    assert_eq!(stock.reservations[&order_id(1)].expires_at, expires_at);
    assert_eq!(expires_at, quarter_past());
}

#[test]
fn a_reservation_is_all_or_nothing() {
    given([received("north", 3), received("south", 1)])
        .when(reserve(1, 5))
        .then([refused(1, 5, 4)]);
}

#[test]
fn a_sku_that_was_never_received_is_out_of_stock() {
    when(reserve(1, 1)).then([refused(1, 1, 0)]);
}

#[test]
fn units_are_reserved_once() {
    given([received("north", 5), reserved(1, [("north", 3)])])
        .when(reserve(2, 3))
        .then([refused(2, 3, 2)]);
    given([received("north", 5), reserved(1, [("north", 3)])])
        .when(reserve(2, 2))
        .then([reserved(2, [("north", 2)])]);
}

#[test]
fn a_refusal_says_what_new_orders_have_that_may_not_keep_it() {
    let later = |seconds| StockCommand::Reserve {
        order_id: order_id(3),
        quantity: units(4),
        at: noon(),
        expires_at: quarter_past() + chrono::TimeDelta::seconds(seconds),
        provisional: false,
    };
    let stock = || {
        given([
            received("north", 6),
            provisionally(reserved(1, [("north", 2)])),
            provisionally(reserved(2, [("north", 1)])),
            reserved(4, [("north", 1)]),
        ])
    };
    stock().when(later(9)).then([contended(3, 4, 2, 3)]);
    stock().when(later(10)).then([refused(3, 4, 2)]);
    // What was placed after it and carried before it is new as well.
    stock().when(later(-60)).then([contended(3, 4, 2, 3)]);
}

fn provisionally(mut event: StockEvent) -> StockEvent {
    if let StockEvent::Reserved { provisional, .. } = &mut event {
        *provisional = true;
    }
    event
}

#[test]
fn an_order_has_one_reservation() {
    given([received("north", 5), reserved(1, [("north", 3)])])
        .when(reserve(1, 2))
        .then_nothing();
}

#[test]
fn an_order_that_was_refused_may_ask_again() {
    given([refused(1, 1, 0), received("north", 1)])
        .when(reserve(1, 1))
        .then([reserved(1, [("north", 1)])]);
}

#[test]
fn an_order_leaves_from_the_warehouse_with_the_most_units() {
    given([received("north", 3), received("south", 9), received("west", 5)])
        .when(reserve(1, 5))
        .then([reserved(1, [("south", 5)])]);
}

#[test]
fn the_most_units_are_counted_without_the_reserved_ones() {
    given([
        received("north", 5),
        received("south", 9),
        reserved(1, [("south", 6)]),
    ])
    .when(reserve(2, 2))
    .then([reserved(2, [("north", 2)])]);
}

#[test]
fn an_order_is_split_over_as_few_warehouses_as_possible() {
    given([received("north", 3), received("south", 9), received("west", 5)])
        .when(reserve(1, 15))
        .then([reserved(1, [("south", 9), ("west", 5), ("north", 1)])]);
}

#[test]
fn equal_warehouses_are_taken_by_name() {
    given([received("west", 2), received("north", 2), received("south", 2)])
        .when(reserve(1, 5))
        .then([reserved(1, [("north", 2), ("south", 2), ("west", 1)])]);
}

#[test]
fn equal_lots_of_a_warehouse_are_taken_by_number() {
    given([
        received("north/L2", 2),
        received("north/L1", 2),
        received("north", 2),
    ])
    .when(reserve(1, 5))
    .then([reserved(1, [("north", 2), ("north/L1", 2), ("north/L2", 1)])]);
}

#[test]
fn what_expires_first_goes_first() {
    given([
        received("north", 100),
        received_until("north/L2", 3, Some("2026-03-01")),
        received_until("south/L1", 2, Some("2026-02-01")),
    ])
    .when(reserve(1, 6))
    .then([reserved(1, [("south/L1", 2), ("north/L2", 3), ("north", 1)])]);
}

#[test]
fn an_expired_lot_is_not_sold() {
    given([
        received_until("north/L1", 5, Some("2026-01-14")),
        received_until("north/L2", 1, Some("2026-01-16")),
    ])
    .when(reserve(1, 2))
    .then([refused(1, 2, 1)]);
}

#[test]
fn a_lot_is_sold_on_its_last_day() {
    given([received_until("north/L1", 5, Some("2026-01-15"))])
        .when(reserve(1, 5))
        .then([reserved(1, [("north/L1", 5)])]);
}

#[test]
fn a_bucket_without_free_units_takes_no_part() {
    given([
        received("north", 2),
        adjusted("north", -2),
        received("south", 2),
        reserved(1, [("south", 2)]),
        received("west", 1),
    ])
    .when(reserve(2, 1))
    .then([reserved(2, [("west", 1)])]);
}

#[test]
fn a_release_gives_the_units_back_to_where_they_were() {
    given([
        received("north", 3),
        received("south", 2),
        reserved(1, [("north", 3), ("south", 1)]),
    ])
    .when(release(1))
    .then([released(1, [("north", 3), ("south", 1)])]);
}

#[test]
fn a_release_says_why() {
    given([received("north", 3), reserved(1, [("north", 3)])])
        .when(StockCommand::Release {
            order_id: order_id(1),
            reason: ReleaseReason::PaymentFailed,
        })
        .then([StockEvent::Released {
            order_id: order_id(1),
            quantity: units(3),
            allocations: allocations([("north", 3)]),
            reason: ReleaseReason::PaymentFailed,
        }]);
}

#[test]
fn released_units_can_be_reserved_again() {
    given([
        received("north", 3),
        reserved(1, [("north", 3)]),
        released(1, [("north", 3)]),
    ])
    .when(reserve(2, 3))
    .then([reserved(2, [("north", 3)])]);
}

#[test]
fn a_reservation_that_is_gone_needs_no_second_release() {
    given([
        received("north", 3),
        reserved(1, [("north", 3)]),
        released(1, [("north", 3)]),
    ])
    .when(release(1))
    .then_nothing();
    when(release(1)).then_nothing();
}

#[test]
fn a_release_leaves_the_reservations_of_others() {
    let stock = given([
        received("north", 5),
        reserved(1, [("north", 3)]),
        reserved(2, [("north", 2)]),
        released(1, [("north", 3)]),
    ])
    .state();
    assert_eq!((stock.buckets[0].on_hand, stock.buckets[0].reserved), (5, 2));
    assert_eq!(stock.reservations.len(), 1);
}

#[test]
fn a_commit_removes_the_units_for_good() {
    given([received("north", 3), reserved(1, [("north", 2)])])
        .when(commit(1))
        .then([committed(1, [("north", 2)])]);
    let stock = given([
        received("north", 3),
        reserved(1, [("north", 2)]),
        committed(1, [("north", 2)]),
    ])
    .state();
    assert_eq!((stock.buckets[0].on_hand, stock.buckets[0].reserved), (1, 0));
    assert_eq!(stock.available(noon().date_naive()), 1);
}

#[test]
fn only_what_is_reserved_can_be_committed() {
    let unknown = || StockError::NoSuchReservation(order_id(1));
    when(commit(1)).then_refused(unknown());
    given([
        received("north", 3),
        reserved(1, [("north", 2)]),
        committed(1, [("north", 2)]),
    ])
    .when(commit(1))
    .then_refused(unknown());
    given([
        received("north", 3),
        reserved(1, [("north", 2)]),
        released(1, [("north", 2)]),
    ])
    .when(commit(1))
    .then_refused(unknown());
}

#[test]
fn what_new_orders_have_is_stored_under_its_name() {
    let stored = serde_json::to_value(contended(3, 4, 2, 3)).unwrap();
    assert_eq!(stored["ReservationRefused"]["undecided"], 3);
    assert_eq!(
        serde_json::from_value::<StockEvent>(stored).unwrap(),
        contended(3, 4, 2, 3)
    );
}
