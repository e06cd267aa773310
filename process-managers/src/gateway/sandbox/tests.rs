//! Every token, and what it does.

use domain::{
    payment::PaymentCommand,
    process::GatewayCall,
    value::{CardToken, OrderId, RefundId},
};

use super::*;
use crate::gateway::ask::ask;

const PAYMENT: PaymentId = PaymentId::new(Uuid::from_u128(7));

fn amount() -> Money {
    serde_json::from_str(r#"{"amount": 1000, "currency": "EUR"}"#).unwrap()
}

async fn authorise(token: &str) -> PaymentCommand {
    let call = GatewayCall::Authorise {
        payment_id: PAYMENT,
        order_id: OrderId::new(Uuid::from_u128(8)),
        token: CardToken::try_from(token.to_owned()).unwrap(),
        amount: amount(),
    };
    ask(&SandboxGateway::default(), Uuid::nil(), &call).await.unwrap()
}

async fn reference(token: &str) -> Text<200> {
    match authorise(token).await {
        PaymentCommand::RecordAuthorised {
            gateway_reference: Some(reference),
        } => reference,
        other => panic!("{token} is not authorised: {other:?}"),
    }
}

fn code(code: &str) -> Text<100> {
    code.to_owned().try_into().unwrap()
}

#[tokio::test]
async fn a_declining_token_is_declined_with_its_code() {
    for (token, expected) in [
        ("tok_declined", "card_declined"),
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_expired_card", "expired_card"),
        ("tok_visa", "unknown_token"),
    ] {
        assert_eq!(
            authorise(token).await,
            PaymentCommand::RecordDeclined { code: code(expected) }
        );
    }
}

#[tokio::test]
async fn a_repeated_question_has_the_same_answer() {
    assert_eq!(authorise("tok_approved").await, authorise("tok_approved").await);
}

#[tokio::test]
async fn an_approved_payment_is_captured_voided_and_refunded() {
    let gateway_reference = reference("tok_approved").await;
    let (payment_id, amount) = (PAYMENT, amount());
    let refund_id = RefundId::new(Uuid::from_u128(9));
    let capture = GatewayCall::Capture {
        payment_id,
        gateway_reference: gateway_reference.clone(),
        amount,
    };
    let void = GatewayCall::Void {
        payment_id,
        gateway_reference: gateway_reference.clone(),
    };
    let refund = GatewayCall::Refund {
        payment_id,
        gateway_reference,
        refund_id,
        amount,
    };
    for (call, expected) in [
        (capture, PaymentCommand::RecordCaptured),
        (void, PaymentCommand::RecordVoided),
        (refund, PaymentCommand::RecordRefunded { refund_id }),
    ] {
        assert_eq!(
            ask(&SandboxGateway::default(), Uuid::nil(), &call).await.unwrap(),
            expected
        );
    }
}

#[tokio::test]
async fn a_capture_and_a_refund_can_fail_after_the_authorisation() {
    let (payment_id, amount) = (PAYMENT, amount());
    let refund_id = RefundId::new(Uuid::from_u128(9));
    let gateway_reference = reference("tok_capture_fails").await;
    let capture = GatewayCall::Capture {
        payment_id,
        gateway_reference,
        amount,
    };
    let failed = PaymentCommand::RecordCaptureFailed {
        code: code("capture_failed"),
    };
    assert_eq!(
        ask(&SandboxGateway::default(), Uuid::nil(), &capture)
            .await
            .unwrap(),
        failed
    );

    let gateway_reference = reference("tok_refund_fails").await;
    let refund = GatewayCall::Refund {
        payment_id,
        gateway_reference,
        refund_id,
        amount,
    };
    let failed = PaymentCommand::RecordRefundFailed {
        refund_id,
        code: code("refund_failed"),
    };
    assert_eq!(
        ask(&SandboxGateway::default(), Uuid::nil(), &refund)
            .await
            .unwrap(),
        failed
    );
}

#[test]
fn every_token_is_in_the_documentation() {
    let documentation = include_str!("mod.rs")
        .lines()
        .take_while(|line| line.starts_with("//!"));
    let documentation: Vec<&str> = documentation.collect();
    for known in TOKENS {
        let row = format!("//! | `{}` |", known.token);
        assert!(
            documentation.iter().any(|line| line.starts_with(&row)),
            "{}",
            known.token
        );
    }
}
