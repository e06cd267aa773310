//! The states of a payment's process that are worth telling apart, and what can happen in them.

use super::{
    AccountEvent, Happened, HoldRefusal, LedgerAccount, PaymentEvent, PaymentMethod, PaymentSource,
    authorised, by_account, by_card, capture_requested, eur, order_id, payment_id, refund_id,
    refund_requested, requested, text, to_account, to_payment, void_requested,
};
use crate::{
    process::{
        TimerName,
        machines::{Input, Machine},
    },
    testing::value::at,
};

fn captured() -> Happened {
    to_payment(PaymentEvent::Captured {
        order_id: order_id(1),
        amount: eur(1000),
        source: PaymentSource::Card,
    })
}

fn machine(
    method: &PaymentMethod,
    reference: Option<&'static str>,
    inputs: Vec<(&'static str, Input)>,
) -> Machine {
    let known = |more: &[Happened]| {
        let first = [requested(method.clone())];
        first
            .iter()
            .chain(more)
            .cloned()
            .map(Input::from)
            .collect::<Vec<_>>()
    };
    let authorised = || authorised(reference);
    Machine {
        states: vec![
            ("Nothing happened", Vec::new()),
            ("Authorisation asked for", known(&[])),
            ("Authorised", known(&[authorised()])),
            ("Capture asked for", known(&[authorised(), capture_requested()])),
            (
                "Captured",
                known(&[authorised(), capture_requested(), captured()]),
            ),
            ("Void asked for", known(&[authorised(), void_requested()])),
            (
                "Refund asked for",
                known(&[
                    authorised(),
                    capture_requested(),
                    captured(),
                    refund_requested(eur(300)),
                ]),
            ),
        ],
        inputs,
    }
}

fn asked() -> Vec<(&'static str, Input)> {
    vec![
        ("capture asked for", capture_requested().into()),
        ("void asked for", void_requested().into()),
        ("refund asked for", refund_requested(eur(300)).into()),
    ]
}

pub(crate) fn card_machine() -> Machine {
    let order_id = order_id(1);
    let mut inputs = vec![
        ("payment asked for", requested(by_card()).into()),
        ("authorised", authorised(Some("pi_1")).into()),
        (
            "authorised, without the gateway's name for it",
            authorised(None).into(),
        ),
        (
            "declined",
            to_payment(PaymentEvent::Declined {
                order_id,
                code: text("stolen"),
            })
            .into(),
        ),
    ];
    inputs.extend(asked());
    inputs.extend([
        ("captured", captured().into()),
        (
            "capture failed",
            to_payment(PaymentEvent::CaptureFailed {
                order_id,
                code: text("expired"),
            })
            .into(),
        ),
        ("voided", to_payment(PaymentEvent::Voided { order_id }).into()),
        (
            "refund failed",
            to_payment(PaymentEvent::RefundFailed {
                order_id,
                refund_id: refund_id(1),
                code: text("closed"),
            })
            .into(),
        ),
        (
            "timer `gateway_answer`",
            Input::Timer(TimerName::GatewayAnswer, at("2026-01-15T12:01:00Z")),
        ),
    ]);
    machine(&by_card(), Some("pi_1"), inputs)
}

pub(crate) fn account_machine() -> Machine {
    let (payment_id, order_id, amount) = (payment_id(1), order_id(1), eur(1000));
    let counter_account = LedgerAccount::Revenue;
    let mut inputs = vec![("payment asked for", requested(by_account()).into())];
    inputs.extend(asked());
    let account: [(&str, AccountEvent); 5] = [
        (
            "money held",
            AccountEvent::FundsHeld {
                payment_id,
                order_id,
                amount,
            },
        ),
        (
            "hold refused",
            AccountEvent::HoldRefused {
                payment_id,
                order_id,
                amount,
                reason: HoldRefusal::InsufficientFunds,
            },
        ),
        (
            "hold captured",
            AccountEvent::HoldCaptured {
                payment_id,
                order_id,
                amount,
                counter_account,
            },
        ),
        (
            "hold released",
            AccountEvent::HoldReleased {
                payment_id,
                order_id,
                amount,
            },
        ),
        (
            "money back on the account",
            AccountEvent::Refunded {
                payment_id,
                order_id,
                refund_id: refund_id(1),
                amount,
                counter_account,
            },
        ),
    ];
    inputs.extend(account.map(|(name, event)| (name, to_account(event).into())));
    machine(&by_account(), None, inputs)
}
