//! Calls to the gateway that nobody answers.

use super::{
    Action, GatewayCall, Happened, PaymentEvent, Settlement, authorised, by_account, by_card,
    capture_requested, eur, noon, order_id, payment_id, process, refund_id, requested, text, to_payment,
};
use crate::{
    payment::PaymentSource,
    process::{ProcessManager as _, TimerName},
    testing::value::at,
};

const ANSWER: TimerName = TimerName::GatewayAnswer;
const A_MINUTE_LATER: &str = "2026-01-15T12:01:00Z";

fn set(due_at: &str) -> Action {
    Action::SetTimer {
        name: ANSWER,
        due_at: at(due_at),
    }
}

fn authorise() -> GatewayCall {
    GatewayCall::Authorise {
        payment_id: payment_id(1),
        order_id: order_id(1),
        token: text("tok_approved"),
        amount: eur(1000),
    }
}

fn capture() -> GatewayCall {
    GatewayCall::Capture {
        payment_id: payment_id(1),
        gateway_reference: text("pi_1"),
        amount: eur(1000),
    }
}

fn capturing() -> [Happened; 3] {
    [
        requested(by_card()),
        authorised(Some("pi_1")),
        capture_requested(),
    ]
}

fn captured() -> Happened {
    to_payment(PaymentEvent::Captured {
        order_id: order_id(1),
        amount: eur(1000),
        source: PaymentSource::Card,
    })
}

#[test]
fn a_call_that_is_not_answered_is_the_same_call_again() {
    process::<Settlement>()
        .when(requested(by_card()))
        .then([Action::Gateway(authorise())])
        .then_timers([set(A_MINUTE_LATER)]);
    process::<Settlement>()
        .given([requested(by_card())])
        .when_rings(ANSWER, at(A_MINUTE_LATER))
        .then([Action::Gateway(authorise())])
        .then_timers([set("2026-01-15T12:03:00Z")])
        .then_step("authorising");
    process::<Settlement>()
        .given(capturing())
        .when_rings(ANSWER, at(A_MINUTE_LATER))
        .then([Action::Gateway(capture())]);
}

#[test]
fn one_timer_serves_from_the_authorisation_to_the_capture() {
    process::<Settlement>()
        .given([requested(by_card())])
        .when(authorised(Some("pi_1")))
        .then_timers([]);
    process::<Settlement>()
        .given([requested(by_card()), authorised(Some("pi_1"))])
        .when(capture_requested())
        .then([Action::Gateway(capture())])
        .then_timers([]);
    process::<Settlement>()
        .given(capturing())
        .when(captured())
        .then_timers([Action::CancelTimer { name: ANSWER }])
        .then_step("captured");
}

#[test]
fn a_timer_that_rings_when_nothing_is_open_asks_nothing() {
    process::<Settlement>()
        .given([requested(by_card()), authorised(Some("pi_1"))])
        .when_rings(ANSWER, at(A_MINUTE_LATER))
        .then_nothing()
        .then_timers([]);
    process::<Settlement>()
        .given([requested(by_card()), authorised(Some("pi_1"))])
        .given_rang(ANSWER, at(A_MINUTE_LATER))
        .when(capture_requested())
        .then_timers([set(A_MINUTE_LATER)]);
}

#[test]
fn the_waits_double_up_to_a_day_and_end_after_eight_days() {
    let (id, event) = requested(by_card());
    let mut state = Settlement::default();
    state.react(&id, &event, noon());
    let mut due = at(A_MINUTE_LATER);
    let mut waits = Vec::new();
    while let Some(Action::SetTimer { due_at, .. }) = state.timer(&id, ANSWER, due).last() {
        waits.push((*due_at - due).num_minutes());
        due = *due_at;
    }
    assert_eq!(waits[..3], [2, 4, 8]);
    assert_eq!(waits[9..12], [1024, 1440, 1440]);
    assert_eq!(waits.len(), 17);
    assert_eq!((due - noon()).num_days(), 8);
    assert_eq!(state.status(), "failed");
}

#[test]
fn an_account_always_answers() {
    process::<Settlement>()
        .when(requested(by_account()))
        .then_timers([]);
}

#[test]
fn a_call_has_the_same_key_whoever_asks_and_no_two_calls_share_one() {
    let refund = |number| GatewayCall::Refund {
        payment_id: payment_id(1),
        gateway_reference: text("pi_1"),
        refund_id: refund_id(number),
        amount: eur(1),
    };
    let void = GatewayCall::Void {
        payment_id: payment_id(1),
        gateway_reference: text("pi_1"),
    };
    let calls = [authorise(), capture(), void, refund(1), refund(2)];
    let keys: std::collections::BTreeSet<_> = calls.iter().map(GatewayCall::idempotency_key).collect();
    assert_eq!(keys.len(), calls.len());
    assert_eq!(authorise().idempotency_key(), authorise().idempotency_key());
}
