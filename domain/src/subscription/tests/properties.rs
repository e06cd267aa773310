//! What always holds of a subscription, whatever it is asked.

use std::collections::BTreeSet;

use proptest::{option, prelude::*};

use super::{PauseReason, Period, Subscription, SubscriptionCommand, SubscriptionEvent};
use crate::{
    testing::{
        arbitrary::{amounts, ids, instants, money, payment_methods, texts},
        laws::aggregate_laws,
        value::eur,
    },
    value::{CustomerId, PaymentId},
};

aggregate_laws!(Subscription, commands(), events(), always);

fn periods() -> impl Strategy<Value = Period> {
    prop_oneof![
        any::<u16>().prop_map(Period::Days),
        any::<u16>().prop_map(Period::Months)
    ]
}

fn commands() -> impl Strategy<Value = SubscriptionCommand> {
    let payments = || ids(PaymentId::new);
    prop_oneof![
        2 => (ids(CustomerId::new), amounts().prop_map(eur), payment_methods(), periods(), instants()).prop_map(
            |(customer_id, amount, method, period, first_charge_at)| SubscriptionCommand::Start {
                customer_id,
                amount,
                method,
                period,
                first_charge_at,
            }
        ),
        6 => (instants(), payments()).prop_map(|(at, payment_id)| SubscriptionCommand::Charge { at, payment_id }),
        4 => payments().prop_map(|payment_id| SubscriptionCommand::RecordCharged { payment_id }),
        4 => (payments(), texts(), instants()).prop_map(|(payment_id, code, at)| {
            SubscriptionCommand::RecordChargeFailed { payment_id, code, at }
        }),
        1 => Just(SubscriptionCommand::Pause),
        2 => instants().prop_map(|at| SubscriptionCommand::Resume { at }),
        1 => option::of(texts()).prop_map(|note| SubscriptionCommand::Cancel { note }),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = SubscriptionEvent> {
    let payments = || ids(PaymentId::new);
    prop_oneof![
        (
            ids(CustomerId::new),
            money(),
            payment_methods(),
            periods(),
            instants()
        )
            .prop_map(|(customer_id, amount, method, period, first_charge_at)| {
                SubscriptionEvent::Started {
                    customer_id,
                    amount,
                    method,
                    period,
                    first_charge_at,
                }
            }),
        (payments(), any::<u32>(), any::<u32>(), money()).prop_map(
            |(payment_id, number, attempt, amount)| SubscriptionEvent::ChargeRequested {
                payment_id,
                number,
                attempt,
                amount,
            }
        ),
        (payments(), any::<u32>(), instants()).prop_map(|(payment_id, number, next_charge_at)| {
            SubscriptionEvent::Charged {
                payment_id,
                number,
                next_charge_at,
            }
        }),
        (
            payments(),
            any::<u32>(),
            any::<u32>(),
            texts(),
            option::of(instants())
        )
            .prop_map(|(payment_id, number, attempt, code, retry_at)| {
                SubscriptionEvent::ChargeFailed {
                    payment_id,
                    number,
                    attempt,
                    code,
                    retry_at,
                }
            }),
        prop::sample::select(vec![PauseReason::ByCustomer, PauseReason::ChargeFailed])
            .prop_map(|reason| SubscriptionEvent::Paused { reason }),
        instants().prop_map(|next_charge_at| SubscriptionEvent::Resumed { next_charge_at }),
        option::of(texts()).prop_map(|note| SubscriptionEvent::Cancelled { note }),
    ]
}

/// A period is charged once, and one charge at a time is under way.
fn always(_: &Subscription, history: &[SubscriptionEvent]) {
    let mut charged = BTreeSet::new();
    let mut under_way = 0;
    for event in history {
        match event {
            SubscriptionEvent::ChargeRequested { .. } => under_way += 1,
            SubscriptionEvent::Charged { number, .. } => {
                under_way -= 1;
                assert!(charged.insert(*number), "{history:?}");
            }
            SubscriptionEvent::ChargeFailed { .. } => under_way -= 1,
            _ => {}
        }
        assert!((0..=1).contains(&under_way), "{history:?}");
    }
}
