//! A subscription that is paid, and one that is not.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    Event,
    payment::{PaymentCommand, PaymentEvent, PaymentSource},
    process::{Action, Fulfilment, ProcessManager, Recurring, TimerName},
    subscription::{PauseReason, Period, SubscriptionCommand, SubscriptionEvent},
    testing::{
        process,
        value::{at, by_card, customer_id, eur, noon, order_id, payment_id, subscription_id, text},
    },
    value::{OrderId, PaymentId},
};

pub(super) type Happened = (String, Event);

pub(super) const NEXT: &str = "2026-02-15T12:00:00Z";

pub(super) fn booked_as() -> OrderId {
    OrderId::of_subscription(subscription_id(1))
}

pub(super) fn to_subscription(event: SubscriptionEvent) -> Happened {
    (subscription_id(1).to_string(), Event::Subscription(event))
}

pub(super) fn to_payment(event: PaymentEvent) -> Happened {
    (payment_id(1).to_string(), Event::Payment(event))
}

pub(super) fn started() -> Happened {
    to_subscription(SubscriptionEvent::Started {
        customer_id: customer_id(1),
        amount: eur(990),
        method: by_card(),
        period: Period::Months(1),
        first_charge_at: noon(),
    })
}

pub(super) fn requested() -> Happened {
    to_subscription(SubscriptionEvent::ChargeRequested {
        payment_id: payment_id(1),
        number: 1,
        attempt: 1,
        amount: eur(990),
    })
}

pub(super) fn authorised() -> Happened {
    to_payment(PaymentEvent::Authorised {
        order_id: booked_as(),
        gateway_reference: Some(text("pi_1")),
    })
}

pub(super) fn captured() -> Happened {
    to_payment(PaymentEvent::Captured {
        order_id: booked_as(),
        amount: eur(990),
        source: PaymentSource::Card,
    })
}

pub(super) fn declined() -> Happened {
    to_payment(PaymentEvent::Declined {
        order_id: booked_as(),
        code: text("stolen"),
    })
}

pub(super) fn cancelled() -> Happened {
    to_subscription(SubscriptionEvent::Cancelled { note: None })
}

fn ask(command: SubscriptionCommand) -> Action {
    (subscription_id(1), command).into()
}

fn pay(command: PaymentCommand) -> Action {
    (payment_id(1), command).into()
}

fn failed(code: &str) -> Action {
    ask(SubscriptionCommand::RecordChargeFailed {
        payment_id: payment_id(1),
        code: text(code),
        at: noon(),
    })
}

fn set(name: TimerName, due_at: &str) -> Action {
    Action::SetTimer {
        name,
        due_at: at(due_at),
    }
}

fn stop() -> [Action; 2] {
    [TimerName::SubscriptionDue, TimerName::DunningRetry].map(|name| Action::CancelTimer { name })
}

#[test]
fn the_first_charge_waits_for_its_time() {
    process::<Recurring>()
        .when(started())
        .then_timers([set(TimerName::SubscriptionDue, "2026-01-15T12:00:00Z")])
        .then_status("active")
        .then_step("waiting_for_period");
}

#[test]
fn the_timer_asks_the_subscription_under_a_name_that_is_always_the_same() {
    let name = format!("charge {}", noon().timestamp_micros());
    let derived = PaymentId::new(Uuid::new_v5(&subscription_id(1).uuid(), name.as_bytes()));
    for timer in [TimerName::SubscriptionDue, TimerName::DunningRetry] {
        process::<Recurring>()
            .given([started()])
            .when_rings(timer, noon())
            .then([ask(SubscriptionCommand::Charge {
                at: noon(),
                payment_id: derived,
            })]);
    }
}

#[test]
fn a_timer_that_rings_before_its_time_is_set_anew() {
    let early = noon() - TimeDelta::microseconds(1);
    process::<Recurring>()
        .given([started()])
        .when_rings(TimerName::SubscriptionDue, early)
        .then_timers([set(TimerName::SubscriptionDue, "2026-01-15T12:00:00Z")])
        .then_step("waiting_for_period");
}

#[test]
fn a_timer_for_a_time_finer_than_the_database_keeps_is_not_early() {
    let exact = "2026-01-15T12:00:00.123456789Z";
    let kept = "2026-01-15T12:00:00.123456Z";
    let resumed = to_subscription(SubscriptionEvent::Resumed {
        next_charge_at: at(exact),
    });
    process::<Recurring>()
        .given([started()])
        .when(resumed.clone())
        .then_timers([set(TimerName::SubscriptionDue, kept)]);
    let mut state = Recurring::default();
    for (id, event) in [started(), resumed] {
        state.react(&id, &event, noon());
    }
    let actions = state.timer("", TimerName::SubscriptionDue, at(kept));
    assert!(matches!(&actions[..], [Action::Command(_)]), "{actions:?}");
}

