//! What settlement does with every event, and what it leaves alone.

mod account;
mod asking;
mod card;
mod machine;
mod properties;

pub(crate) use self::machine::{account_machine, card_machine};
use super::{Action, GatewayCall, ProcessManager, Settlement};
use crate::{
    Event,
    account::{AccountCommand, AccountEvent, HoldRefusal, LedgerAccount},
    order::PaymentMethod,
    payment::{PaymentCommand, PaymentEvent, PaymentSource},
    testing::{
        process,
        value::{
            account_id, by_account, by_card, customer_id, eur, noon, order_id, payment_id, refund_id, text,
        },
    },
    value::Money,
};

type Happened = (String, Event);

fn to_payment(event: PaymentEvent) -> Happened {
    (payment_id(1).to_string(), Event::Payment(event))
}

fn to_account(event: AccountEvent) -> Happened {
    (account_id(1).to_string(), Event::Account(event))
}

/// Ten euros.
fn requested(method: PaymentMethod) -> Happened {
    to_payment(PaymentEvent::Requested {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount: eur(1000),
        method,
    })
}

fn authorised(gateway_reference: Option<&str>) -> Happened {
    to_payment(PaymentEvent::Authorised {
        order_id: order_id(1),
        gateway_reference: gateway_reference.map(text),
    })
}

fn capture_requested() -> Happened {
    to_payment(PaymentEvent::CaptureRequested {
        order_id: order_id(1),
        amount: eur(1000),
    })
}

fn void_requested() -> Happened {
    to_payment(PaymentEvent::VoidRequested {
        order_id: order_id(1),
    })
}

fn refund_requested(amount: Money) -> Happened {
    to_payment(PaymentEvent::RefundRequested {
        order_id: order_id(1),
        refund_id: refund_id(1),
        amount,
        reason: text("broken"),
        borne_by: LedgerAccount::Revenue,
        return_id: None,
    })
}

/// What a payment says of itself when it was answered.
fn answered() -> Vec<Happened> {
    let order_id = order_id(1);
    [
        PaymentEvent::Declined {
            order_id,
            code: text("stolen"),
        },
        PaymentEvent::Captured {
            order_id,
            amount: eur(1000),
            source: PaymentSource::Account,
        },
        PaymentEvent::CaptureFailed {
            order_id,
            code: text("expired"),
        },
        PaymentEvent::Voided { order_id },
        PaymentEvent::Refunded {
            order_id,
            refund_id: refund_id(1),
            amount: eur(1),
            source: PaymentSource::Card,
            borne_by: LedgerAccount::Revenue,
            unnamed: false,
        },
        PaymentEvent::RefundFailed {
            order_id,
            refund_id: refund_id(1),
            code: text("closed"),
        },
    ]
    .map(to_payment)
    .into()
}

fn pay(command: PaymentCommand) -> Action {
    (payment_id(1), command).into()
}

#[test]
fn a_payment_that_was_answered_needs_nothing_more() {
    for method in [by_account(), by_card()] {
        for event in answered() {
            process::<Settlement>()
                .given([requested(method.clone()), authorised(Some("pi_1"))])
                .when(event)
                .then_nothing()
                .then_status("open");
        }
    }
}

#[test]
fn a_payment_that_nobody_asked_for_moves_no_money() {
    for event in answered().into_iter().chain([
        authorised(None),
        capture_requested(),
        void_requested(),
        refund_requested(eur(1)),
    ]) {
        process::<Settlement>()
            .when(event)
            .then_nothing()
            .then_status("started");
    }
}

#[test]
fn a_payment_without_an_id_of_its_own_moves_no_money() {
    let (_, requested) = requested(by_account());
    assert_eq!(Settlement::default().react("no uuid", &requested, noon()), []);
}
