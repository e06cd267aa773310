//! Reservations that are kept longer or lapse, and refunds that are tried again.

use super::{
    AUTHORISED, Action, CAPTURE_REQUESTED, CAPTURED, CancelReason, Fulfilment, Happened, LedgerAccount,
    Money, PAID, PAYMENT_REQUESTED, PLACED, PaymentCommand, RESERVED, RefundId, ReleaseReason, StockCommand,
    authorised, cancel, cancelled_by_customer, capture_failed, captured, declined, eur, noon, order_id, own,
    pay, placed, process, quarter_past, refund_failed, refund_requested, release, request_refund, reserved,
    sku, text, until,
};
use crate::{
    process::{ProcessManager as _, TimerName},
    testing::value::{at, return_id},
};

const EXPIRY: TimerName = TimerName::ReservationExpiry;

fn set(name: TimerName, due_at: &str) -> Action {
    Action::SetTimer {
        name,
        due_at: at(due_at),
    }
}

fn expire(name: &str, now: &str) -> Action {
    let command = StockCommand::Expire {
        order_id: order_id(1),
        at: at(now),
    };
    (sku(name), command).into()
}

fn extend(name: &str, until: &str) -> Action {
    let command = StockCommand::Extend {
        order_id: order_id(1),
        expires_at: at(until),
    };
    (sku(name), command).into()
}

/// The same events, of which the last happened later.
fn late(mut events: Vec<Happened>, last_at: &str) -> Fulfilment {
    let last = events.pop().unwrap();
    let mut state = Fulfilment::default();
    for (id, event) in events {
        state.react(&id, &event, noon());
    }
    state.react(&last.0, &last.1, at(last_at));
    state
}

#[test]
fn the_units_of_a_placed_order_are_kept_for_a_quarter_of_an_hour() {
    process::<Fulfilment>()
        .when(placed())
        .then_timers([Action::SetTimer {
            name: EXPIRY,
            due_at: quarter_past(),
        }])
        .then_step("reserving_stock");
}

#[test]
fn an_order_that_did_not_move_is_given_up_when_the_time_has_come() {
    process::<Fulfilment>()
        .given(until(PAYMENT_REQUESTED))
        .when_rings(EXPIRY, quarter_past())
        .then([
            expire("LAMP", "2026-01-15T12:15:00Z"),
            expire("CHAIR", "2026-01-15T12:15:00Z"),
            cancel(CancelReason::ReservationExpired),
        ])
        .then_status("compensating")
        .then_step("awaiting_payment_outcome");
}

#[test]
fn an_authorisation_goes_before_the_units_when_the_time_has_come() {
    process::<Fulfilment>()
        .given(until(AUTHORISED))
        .when_rings(EXPIRY, quarter_past())
        .then([
            pay(PaymentCommand::RequestVoid),
            expire("LAMP", "2026-01-15T12:15:00Z"),
            expire("CHAIR", "2026-01-15T12:15:00Z"),
            cancel(CancelReason::ReservationExpired),
        ])
        .then_step("voiding_payment");
}

#[test]
fn an_order_that_moved_in_the_meantime_keeps_its_units_for_as_long_again() {
    let mut state = late(until(AUTHORISED), "2026-01-15T12:10:00Z");
    assert_eq!(
        state.timer("", EXPIRY, quarter_past()),
        [
            extend("CHAIR", "2026-01-15T12:25:00Z"),
            extend("LAMP", "2026-01-15T12:25:00Z"),
            set(EXPIRY, "2026-01-15T12:25:00Z"),
        ]
    );
    let gives_up = state.timer("", EXPIRY, at("2026-01-15T12:25:00Z"));
    assert!(gives_up.contains(&cancel(CancelReason::ReservationExpired)));
    assert_eq!(state.status(), "compensating");
}

#[test]
fn a_payment_that_is_authorised_or_captured_too_late_is_undone() {
    let expired = || {
        process::<Fulfilment>()
            .given(until(PAYMENT_REQUESTED))
            .given_rang(EXPIRY, quarter_past())
    };
    expired()
        .when(authorised())
        .then([pay(PaymentCommand::RequestVoid)]);
    process::<Fulfilment>()
        .given(until(CAPTURE_REQUESTED))
        .given_rang(EXPIRY, quarter_past())
        .when(captured())
        .then([request_refund(own(0), eur(1000))]);
    expired().when(declined()).then_nothing();
}

#[test]
fn units_that_are_reserved_too_late_go_back() {
    process::<Fulfilment>()
        .given(until(PLACED))
        .given_rang(EXPIRY, quarter_past())
        .when(reserved("LAMP", 2))
        .then([release("LAMP", ReleaseReason::ReservationExpired)]);
}