#[test]
fn a_charge_is_a_payment_that_no_order_waits_for() {
    process::<Recurring>()
        .given([started()])
        .when(requested())
        .then([pay(PaymentCommand::Request {
            order_id: booked_as(),
            customer_id: customer_id(1),
            amount: eur(990),
            method: by_card(),
        })])
        .then_step("authorising_charge");
    let (aggregate_id, event) = authorised();
    assert_eq!(Fulfilment::route(&aggregate_id, &event), None);
    let of_an_order = Event::Payment(PaymentEvent::Voided {
        order_id: order_id(1),
    });
    assert_eq!(Recurring::route(&aggregate_id, &of_an_order), None);
}

#[test]
fn an_authorised_charge_is_captured_and_recorded() {
    process::<Recurring>()
        .given([started(), requested()])
        .when(authorised())
        .then([pay(PaymentCommand::RequestCapture)])
        .then_step("capturing_charge");
    process::<Recurring>()
        .given([started(), requested(), authorised()])
        .when(captured())
        .then([ask(SubscriptionCommand::RecordCharged {
            payment_id: payment_id(1),
        })]);
}

#[test]
fn the_next_period_waits_for_its_time() {
    let charged = to_subscription(SubscriptionEvent::Charged {
        payment_id: payment_id(1),
        number: 1,
        next_charge_at: at(NEXT),
    });
    process::<Recurring>()
        .given([started(), requested(), authorised(), captured()])
        .when(charged)
        .then_timers([set(TimerName::SubscriptionDue, NEXT)])
        .then_step("waiting_for_period");
}

#[test]
fn a_declined_charge_is_recorded_and_tried_again_when_the_subscription_says_so() {
    process::<Recurring>()
        .given([started(), requested()])
        .when(declined())
        .then([failed("stolen")]);
    let retry = to_subscription(SubscriptionEvent::ChargeFailed {
        payment_id: payment_id(1),
        number: 1,
        attempt: 1,
        code: text("stolen"),
        retry_at: Some(at(NEXT)),
    });
    process::<Recurring>()
        .given([started(), requested(), declined()])
        .when(retry)
        .then_timers([set(TimerName::DunningRetry, NEXT)])
        .then_status("dunning")
        .then_step("waiting_for_retry");
}

#[test]
fn a_capture_that_failed_gives_the_authorisation_up() {
    let capture_failed = to_payment(PaymentEvent::CaptureFailed {
        order_id: booked_as(),
        code: text("expired"),
    });
    process::<Recurring>()
        .given([started(), requested(), authorised()])
        .when(capture_failed)
        .then([pay(PaymentCommand::RequestVoid), failed("expired")]);
}

#[test]
fn a_pause_and_an_end_stop_the_timers() {
    let paused = to_subscription(SubscriptionEvent::Paused {
        reason: PauseReason::ByCustomer,
    });
    process::<Recurring>()
        .given([started()])
        .when(paused.clone())
        .then_timers(stop())
        .then_status("paused");
    process::<Recurring>()
        .given([started()])
        .when(cancelled())
        .then_timers(stop())
        .then_status("completed")
        .then_step("cancelled");
    let resumed = to_subscription(SubscriptionEvent::Resumed {
        next_charge_at: at(NEXT),
    });
    process::<Recurring>()
        .given([started(), paused])
        .when(resumed)
        .then_timers([set(TimerName::SubscriptionDue, NEXT)])
        .then_status("active");
}

#[test]
fn a_charge_that_is_authorised_after_the_end_is_given_up() {
    process::<Recurring>()
        .given([started(), requested(), cancelled()])
        .when(authorised())
        .then([pay(PaymentCommand::RequestVoid), failed("cancelled")]);
}

#[test]
fn a_charge_that_is_captured_while_the_subscription_ends_stays_paid() {
    process::<Recurring>()
        .given([started(), requested(), authorised(), cancelled()])
        .when(captured())
        .then([ask(SubscriptionCommand::RecordCharged {
            payment_id: payment_id(1),
        })])
        .then_status("completed");
}

#[test]
fn money_that_arrives_for_a_charge_given_up_goes_back() {
    process::<Recurring>()
        .given([started(), requested(), declined()])
        .when(authorised())
        .then([pay(PaymentCommand::RequestVoid)]);
    let actions = {
        let mut state = Recurring::default();
        for (id, event) in [started(), requested(), declined()] {
            state.react(&id, &event, noon());
        }
        let (id, event) = captured();
        state.react(&id, &event, noon())
    };
    assert!(matches!(
        &actions[..],
        [Action::Command(command)] if format!("{command:?}").contains("RefundAtMost")
    ));
}
