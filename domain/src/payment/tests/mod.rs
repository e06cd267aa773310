//! The rules of a payment.

mod capture;
mod gateway_facts;
mod properties;
mod refunds;

pub(crate) use self::{gateway_facts::facts_table, properties::events};
use super::{
    GatewayFact, MAX_REFUNDS, Payment, PaymentCommand, PaymentError, PaymentEvent, PaymentPhase,
    PaymentSource,
};
use crate::{
    Refusal, RefusalKind,
    account::LedgerAccount,
    order::PaymentMethod,
    testing::{
        given,
        value::{by_account, by_card, currency, customer_id, eur, order_id, refund_id, text, usd},
        when,
    },
    value::{Currency, Money},
};

fn request(amount: Money, method: PaymentMethod) -> PaymentCommand {
    PaymentCommand::Request {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount,
        method,
    }
}

/// Ten euros from an account.
fn requested() -> PaymentEvent {
    requested_by(by_account())
}

fn requested_by(method: PaymentMethod) -> PaymentEvent {
    PaymentEvent::Requested {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount: eur(1000),
        method,
    }
}

fn authorised() -> PaymentEvent {
    PaymentEvent::Authorised {
        order_id: order_id(1),
        gateway_reference: None,
    }
}

fn declined(code: &str) -> PaymentEvent {
    PaymentEvent::Declined {
        order_id: order_id(1),
        code: text(code),
    }
}

fn capture_requested() -> PaymentEvent {
    PaymentEvent::CaptureRequested {
        order_id: order_id(1),
        amount: eur(1000),
    }
}

fn captured_from(source: PaymentSource) -> PaymentEvent {
    PaymentEvent::Captured {
        order_id: order_id(1),
        amount: eur(1000),
        source,
    }
}

fn captured() -> PaymentEvent {
    captured_from(PaymentSource::Account)
}

fn capture_failed() -> PaymentEvent {
    PaymentEvent::CaptureFailed {
        order_id: order_id(1),
        code: text("expired"),
    }
}

fn void_requested() -> PaymentEvent {
    PaymentEvent::VoidRequested {
        order_id: order_id(1),
    }
}

fn voided() -> PaymentEvent {
    PaymentEvent::Voided {
        order_id: order_id(1),
    }
}

fn request_refund(number: u128, amount: Money) -> PaymentCommand {
    PaymentCommand::RequestRefund {
        refund_id: refund_id(number),
        amount,
        reason: text("broken"),
    }
}

fn refund_requested(number: u128, amount: Money) -> PaymentEvent {
    PaymentEvent::RefundRequested {
        order_id: order_id(1),
        refund_id: refund_id(number),
        amount,
        reason: text("broken"),
        borne_by: LedgerAccount::Revenue,
        return_id: None,
    }
}

fn refunded(number: u128, amount: Money) -> PaymentEvent {
    PaymentEvent::Refunded {
        order_id: order_id(1),
        refund_id: refund_id(number),
        amount,
        source: PaymentSource::Account,
        borne_by: LedgerAccount::Revenue,
        unnamed: false,
    }
}

fn refund_failed(number: u128) -> PaymentEvent {
    PaymentEvent::RefundFailed {
        order_id: order_id(1),
        refund_id: refund_id(number),
        code: text("closed"),
    }
}

fn record_authorised() -> PaymentCommand {
    PaymentCommand::RecordAuthorised {
        gateway_reference: None,
    }
}

fn record_declined() -> PaymentCommand {
    PaymentCommand::RecordDeclined { code: text("stolen") }
}

fn record_capture_failed() -> PaymentCommand {
    PaymentCommand::RecordCaptureFailed {
        code: text("expired"),
    }
}

fn record_refunded(number: u128) -> PaymentCommand {
    PaymentCommand::RecordRefunded {
        refund_id: refund_id(number),
    }
}

fn record_refund_failed(number: u128) -> PaymentCommand {
    PaymentCommand::RecordRefundFailed {
        refund_id: refund_id(number),
        code: text("closed"),
    }
}

/// A payment in every phase that it can be in.
fn lives() -> [(PaymentPhase, Vec<PaymentEvent>); 8] {
    let way = [requested(), authorised(), capture_requested(), captured()];
    let and = |count: usize, more: &[PaymentEvent]| [&way[..count], more].concat();
    [
        (PaymentPhase::Requested, and(1, &[])),
        (PaymentPhase::Authorised, and(2, &[])),
        (PaymentPhase::Declined, and(1, &[declined("stolen")])),
        (PaymentPhase::Capturing, and(3, &[])),
        (PaymentPhase::Captured, and(4, &[])),
        (PaymentPhase::CaptureFailed, and(3, &[capture_failed()])),
        (PaymentPhase::Voiding, and(2, &[void_requested()])),
        (PaymentPhase::Voided, and(2, &[void_requested(), voided()])),
    ]
}

#[test]
fn a_payment_is_in_the_phase_of_its_last_event() {
    for (phase, life) in lives() {
        let Payment::Open(payment) = given(life).state() else {
            panic!("the payment was asked for");
        };
        assert_eq!(payment.phase, phase);
    }
}

#[test]
fn a_payment_is_asked_for() {
    when(request(eur(1000), by_account())).then([requested()]);
    when(request(eur(1000), by_card())).then([requested_by(by_card())]);
}

#[test]
fn a_payment_is_asked_for_once() {
    given([requested()])
        .when(request(eur(1000), by_account()))
        .then_refused(PaymentError::AlreadyRequested);
}

#[test]
fn a_payment_is_of_an_amount_above_zero() {
    for amount in [0, -1, i64::MIN] {
        when(request(eur(amount), by_account())).then_refused(PaymentError::NotPositive);
    }
}

#[test]
fn a_payment_that_nobody_asked_for_is_unknown() {
    for command in [
        record_authorised(),
        record_declined(),
        PaymentCommand::RequestCapture,
        PaymentCommand::RecordCaptured,
        record_capture_failed(),
        PaymentCommand::RequestVoid,
        PaymentCommand::RecordVoided,
        request_refund(1, eur(1)),
        record_refunded(1),
        record_refund_failed(1),
    ] {
        when(command).then_refused(PaymentError::Unknown);
    }
}

#[test]
fn every_event_names_the_order() {
    for event in lives().into_iter().flat_map(|(_, life)| life).chain([
        refund_requested(1, eur(1)),
        refunded(1, eur(1)),
        refund_failed(1),
    ]) {
        assert_eq!(event.order_id(), order_id(1));
    }
}

#[test]
fn a_refusal_tells_programs_what_it_is_about() {
    let about = |error: PaymentError| (error.code(), error.kind(), error.field());
    assert_eq!(
        about(PaymentError::Unknown),
        ("unknown_payment", RefusalKind::Unknown, None)
    );
    assert_eq!(
        about(PaymentError::AlreadyRequested),
        ("payment_already_requested", RefusalKind::AlreadyExists, None)
    );
    assert_eq!(
        about(PaymentError::MoreThanCaptured { refundable: eur(1) }),
        ("more_than_captured", RefusalKind::Rule, Some("amount"))
    );
}
