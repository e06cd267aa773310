//! Goods that come back.

use super::{
    Disposal, MAX_OPEN_RETURNS, MAX_RETURNS, Order, OrderCommand, OrderError, OrderEvent, OrderStatus,
    ReturnLine, TakenBack, confirmed, delivered, eur, given, paid, place, placed, shipped, sku, text, units,
};
use crate::{
    Decide,
    testing::{
        fold,
        value::{line, order_id, return_id, usd},
    },
    value::Money,
};

/// Two lamps at 11.90 EUR are with their customer.
fn delivered_and(more: impl IntoIterator<Item = OrderEvent>) -> impl Iterator<Item = OrderEvent> {
    [placed(), confirmed(), paid(), shipped(), delivered()]
        .into_iter()
        .chain(more)
}

fn lamps(count: i64) -> Vec<ReturnLine> {
    vec![ReturnLine {
        sku: sku("LAMP"),
        quantity: units(count),
    }]
}

fn request(number: u128, lines: Vec<ReturnLine>) -> OrderCommand {
    OrderCommand::RequestReturn {
        return_id: return_id(number),
        lines,
        reason: text("too bright"),
        exchange_order_id: None,
    }
}

fn requested(number: u128, count: i64) -> OrderEvent {
    OrderEvent::ReturnRequested {
        return_id: return_id(number),
        lines: lamps(count),
        reason: text("too bright"),
        exchange_order_id: None,
    }
}

fn restocked(count: i64) -> TakenBack {
    TakenBack {
        sku: sku("LAMP"),
        quantity: units(count),
        disposal: Disposal::Restock {
            warehouse: text("north"),
            lot: None,
        },
    }
}

fn written_off(count: i64) -> TakenBack {
    TakenBack {
        disposal: Disposal::WriteOff,
        ..restocked(count)
    }
}

fn accept(number: u128, lines: Vec<TakenBack>, refund: Option<Money>) -> OrderCommand {
    OrderCommand::AcceptReturn {
        return_id: return_id(number),
        lines,
        refund,
        left: None,
    }
}

/// The same, when the payment can give back so much for goods.
fn accept_with(left: i64, number: u128, lines: Vec<TakenBack>, refund: Option<Money>) -> OrderCommand {
    OrderCommand::AcceptReturn {
        return_id: return_id(number),
        lines,
        refund,
        left: Some(eur(left)),
    }
}

fn accepted(number: u128, lines: Vec<TakenBack>, refund: i64, written_off: i64) -> OrderEvent {
    OrderEvent::ReturnAccepted {
        return_id: return_id(number),
        lines,
        refund: eur(refund),
        written_off: eur(written_off),
    }
}

fn reject(number: u128) -> OrderCommand {
    OrderCommand::RejectReturn {
        return_id: return_id(number),
        reason: text("used"),
    }
}

#[test]
fn goods_that_left_the_warehouse_can_come_back() {
    given(delivered_and([]))
        .when(request(1, lamps(1)))
        .then([requested(1, 1)]);
    given([placed(), confirmed(), paid(), shipped()])
        .when(request(1, lamps(2)))
        .then([requested(1, 2)]);
    given([placed(), confirmed(), paid()])
        .when(request(1, lamps(1)))
        .then_refused(OrderError::NotShipped);
}

#[test]
fn an_exchange_names_the_new_order() {
    let exchange_order_id = Some(order_id(9));
    given(delivered_and([]))
        .when(OrderCommand::RequestReturn {
            return_id: return_id(1),
            lines: lamps(1),
            reason: text("too bright"),
            exchange_order_id,
        })
        .then([OrderEvent::ReturnRequested {
            return_id: return_id(1),
            lines: lamps(1),
            reason: text("too bright"),
            exchange_order_id,
        }]);
}

#[test]
fn a_return_that_is_requested_twice_is_one_return() {
    given(delivered_and([requested(1, 2)]))
        .when(request(1, lamps(2)))
        .then_nothing();
    given(delivered_and([
        requested(1, 1),
        accepted(1, vec![restocked(1)], 1190, 0),
    ]))
    .when(request(1, lamps(1)))
    .then_nothing();
}

#[test]
fn at_most_what_was_sold_comes_back() {
    let refused = |returnable| OrderError::MoreThanSold {
        sku: sku("LAMP"),
        returnable,
    };
    given(delivered_and([]))
        .when(request(1, lamps(3)))
        .then_refused(refused(2));
    given(delivered_and([requested(1, 1)]))
        .when(request(2, lamps(2)))
        .then_refused(refused(1));
    given(delivered_and([
        requested(1, 1),
        accepted(1, vec![restocked(1)], 1190, 0),
    ]))
    .when(request(2, lamps(2)))
    .then_refused(refused(1));
    given(delivered_and([requested(1, 1)]))
        .when(accept(1, vec![restocked(1), written_off(1)], None))
        .then_refused(refused(1));
    let chair = ReturnLine {
        sku: sku("CHAIR"),
        quantity: units(1),
    };
    given(delivered_and([]))
        .when(request(1, vec![chair]))
        .then_refused(OrderError::MoreThanSold {
            sku: sku("CHAIR"),
            returnable: 0,
        });
}

