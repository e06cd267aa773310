//! The states of a subscription's process that are worth telling apart, and what can happen in them.

use chrono::TimeDelta;

use super::way::{
    NEXT, authorised, booked_as, cancelled, captured, declined, requested, started, to_payment,
    to_subscription,
};
use crate::{
    payment::PaymentEvent,
    process::{
        TimerName,
        machines::{Input, Machine},
    },
    subscription::{PauseReason, SubscriptionEvent},
    testing::value::{at, noon, payment_id, text},
};

pub(crate) fn machine() -> Machine {
    let payment_id = payment_id(1);
    let paused = || {
        to_subscription(SubscriptionEvent::Paused {
            reason: PauseReason::ByCustomer,
        })
    };
    let charge_failed = || {
        to_subscription(SubscriptionEvent::ChargeFailed {
            payment_id,
            number: 1,
            attempt: 1,
            code: text("stolen"),
            retry_at: Some(at(NEXT)),
        })
    };
    let all = |events: Vec<(String, crate::Event)>| events.into_iter().map(Input::from).collect::<Vec<_>>();
    Machine {
        states: vec![
            ("Nothing happened", Vec::new()),
            ("Waiting for the period", all(vec![started()])),
            ("Charge asked for", all(vec![started(), requested()])),
            (
                "Charge authorised",
                all(vec![started(), requested(), authorised()]),
            ),
            (
                "Charge failed",
                all(vec![started(), requested(), declined(), charge_failed()]),
            ),
            ("Paused", all(vec![started(), paused()])),
            (
                "Cancelled while a charge is open",
                all(vec![started(), requested(), cancelled()]),
            ),
            ("Cancelled", all(vec![started(), cancelled()])),
        ],
        inputs: vec![
            ("subscription started", started().into()),
            (
                "timer `subscription_due`",
                Input::Timer(TimerName::SubscriptionDue, noon()),
            ),
            (
                "timer `dunning_retry`",
                Input::Timer(TimerName::DunningRetry, noon()),
            ),
            (
                "timer `subscription_due`, an hour early",
                Input::Timer(TimerName::SubscriptionDue, noon() - TimeDelta::hours(1)),
            ),
            ("charge requested", requested().into()),
            ("payment authorised", authorised().into()),
            ("payment declined", declined().into()),
            ("payment captured", captured().into()),
            (
                "capture failed",
                to_payment(PaymentEvent::CaptureFailed {
                    order_id: booked_as(),
                    code: text("expired"),
                })
                .into(),
            ),
            (
                "charged",
                to_subscription(SubscriptionEvent::Charged {
                    payment_id,
                    number: 1,
                    next_charge_at: at(NEXT),
                })
                .into(),
            ),
            ("charge failed, tried again", charge_failed().into()),
            ("paused", paused().into()),
            (
                "resumed",
                to_subscription(SubscriptionEvent::Resumed {
                    next_charge_at: at(NEXT),
                })
                .into(),
            ),
            ("cancelled", cancelled().into()),
        ],
    }
}
