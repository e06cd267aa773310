//! An order that its customer cancels, at every point of its way.

use super::{
    AUTHORISED, CAPTURE_REQUESTED, CAPTURED, CONFIRMED, Fulfilment, Happened, ONE_RESERVED, PAID,
    PAYMENT_REQUESTED, PLACED, PaymentCommand, RESERVED, ReleaseReason, authorised, cancelled,
    cancelled_by_customer, capture_failed, capture_requested, captured, declined, eur, out_of_stock, own,
    pay, payment_declined, payment_requested, process, refund_requested, refunded, release, released,
    request_refund, reservation_refused, reserved, until, void_requested, voided,
};

const BY_CUSTOMER: ReleaseReason = ReleaseReason::OrderCancelled;

/// The first events of the way, and the customer's change of mind.
fn cancelled_after(count: usize) -> impl Iterator<Item = Happened> {
    until(count).into_iter().chain([cancelled_by_customer()])
}

/// Both lines reserved and then released, newest first.
fn units_back() -> [Happened; 2] {
    [released("LAMP"), released("CHAIR")]
}

#[test]
fn before_the_stock_answered_there_is_nothing_to_undo_yet() {
    process::<Fulfilment>()
        .given(until(PLACED))
        .when(cancelled_by_customer())
        .then_nothing()
        .then_status("compensating");
}

#[test]
fn units_that_are_reserved_too_late_are_released_one_by_one() {
    process::<Fulfilment>()
        .given(cancelled_after(PLACED))
        .when(reserved("LAMP", 2))
        .then([release("LAMP", BY_CUSTOMER)])
        .then_status("compensating");
    process::<Fulfilment>()
        .given(cancelled_after(PLACED).chain([reserved("LAMP", 2)]))
        .when(reserved("CHAIR", 1))
        .then([release("CHAIR", BY_CUSTOMER)])
        .then_status("compensating");
}