#[test]
fn a_captured_order_keeps_its_units_until_it_ships() {
    process::<Fulfilment>()
        .given(until(CAPTURE_REQUESTED))
        .when(captured())
        .then_timers([Action::CancelTimer { name: EXPIRY }]);
    for history in [until(CAPTURED), until(PAID)] {
        process::<Fulfilment>()
            .given(history)
            .when_rings(EXPIRY, quarter_past())
            .then_nothing()
            .then_timers([])
            .then_status("completed");
    }
}

#[test]
fn an_order_that_ends_stops_its_timer() {
    for event in [cancelled_by_customer(), declined()] {
        process::<Fulfilment>()
            .given(until(PAYMENT_REQUESTED))
            .when(event)
            .then_timers([Action::CancelTimer { name: EXPIRY }]);
    }
    process::<Fulfilment>()
        .given(until(CAPTURE_REQUESTED))
        .when(capture_failed())
        .then_timers([Action::CancelTimer { name: EXPIRY }]);
    process::<Fulfilment>()
        .given(until(RESERVED).into_iter().chain([cancelled_by_customer()]))
        .when_rings(EXPIRY, quarter_past())
        .then_nothing();
}

#[test]
fn a_refund_of_our_own_that_fails_is_tried_again_after_an_hour_a_day_and_three_days() {
    let mut state = late(
        until(PAID).into_iter().chain([cancelled_by_customer()]).collect(),
        "2026-01-15T12:00:00Z",
    );
    let mut tell = |(id, event): Happened| state.react(&id, &event, noon());
    assert_eq!(tell(refund_requested(own(0), eur(1000))), []);
    assert_eq!(
        tell(refund_failed(own(0))),
        [set(TimerName::RefundRetry, "2026-01-15T13:00:00Z")]
    );
    for (failures, due) in [
        (1, Some("2026-01-16T12:00:00Z")),
        (2, Some("2026-01-18T12:00:00Z")),
        (3, None),
    ] {
        assert_eq!(
            state.timer("", TimerName::RefundRetry, noon()),
            [request_refund(own(failures), eur(1000))]
        );
        let mut tell = |(id, event): Happened| state.react(&id, &event, noon());
        assert_eq!(tell(refund_requested(own(failures), eur(1000))), []);
        let timers: Vec<Action> = due
            .map(|due| set(TimerName::RefundRetry, due))
            .into_iter()
            .collect();
        assert_eq!(tell(refund_failed(own(failures))), timers);
    }
    assert_eq!(state.step(), "refund_failed");
}

#[test]
fn a_gateway_that_gives_the_authorisation_up_ends_the_order() {
    let voided = super::voided();
    process::<Fulfilment>()
        .given(until(AUTHORISED))
        .when(voided)
        .then([
            release("LAMP", ReleaseReason::PaymentFailed),
            release("CHAIR", ReleaseReason::PaymentFailed),
            cancel(CancelReason::CaptureFailed {
                failure_code: "authorisation_gone".to_owned(),
            }),
        ]);
}

#[test]
fn a_payment_that_is_captured_before_the_order_is_confirmed_pays_it_then() {
    process::<Fulfilment>()
        .given(until(AUTHORISED).into_iter().chain([captured()]))
        .when(super::confirmed())
        .then([super::order(super::OrderCommand::MarkPaid)])
        .then_status("completed");
}

#[test]
fn a_declined_payment_that_is_authorised_after_all_is_given_up() {
    process::<Fulfilment>()
        .given(until(PAYMENT_REQUESTED).into_iter().chain([declined()]))
        .when(authorised())
        .then([pay(PaymentCommand::RequestVoid)]);
}

#[test]
fn an_order_that_the_warehouse_cannot_ship_is_undone() {
    let reason = CancelReason::ShippingRefused {
        note: text("not on the shelf"),
    };
    process::<Fulfilment>()
        .given(until(PAID))
        .when(super::cancelled(reason))
        .then([
            request_refund(own(0), eur(1000)),
            release("LAMP", ReleaseReason::ShippingRefused),
            release("CHAIR", ReleaseReason::ShippingRefused),
        ]);
}

/// What a return asks of the payment.
pub(super) fn refund_for_goods(refund_id: RefundId, amount: Money, borne_by: LedgerAccount) -> Action {
    pay(PaymentCommand::RefundAtMost {
        refund_id,
        amount,
        reason: text("goods came back"),
        borne_by,
        return_id: Some(return_id(1)),
    })
}

#[test]
fn a_state_that_was_stored_before_there_were_timers_is_still_read() {
    let mut state = Fulfilment::default();
    for (id, event) in until(AUTHORISED) {
        state.react(&id, &event, noon());
    }
    let mut stored = serde_json::to_value(&state).unwrap();
    let running = stored["Running"].as_object_mut().unwrap();
    running.remove("phase");
    running.remove("moved_at");
    running["refunds"].as_object_mut().unwrap().remove("failures");
    let read: Fulfilment = serde_json::from_value(stored).unwrap();
    assert_eq!((read.status(), read.step()), (state.status(), state.step()));
}
