//! A payment by card, through the gateway.

use super::{
    Action, GatewayCall, Happened, PaymentCommand, Settlement, authorised, by_card, capture_requested, eur,
    order_id, payment_id, process, refund_id, refund_requested, requested, text, void_requested,
};

/// The payment was asked for, and the gateway knows it by a name.
fn authorised_payment() -> [Happened; 2] {
    [requested(by_card()), authorised(Some("pi_1"))]
}

#[test]
fn the_gateway_is_asked_to_authorise_the_card() {
    process::<Settlement>()
        .when(requested(by_card()))
        .then([Action::Gateway(GatewayCall::Authorise {
            payment_id: payment_id(1),
            order_id: order_id(1),
            token: text("tok_approved"),
            amount: eur(1000),
        })])
        .then_status("open");
}

#[test]
fn an_authorisation_by_the_gateway_asks_for_nothing() {
    process::<Settlement>()
        .given([requested(by_card())])
        .when(authorised(Some("pi_1")))
        .then_nothing();
}

#[test]
fn the_gateway_is_asked_to_capture_what_it_authorised() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(capture_requested())
        .then([Action::Gateway(GatewayCall::Capture {
            payment_id: payment_id(1),
            gateway_reference: text("pi_1"),
            amount: eur(1000),
        })]);
}

#[test]
fn the_gateway_is_asked_to_void_what_it_authorised() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(void_requested())
        .then([Action::Gateway(GatewayCall::Void {
            payment_id: payment_id(1),
            gateway_reference: text("pi_1"),
        })]);
}

#[test]
fn the_gateway_is_asked_to_refund_what_it_captured() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(refund_requested(eur(300)))
        .then([Action::Gateway(GatewayCall::Refund {
            payment_id: payment_id(1),
            gateway_reference: text("pi_1"),
            refund_id: refund_id(1),
            amount: eur(300),
        })]);
}

#[test]
fn what_the_gateway_has_no_name_for_is_answered_at_once_so_that_nobody_waits() {
    let code = || text("no_gateway_reference");
    for (event, answer) in [
        (
            capture_requested(),
            PaymentCommand::RecordCaptureFailed { code: code() },
        ),
        (void_requested(), PaymentCommand::RecordVoided),
        (
            refund_requested(eur(1)),
            PaymentCommand::RecordRefundFailed {
                refund_id: refund_id(1),
                code: code(),
            },
        ),
    ] {
        process::<Settlement>()
            .given([requested(by_card()), authorised(None)])
            .when(event)
            .then([(payment_id(1), answer).into()]);
    }
}

#[test]
fn every_call_names_its_payment() {
    let payment_id = payment_id(1);
    let gateway_reference = || text("pi_1");
    for call in [
        GatewayCall::Authorise {
            payment_id,
            order_id: order_id(1),
            token: text("tok_approved"),
            amount: eur(1),
        },
        GatewayCall::Capture {
            payment_id,
            gateway_reference: gateway_reference(),
            amount: eur(1),
        },
        GatewayCall::Void {
            payment_id,
            gateway_reference: gateway_reference(),
        },
        GatewayCall::Refund {
            payment_id,
            gateway_reference: gateway_reference(),
            refund_id: refund_id(1),
            amount: eur(1),
        },
    ] {
        assert_eq!(call.payment_id(), payment_id);
    }
}