#[test]
fn a_line_that_is_refused_too_late_is_no_reason_any_more() {
    process::<Fulfilment>()
        .given(cancelled_after(PLACED).chain([reserved("LAMP", 2), released("LAMP")]))
        .when(reservation_refused("CHAIR"))
        .then_nothing()
        .then_status("failed");
    process::<Fulfilment>()
        .given(cancelled_after(PLACED).chain([reservation_refused("LAMP")]))
        .when(reservation_refused("CHAIR"))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn between_two_answers_of_the_stock_the_first_line_is_released() {
    process::<Fulfilment>()
        .given(until(ONE_RESERVED))
        .when(cancelled_by_customer())
        .then([release("CHAIR", BY_CUSTOMER)])
        .then_status("compensating");
    process::<Fulfilment>()
        .given(cancelled_after(ONE_RESERVED))
        .when(reserved("LAMP", 2))
        .then([release("LAMP", BY_CUSTOMER)]);
}

#[test]
fn no_payment_is_asked_for_an_order_that_was_cancelled_before() {
    process::<Fulfilment>()
        .given(cancelled_after(ONE_RESERVED).chain([reserved("LAMP", 2), released("CHAIR")]))
        .when(released("LAMP"))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn while_the_authorisation_is_open_only_the_units_go_back() {
    for count in [RESERVED, PAYMENT_REQUESTED] {
        process::<Fulfilment>()
            .given(until(count))
            .when(cancelled_by_customer())
            .then([release("LAMP", BY_CUSTOMER), release("CHAIR", BY_CUSTOMER)])
            .then_status("compensating");
    }
    process::<Fulfilment>()
        .given(cancelled_after(RESERVED))
        .when(payment_requested())
        .then_nothing();
}

#[test]
fn an_authorisation_that_comes_too_late_is_given_up() {
    process::<Fulfilment>()
        .given(cancelled_after(PAYMENT_REQUESTED).chain(units_back()))
        .when(authorised())
        .then([pay(PaymentCommand::RequestVoid)])
        .then_status("compensating");
}

#[test]
fn a_payment_that_is_declined_too_late_changes_nothing() {
    process::<Fulfilment>()
        .given(cancelled_after(PAYMENT_REQUESTED).chain(units_back()))
        .when(declined())
        .then_nothing()
        .then_status("failed");
}

#[test]
fn an_authorised_payment_is_given_up_before_the_units_go_back() {
    process::<Fulfilment>()
        .given(until(AUTHORISED))
        .when(cancelled_by_customer())
        .then([
            pay(PaymentCommand::RequestVoid),
            release("LAMP", BY_CUSTOMER),
            release("CHAIR", BY_CUSTOMER),
        ])
        .then_status("compensating");
}

#[test]
fn the_order_has_failed_when_money_and_units_are_back_in_any_order() {
    let undone = [void_requested(), voided(), released("LAMP"), released("CHAIR")];
    for last in [1, 2, 3] {
        let mut others = undone.to_vec();
        let last = others.remove(last);
        process::<Fulfilment>()
            .given(cancelled_after(AUTHORISED).chain(others))
            .when(last)
            .then_nothing()
            .then_status("failed");
    }
}

#[test]
fn while_the_capture_is_in_flight_only_the_units_go_back() {
    for count in [CONFIRMED, CAPTURE_REQUESTED] {
        process::<Fulfilment>()
            .given(until(count))
            .when(cancelled_by_customer())
            .then([release("LAMP", BY_CUSTOMER), release("CHAIR", BY_CUSTOMER)])
            .then_status("compensating");
    }
    process::<Fulfilment>()
        .given(cancelled_after(CONFIRMED))
        .when(capture_requested())
        .then_nothing();
}

#[test]
fn a_capture_that_succeeds_too_late_is_refunded() {
    process::<Fulfilment>()
        .given(cancelled_after(CAPTURE_REQUESTED).chain(units_back()))
        .when(captured())
        .then([request_refund(own(0), eur(1000))])
        .then_status("compensating");
}

#[test]
fn a_capture_that_fails_too_late_gives_up_the_authorisation() {
    process::<Fulfilment>()
        .given(cancelled_after(CAPTURE_REQUESTED).chain(units_back()))
        .when(capture_failed())
        .then([pay(PaymentCommand::RequestVoid)])
        .then_status("compensating");
}

#[test]
fn a_captured_payment_is_refunded_before_the_units_go_back() {
    for count in [CAPTURED, PAID] {
        process::<Fulfilment>()
            .given(until(count))
            .when(cancelled_by_customer())
            .then([
                request_refund(own(0), eur(1000)),
                release("LAMP", BY_CUSTOMER),
                release("CHAIR", BY_CUSTOMER),
            ])
            .then_status("compensating");
    }
}

#[test]
fn a_paid_order_has_failed_when_its_money_and_its_units_are_back() {
    let asked_back = || {
        cancelled_after(PAID)
            .chain(units_back())
            .chain([refund_requested(own(0), eur(1000))])
    };
    process::<Fulfilment>()
        .given(cancelled_after(PAID).chain(units_back()))
        .when(refund_requested(own(0), eur(1000)))
        .then_nothing()
        .then_status("compensating");
    process::<Fulfilment>()
        .given(asked_back())
        .when(refunded(own(0), eur(1000)))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn an_order_ends_once_whoever_else_cancels_it() {
    process::<Fulfilment>()
        .given([super::placed(), reserved("CHAIR", 1), reservation_refused("LAMP")])
        .when(cancelled_by_customer())
        .then_nothing()
        .then_status("compensating");
    process::<Fulfilment>()
        .given(until(PAYMENT_REQUESTED).into_iter().chain([declined()]))
        .when(cancelled_by_customer())
        .then_nothing();
    process::<Fulfilment>()
        .given(cancelled_after(AUTHORISED))
        .when(cancelled(payment_declined()))
        .then_nothing();
    process::<Fulfilment>()
        .given(cancelled_after(AUTHORISED))
        .when(cancelled(out_of_stock(["LAMP"])))
        .then_nothing();
}

#[test]
fn an_order_that_was_not_placed_cannot_be_cancelled() {
    process::<Fulfilment>()
        .when(cancelled_by_customer())
        .then_nothing()
        .then_status("started");
}