#[test]
fn a_return_names_each_sku_once() {
    given(delivered_and([]))
        .when(request(1, [lamps(1), lamps(1)].concat()))
        .then_refused(OrderError::ReturnLines);
    given(delivered_and([]))
        .when(request(1, Vec::new()))
        .then_refused(OrderError::ReturnLines);
}

#[test]
fn what_was_paid_goes_back_and_a_written_off_part_is_told_apart() {
    let lines = vec![restocked(1), written_off(1)];
    given(delivered_and([requested(1, 2)]))
        .when(accept(1, lines.clone(), None))
        .then([accepted(1, lines, 2380, 1190), OrderEvent::Returned {}]);
}

#[test]
fn a_smaller_refund_is_spread_over_the_goods_and_a_larger_one_refused() {
    let lines = vec![restocked(1), written_off(1)];
    given(delivered_and([requested(1, 2)]))
        .when(accept(1, lines.clone(), Some(eur(1000))))
        .then([accepted(1, lines.clone(), 1000, 500), OrderEvent::Returned {}]);
    for wrong in [eur(2381), eur(-1), usd(100)] {
        given(delivered_and([requested(1, 2)]))
            .when(accept(1, lines.clone(), Some(wrong)))
            .then_refused(OrderError::RefundTooLarge { most: eur(2380) });
    }
}

#[test]
fn a_part_that_stays_away_stays_with_the_customer() {
    given(delivered_and([requested(1, 2)]))
        .when(accept(1, vec![restocked(1)], None))
        .then([accepted(1, vec![restocked(1)], 1190, 0)]);
    given(delivered_and([
        requested(1, 2),
        accepted(1, vec![restocked(1)], 1190, 0),
    ]))
    .when(request(2, lamps(1)))
    .then([requested(2, 1)]);
}

#[test]
fn the_order_is_returned_when_all_goods_are_back() {
    let history = || {
        delivered_and([
            requested(1, 1),
            requested(2, 1),
            accepted(1, vec![restocked(1)], 1190, 0),
        ])
    };
    given(history())
        .when(accept(2, vec![restocked(1)], None))
        .then([accepted(2, vec![restocked(1)], 1190, 0), OrderEvent::Returned {}]);
    let all = history().chain([accepted(2, vec![restocked(1)], 1190, 0), OrderEvent::Returned {}]);
    let Order::Placed(order) = given(all).state() else {
        panic!("the order is placed");
    };
    assert_eq!(order.status, OrderStatus::Returned);
    assert_eq!(order.status.name(), "returned");
}

#[test]
fn the_prices_of_two_lines_of_one_sku_are_paid_back_in_their_order() {
    let placed = || {
        place(|placement| {
            placement.lines = vec![line("LAMP", 1, eur(1000)), line("LAMP", 2, eur(400))];
        })
    };
    let state = fold(Order::default(), Order::default().decide(placed()).unwrap());
    let state = fold(state, [confirmed(), paid(), shipped(), requested(1, 2)]);
    let events = state.decide(accept(1, vec![restocked(2)], None)).unwrap();
    assert_eq!(events, [accepted(1, vec![restocked(2)], 1400, 0)]);
}

#[test]
fn a_rejected_return_frees_its_units() {
    given(delivered_and([requested(1, 2)]))
        .when(reject(1))
        .then([OrderEvent::ReturnRejected {
            return_id: return_id(1),
            reason: text("used"),
        }]);
    let rejected = OrderEvent::ReturnRejected {
        return_id: return_id(1),
        reason: text("used"),
    };
    let after = || delivered_and([requested(1, 2), rejected.clone()]);
    given(after()).when(request(2, lamps(2))).then([requested(2, 2)]);
    given(after()).when(reject(1)).then_nothing();
    given(delivered_and([]))
        .when(reject(1))
        .then_refused(OrderError::NoSuchReturn);
}

#[test]
fn a_decision_is_repeated_but_not_changed() {
    let lines = || vec![restocked(1)];
    let history = || delivered_and([requested(1, 2), accepted(1, lines(), 1000, 0)]);
    for same in [
        accept(1, lines(), Some(eur(1000))),
        accept(1, lines(), None),
        // What is left is no part of the decision.
        accept_with(7, 1, lines(), None),
    ] {
        given(history()).when(same).then_nothing();
    }
    for other in [
        accept(1, lines(), Some(eur(999))),
        accept(1, vec![written_off(1)], Some(eur(1000))),
        accept(1, vec![restocked(2)], None),
        reject(1),
    ] {
        given(history())
            .when(other)
            .then_refused(OrderError::ReturnDecided);
    }
    let rejected = OrderEvent::ReturnRejected {
        return_id: return_id(1),
        reason: text("used"),
    };
    let history = || delivered_and([requested(1, 2), rejected.clone()]);
    given(history())
        .when(accept(1, lines(), None))
        .then_refused(OrderError::ReturnDecided);
    given(history())
        .when(OrderCommand::RejectReturn {
            return_id: return_id(1),
            reason: text("broken"),
        })
        .then_refused(OrderError::ReturnDecided);
}

