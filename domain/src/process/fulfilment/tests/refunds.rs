//! Refunds by people that meet the refund of a cancelled order.

use super::{
    Fulfilment, Happened, PAID, ReleaseReason, cancelled_by_customer, eur, own, process, refund_failed,
    refund_id, refund_requested, refunded, release, released, request_refund, until,
};
use crate::testing::value::order_id;

/// A paid order of ten euros, and what happened then.
fn paid_and<const N: usize>(more: [Happened; N]) -> impl Iterator<Item = Happened> {
    until(PAID).into_iter().chain(more)
}

/// The units are back already, so that only the money is open.
fn cancelled_and<const N: usize>(more: [Happened; N]) -> impl Iterator<Item = Happened> {
    paid_and([cancelled_by_customer(), released("LAMP"), released("CHAIR")]).chain(more)
}

fn part() -> Happened {
    refund_requested(refund_id(1), eur(300))
}

#[test]
fn a_refund_by_people_is_none_of_the_process_business_while_the_order_lives() {
    for event in [
        part(),
        refunded(refund_id(1), eur(300)),
        refund_failed(refund_id(1)),
    ] {
        process::<Fulfilment>()
            .given(paid_and([]))
            .when(event)
            .then_nothing()
            .then_status("completed");
    }
}

#[test]
fn only_the_rest_goes_back_after_an_earlier_partial_refund() {
    for history in [
        paid_and([part(), refunded(refund_id(1), eur(300))]).collect::<Vec<_>>(),
        paid_and([part()]).collect(),
    ] {
        process::<Fulfilment>()
            .given(history)
            .when(cancelled_by_customer())
            .then([
                request_refund(own(0), eur(700)),
                release("LAMP", ReleaseReason::OrderCancelled),
                release("CHAIR", ReleaseReason::OrderCancelled),
            ]);
    }
}

#[test]
fn an_earlier_refund_that_failed_does_not_count() {
    process::<Fulfilment>()
        .given(paid_and([
            part(),
            refund_failed(refund_id(1)),
            cancelled_by_customer(),
        ]))
        .when(refund_requested(own(0), eur(1000)))
        .then_nothing();
}

#[test]
fn an_order_that_was_refunded_in_whole_has_no_money_to_give_back() {
    let whole = || {
        [
            refund_requested(refund_id(1), eur(1000)),
            refunded(refund_id(1), eur(1000)),
        ]
    };
    process::<Fulfilment>()
        .given(paid_and(whole()))
        .when(cancelled_by_customer())
        .then([
            release("LAMP", ReleaseReason::OrderCancelled),
            release("CHAIR", ReleaseReason::OrderCancelled),
        ])
        .then_status("compensating");
    process::<Fulfilment>()
        .given(paid_and(whole()).chain([cancelled_by_customer(), released("LAMP")]))
        .when(released("CHAIR"))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn the_order_has_failed_only_when_every_refund_arrived() {
    let history = || {
        paid_and([
            part(),
            cancelled_by_customer(),
            released("LAMP"),
            released("CHAIR"),
            refund_requested(own(0), eur(700)),
        ])
    };
    let arrivals = [refunded(refund_id(1), eur(300)), refunded(own(0), eur(700))];
    for [first, last] in [arrivals.clone(), [arrivals[1].clone(), arrivals[0].clone()]] {
        process::<Fulfilment>()
            .given(history())
            .when(first.clone())
            .then_nothing()
            .then_status("compensating");
        process::<Fulfilment>()
            .given(history().chain([first]))
            .when(last)
            .then_nothing()
            .then_status("failed");
    }
}

#[test]
fn a_refund_that_came_in_between_is_taken_off_what_is_asked_for() {
    process::<Fulfilment>()
        .given(cancelled_and([]))
        .when(part())
        .then([request_refund(own(0), eur(700))])
        .then_status("compensating");
    process::<Fulfilment>()
        .given(cancelled_and([part()]))
        .when(refund_requested(own(0), eur(700)))
        .then_nothing();
}

#[test]
fn a_refund_of_everything_that_came_in_between_leaves_nothing_to_ask_for() {
    process::<Fulfilment>()
        .given(cancelled_and([]))
        .when(refund_requested(refund_id(1), eur(1000)))
        .then_nothing();
    process::<Fulfilment>()
        .given(cancelled_and([refund_requested(refund_id(1), eur(1000))]))
        .when(refunded(refund_id(1), eur(1000)))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn the_money_of_a_refund_that_fails_after_the_cancellation_is_asked_for_again() {
    let history = || {
        paid_and([
            part(),
            cancelled_by_customer(),
            refund_requested(own(0), eur(700)),
        ])
    };
    process::<Fulfilment>()
        .given(history())
        .when(refund_failed(refund_id(1)))
        .then([request_refund(own(1), eur(300))])
        .then_status("compensating");
    let all = history().chain([
        refund_failed(refund_id(1)),
        released("LAMP"),
        released("CHAIR"),
        refund_requested(own(1), eur(300)),
        refunded(own(1), eur(300)),
    ]);
    process::<Fulfilment>()
        .given(all)
        .when(refunded(own(0), eur(700)))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn a_refund_that_fails_before_the_payment_took_up_our_own_raises_it() {
    process::<Fulfilment>()
        .given(paid_and([part(), cancelled_by_customer()]))
        .when(refund_failed(refund_id(1)))
        .then([request_refund(own(0), eur(1000))]);
}

#[test]
fn our_own_refund_that_was_taken_up_with_the_smaller_amount_is_followed_by_the_rest() {
    process::<Fulfilment>()
        .given(paid_and([
            part(),
            cancelled_by_customer(),
            refund_failed(refund_id(1)),
        ]))
        .when(refund_requested(own(0), eur(700)))
        .then([request_refund(own(1), eur(300))]);
}

#[test]
fn our_own_refund_that_fails_is_left_to_people() {
    process::<Fulfilment>()
        .given(cancelled_and([refund_requested(own(0), eur(1000))]))
        .when(refund_failed(own(0)))
        .then_nothing()
        .then_status("compensating");
}

#[test]
fn people_can_end_what_our_own_refund_could_not() {
    let failed = || {
        cancelled_and([
            refund_requested(own(0), eur(1000)),
            refund_failed(own(0)),
            refund_requested(refund_id(1), eur(1000)),
        ])
    };
    process::<Fulfilment>()
        .given(failed())
        .when(refunded(refund_id(1), eur(1000)))
        .then_nothing()
        .then_status("failed");
}

#[test]
fn our_own_refunds_have_names_that_can_be_derived_again() {
    assert_eq!(own(0), own(0));
    assert_ne!(own(0), own(1));
    assert_ne!(own(0), super::own_refund_id(order_id(2), 0));
}
