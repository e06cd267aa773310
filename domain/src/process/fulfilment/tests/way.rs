//! The way of an order that nobody cancels: forward, or back when the shop cannot fulfil it.

use super::{
    AUTHORISED, CAPTURE_REQUESTED, CAPTURED, CONFIRMED, Fulfilment, ONE_RESERVED, OrderCommand, OrderEvent,
    PAID, PAYMENT_REQUESTED, PLACED, PaymentCommand, RESERVED, ReleaseReason, address, authorised,
    by_account, by_card, cancel, cancelled, capture_failed, capture_requested, captured, commit, committed,
    confirmed, customer_id, declined, delivered, eur, line, order, out_of_stock, paid, pay, payment_declined,
    payment_failed, payment_id, payment_requested, placed, placed_with, process, release, released,
    request_payment, reservation_refused, reserve, reserved, shipped, to_order, until, void_requested,
    voided,
};

#[test]
fn a_placed_order_reserves_all_its_lines_at_once() {
    process::<Fulfilment>()
        .when(placed())
        .then([reserve("CHAIR", 1), reserve("LAMP", 2)])
        .then_status("awaiting_stock");
}

#[test]
fn the_lines_of_one_sku_are_one_reservation() {
    let lines = vec![
        line("LAMP", 2, eur(100)),
        line("CHAIR", 1, eur(100)),
        line("LAMP", 3, eur(100)),
    ];
    process::<Fulfilment>()
        .when(placed_with(lines.clone(), eur(600)))
        .then([reserve("CHAIR", 1), reserve("LAMP", 5)]);
    process::<Fulfilment>()
        .given([placed_with(lines.clone(), eur(600)), reserved("LAMP", 5)])
        .when(reserved("CHAIR", 1))
        .then([request_payment(eur(600), by_account())]);
    process::<Fulfilment>()
        .given([placed_with(lines, eur(600)), reserved("LAMP", 5)])
        .when(reservation_refused("CHAIR"))
        .then([
            release("LAMP", ReleaseReason::OtherLineOutOfStock),
            cancel(out_of_stock(["CHAIR"])),
        ]);
}

#[test]
fn the_payment_waits_for_the_last_line() {
    process::<Fulfilment>()
        .given(until(PLACED))
        .when(reserved("LAMP", 2))
        .then_nothing()
        .then_status("awaiting_stock");
}

#[test]
fn the_payment_is_asked_for_when_all_lines_are_reserved_in_any_order() {
    for [first, last] in [
        [reserved("CHAIR", 1), reserved("LAMP", 2)],
        [reserved("LAMP", 2), reserved("CHAIR", 1)],
    ] {
        process::<Fulfilment>()
            .given([placed(), first])
            .when(last)
            .then([request_payment(eur(1000), by_account())])
            .then_status("awaiting_payment");
    }
}

#[test]
fn the_payment_is_asked_for_by_the_method_of_the_order() {
    let placed = to_order(OrderEvent::Placed {
        customer_id: customer_id(1),
        lines: vec![line("LAMP", 1, eur(500))],
        total: eur(500),
        tax: eur(0),
        payment_id: payment_id(1),
        payment: by_card(),
        shipping_address: address(),
    });
    process::<Fulfilment>()
        .given([placed])
        .when(reserved("LAMP", 1))
        .then([request_payment(eur(500), by_card())]);
}

#[test]
fn nothing_is_done_while_the_payment_waits_for_its_answer() {
    process::<Fulfilment>()
        .given(until(RESERVED))
        .when(payment_requested())
        .then_nothing()
        .then_status("awaiting_payment");
}

#[test]
fn an_authorised_order_is_confirmed() {
    process::<Fulfilment>()
        .given(until(PAYMENT_REQUESTED))
        .when(authorised())
        .then([order(OrderCommand::Confirm)])
        .then_status("awaiting_payment");
}

#[test]
fn a_confirmed_order_captures_its_payment() {
    process::<Fulfilment>()
        .given(until(AUTHORISED))
        .when(confirmed())
        .then([pay(PaymentCommand::RequestCapture)])
        .then_status("awaiting_payment");
    process::<Fulfilment>()
        .given(until(CONFIRMED))
        .when(capture_requested())
        .then_nothing()
        .then_status("awaiting_payment");
}

#[test]
fn a_captured_payment_pays_the_order() {
    process::<Fulfilment>()
        .given(until(CAPTURE_REQUESTED))
        .when(captured())
        .then([order(OrderCommand::MarkPaid)])
        .then_status("completed");
    process::<Fulfilment>()
        .given(until(CAPTURED))
        .when(paid())
        .then_nothing()
        .then_status("completed");
}

