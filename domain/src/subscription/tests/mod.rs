//! The rules of a subscription.

mod dunning;
mod life;
mod properties;

pub(crate) use self::properties::events;
use super::{PauseReason, Period, Subscription, SubscriptionCommand, SubscriptionError, SubscriptionEvent};
use crate::{
    testing::{
        given,
        value::{at, by_card, customer_id, eur, payment_id, text},
        when,
    },
    value::Money,
};

const FIRST: &str = "2026-01-31T12:00:00Z";
const SECOND: &str = "2026-02-28T12:00:00Z";
const THIRD: &str = "2026-03-31T12:00:00Z";

fn start(amount: Money, period: Period) -> SubscriptionCommand {
    SubscriptionCommand::Start {
        customer_id: customer_id(1),
        amount,
        method: by_card(),
        period,
        first_charge_at: at(FIRST),
    }
}

/// Every month from the 31st of January.
fn started() -> SubscriptionEvent {
    SubscriptionEvent::Started {
        customer_id: customer_id(1),
        amount: eur(990),
        method: by_card(),
        period: Period::Months(1),
        first_charge_at: at(FIRST),
    }
}

fn charge(now: &str, payment: u128) -> SubscriptionCommand {
    SubscriptionCommand::Charge {
        at: at(now),
        payment_id: payment_id(payment),
    }
}

fn requested(payment: u128, number: u32, attempt: u32) -> SubscriptionEvent {
    SubscriptionEvent::ChargeRequested {
        payment_id: payment_id(payment),
        number,
        attempt,
        amount: eur(990),
    }
}

fn record_charged(payment: u128) -> SubscriptionCommand {
    SubscriptionCommand::RecordCharged {
        payment_id: payment_id(payment),
    }
}

fn charged(payment: u128, number: u32, next: &str) -> SubscriptionEvent {
    SubscriptionEvent::Charged {
        payment_id: payment_id(payment),
        number,
        next_charge_at: at(next),
    }
}

fn record_failed(payment: u128, now: &str) -> SubscriptionCommand {
    SubscriptionCommand::RecordChargeFailed {
        payment_id: payment_id(payment),
        code: text("insufficient_funds"),
        at: at(now),
    }
}

fn failed(payment: u128, attempt: u32, retry: Option<&str>) -> SubscriptionEvent {
    SubscriptionEvent::ChargeFailed {
        payment_id: payment_id(payment),
        number: 1,
        attempt,
        code: text("insufficient_funds"),
        retry_at: retry.map(at),
    }
}

fn paused(reason: PauseReason) -> SubscriptionEvent {
    SubscriptionEvent::Paused { reason }
}

fn cancelled() -> SubscriptionEvent {
    SubscriptionEvent::Cancelled { note: None }
}