#[test]
fn at_most_what_is_left_of_the_payment_goes_back() {
    let lines = || vec![restocked(1), written_off(1)];
    let history = || delivered_and([requested(1, 2)]);
    // Of 23.80 a refund took 8.80 before.
    given(history())
        .when(accept_with(1500, 1, lines(), Some(eur(2380))))
        .then_refused(OrderError::RefundTooLarge { most: eur(1500) });
    given(history())
        .when(accept_with(1500, 1, lines(), None))
        .then([accepted(1, lines(), 1500, 750), OrderEvent::Returned {}]);
    given(history())
        .when(accept_with(1501, 1, lines(), None))
        .then([accepted(1, lines(), 1501, 750), OrderEvent::Returned {}]);
    // Nothing is left.
    given(history())
        .when(accept_with(0, 1, lines(), None))
        .then([accepted(1, lines(), 0, 0), OrderEvent::Returned {}]);
    given(history())
        .when(accept_with(0, 1, lines(), Some(eur(1))))
        .then_refused(OrderError::RefundTooLarge { most: eur(0) });
}

#[test]
fn what_was_promised_for_one_return_is_not_promised_for_another() {
    let history = || {
        delivered_and([
            requested(1, 1),
            requested(2, 1),
            accepted(1, vec![restocked(1)], 1190, 0),
        ])
    };
    given(history())
        .when(accept_with(1500, 2, vec![restocked(1)], None))
        .then([accepted(2, vec![restocked(1)], 310, 0), OrderEvent::Returned {}]);
}

fn reduce(number: u128, refund: i64, written_off: i64) -> OrderCommand {
    OrderCommand::ReduceRefund {
        return_id: return_id(number),
        refund: eur(refund),
        written_off: eur(written_off),
    }
}

#[test]
fn a_refund_that_the_payment_cannot_give_becomes_less_and_never_more() {
    let reduced = |refund, written_off| OrderEvent::RefundReduced {
        return_id: return_id(1),
        refund: eur(refund),
        written_off: eur(written_off),
    };
    let history = || {
        delivered_and([
            requested(1, 1),
            requested(2, 1),
            accepted(1, vec![written_off(1)], 1190, 1190),
        ])
    };
    given(history())
        .when(reduce(1, 500, 500))
        .then([reduced(500, 500)]);
    given(history()).when(reduce(1, 1190, 1190)).then_nothing();
    given(history()).when(reduce(1, 1191, 1191)).then_nothing();
    given(history()).when(reduce(2, 0, 0)).then_nothing();
    let after = || history().chain([reduced(500, 500)]);
    given(after()).when(reduce(1, 500, 500)).then_nothing();
    // What it gave up is there for the next return.
    given(after())
        .when(accept_with(1500, 2, vec![restocked(1)], None))
        .then([accepted(2, vec![restocked(1)], 1000, 0), OrderEvent::Returned {}]);
}

#[test]
fn the_returns_of_an_order_are_bounded_even_when_all_are_rejected() {
    let lines = || vec![line("LAMP", 100, eur(1))];
    let placed = place(|placement| placement.lines = lines());
    let mut state = fold(Order::default(), Order::default().decide(placed).unwrap());
    state = fold(state, [confirmed(), paid(), shipped()]);
    for number in 1..=MAX_RETURNS as u128 {
        let events = state.decide(request(number, lamps(1))).unwrap();
        assert_eq!(events.len(), 1);
        state = fold(state, events);
        let events = state.decide(reject(number)).unwrap();
        state = fold(state, events);
    }
    let refused = state.decide(request(999_999, lamps(1)));
    assert_eq!(refused, Err(OrderError::TooManyReturnsInAll));
}

#[test]
fn few_returns_wait_at_once() {
    let lines = || vec![line("LAMP", 100, eur(1))];
    let placed = place(|placement| placement.lines = lines());
    let state = fold(Order::default(), Order::default().decide(placed).unwrap());
    let open = (1..=MAX_OPEN_RETURNS as u128).map(|number| requested(number, 1));
    let state = fold(state, [confirmed(), paid(), shipped()].into_iter().chain(open));
    let refused = state.decide(request(999, lamps(1)));
    assert_eq!(refused, Err(OrderError::TooManyReturns));
}