#[test]
fn a_shipped_order_commits_its_reservations() {
    process::<Fulfilment>()
        .given(until(PAID))
        .when(shipped())
        .then([commit("CHAIR"), commit("LAMP")])
        .then_status("completed");
}

#[test]
fn nothing_is_left_to_do_after_the_commit() {
    let until_shipped = || until(PAID).into_iter().chain([shipped()]);
    process::<Fulfilment>()
        .given(until_shipped())
        .when(committed("LAMP"))
        .then_nothing();
    process::<Fulfilment>()
        .given(until_shipped().chain([committed("LAMP"), committed("CHAIR")]))
        .when(delivered())
        .then_nothing()
        .then_status("completed");
}

#[test]
fn an_order_whose_only_line_is_out_of_stock_is_cancelled() {
    process::<Fulfilment>()
        .given([placed_with(vec![line("LAMP", 1, eur(500))], eur(500))])
        .when(reservation_refused("LAMP"))
        .then([cancel(out_of_stock(["LAMP"]))])
        .then_status("failed");
}

#[test]
fn a_line_out_of_stock_waits_for_the_outcome_of_the_others() {
    process::<Fulfilment>()
        .given(until(PLACED))
        .when(reservation_refused("LAMP"))
        .then_nothing()
        .then_status("awaiting_stock");
}

#[test]
fn one_line_out_of_stock_releases_the_others_and_cancels_the_order() {
    for [first, last] in [
        [reservation_refused("LAMP"), reserved("CHAIR", 1)],
        [reserved("CHAIR", 1), reservation_refused("LAMP")],
    ] {
        process::<Fulfilment>()
            .given([placed(), first])
            .when(last)
            .then([
                release("CHAIR", ReleaseReason::OtherLineOutOfStock),
                cancel(out_of_stock(["LAMP"])),
            ])
            .then_status("compensating");
    }
}

#[test]
fn all_lines_out_of_stock_are_named_in_the_reason() {
    process::<Fulfilment>()
        .given([placed(), reservation_refused("LAMP")])
        .when(reservation_refused("CHAIR"))
        .then([cancel(out_of_stock(["CHAIR", "LAMP"]))])
        .then_status("failed");
}

#[test]
fn an_order_out_of_stock_has_failed_when_its_units_are_back() {
    let history = || [placed(), reserved("CHAIR", 1), reservation_refused("LAMP")];
    process::<Fulfilment>()
        .given(history())
        .when(cancelled(out_of_stock(["LAMP"])))
        .then_nothing()
        .then_status("compensating");
    process::<Fulfilment>()
        .given(history().into_iter().chain([cancelled(out_of_stock(["LAMP"]))]))
        .when(released("CHAIR"))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn a_declined_payment_releases_every_line_newest_first_and_cancels_the_order() {
    process::<Fulfilment>()
        .given(until(PAYMENT_REQUESTED))
        .when(declined())
        .then([
            release("LAMP", ReleaseReason::PaymentFailed),
            release("CHAIR", ReleaseReason::PaymentFailed),
            cancel(payment_declined()),
        ])
        .then_status("compensating");
}

#[test]
fn a_declined_order_has_failed_when_its_units_are_back() {
    let history = until(PAYMENT_REQUESTED).into_iter().chain([
        declined(),
        released("LAMP"),
        cancelled(payment_declined()),
    ]);
    process::<Fulfilment>()
        .given(history)
        .when(released("CHAIR"))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn a_capture_that_failed_gives_up_the_authorisation_then_the_units_then_the_order() {
    process::<Fulfilment>()
        .given(until(CAPTURE_REQUESTED))
        .when(capture_failed())
        .then([
            pay(PaymentCommand::RequestVoid),
            release("LAMP", ReleaseReason::PaymentFailed),
            release("CHAIR", ReleaseReason::PaymentFailed),
            cancel(payment_failed()),
        ])
        .then_status("compensating");
}

#[test]
fn an_order_whose_capture_failed_has_failed_when_all_is_undone() {
    let history = until(CAPTURE_REQUESTED).into_iter().chain([
        capture_failed(),
        void_requested(),
        released("LAMP"),
        released("CHAIR"),
        cancelled(payment_failed()),
    ]);
    process::<Fulfilment>()
        .given(history)
        .when(voided())
        .then_nothing()
        .then_status("failed");
}

#[test]
fn the_half_of_the_way_asks_for_nothing_twice() {
    process::<Fulfilment>()
        .given(until(ONE_RESERVED))
        .when(reserved("CHAIR", 1))
        .then_nothing();
}
