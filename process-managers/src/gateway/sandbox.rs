//! A gateway that moves no money: the token says how it answers.
//!
//! | token | answer |
//! |---|---|
//! | `tok_approved` | everything is approved |
//! | `tok_declined` | the authorisation is declined with `card_declined` |
//! | `tok_insufficient_funds` | the authorisation is declined with `insufficient_funds` |
//! | `tok_expired_card` | the authorisation is declined with `expired_card` |
//! | `tok_capture_fails` | authorised, but the capture is declined with `capture_failed` |
//! | `tok_refund_fails` | authorised and captured, but a refund is declined with `refund_failed` |
//! | `tok_slow` | everything is approved, each time after 500 ms |
//! | anything else | the authorisation is declined with `unknown_token` |
//!
//! It remembers nothing. Every answer follows from the question alone: the reference of a payment is
//! made of its identifier and of the token's behaviour. So a question that is repeated, with the same
//! key or after a crash, has the same answer, and every copy of the service gives it.

use std::time::Duration;

use async_trait::async_trait;
use domain::value::{Money, PaymentId, RefundId, Text};
use uuid::Uuid;

use super::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway};

/// How long `tok_slow` takes for each answer.
const SLOW: Duration = Duration::from_millis(500);

/// A token of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxToken {
    /// What is sent as the card's token.
    pub token: &'static str,
    /// What happens then.
    pub effect: &'static str,
    behaviour: Behaviour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    Approve,
    Decline(&'static str),
    FailCapture,
    FailRefund,
    Slow,
}

/// Every token that the sandbox knows.
pub const TOKENS: &[SandboxToken] = &[
    token("tok_approved", "everything is approved", Behaviour::Approve),
    token(
        "tok_declined",
        "declined: card_declined",
        Behaviour::Decline("card_declined"),
    ),
    token(
        "tok_insufficient_funds",
        "declined: insufficient_funds",
        Behaviour::Decline("insufficient_funds"),
    ),
    token(
        "tok_expired_card",
        "declined: expired_card",
        Behaviour::Decline("expired_card"),
    ),
    token(
        "tok_capture_fails",
        "authorised, then the capture fails",
        Behaviour::FailCapture,
    ),
    token(
        "tok_refund_fails",
        "paid, but a refund fails",
        Behaviour::FailRefund,
    ),
    token("tok_slow", "approved, each answer after 500 ms", Behaviour::Slow),
];

const fn token(token: &'static str, effect: &'static str, behaviour: Behaviour) -> SandboxToken {
    SandboxToken {
        token,
        effect,
        behaviour,
    }
}

/// A gateway that moves no money.
#[derive(Debug, Clone, Copy, Default)]
pub struct SandboxGateway;

impl Behaviour {
    /// Stands in the reference of a payment, so that later calls know.
    const fn name(self) -> &'static str {
        match self {
            Self::Approve | Self::Decline(_) => "ok",
            Self::FailCapture => "nocapture",
            Self::FailRefund => "norefund",
            Self::Slow => "slow",
        }
    }

    fn of_reference(reference: &Text<200>) -> Self {
        let name = reference
            .as_str()
            .strip_prefix("sandbox_")
            .and_then(|rest| rest.split('_').next());
        let known = [Self::FailCapture, Self::FailRefund, Self::Slow];
        known
            .into_iter()
            .find(|known| name == Some(known.name()))
            .unwrap_or(Self::Approve)
    }

    async fn take_time(self) {
        if self == Self::Slow {
            tokio::time::sleep(SLOW).await;
        }
    }

    fn reference(self, payment_id: PaymentId) -> Result<Text<200>, GatewayError> {
        text(format!("sandbox_{}_{payment_id}", self.name()))
    }
}

#[async_trait]
impl PaymentGateway for SandboxGateway {
    async fn authorise(
        &self,
        _key: Uuid,
        authorisation: Authorisation<'_>,
    ) -> Result<GatewayAnswer, GatewayError> {
        let known = TOKENS
            .iter()
            .find(|known| known.token == authorisation.token.as_str());
        let behaviour = known.map_or(Behaviour::Decline("unknown_token"), |known| known.behaviour);
        behaviour.take_time().await;
        match behaviour {
            Behaviour::Decline(code) => declined(code),
            _ => Ok(GatewayAnswer::Approved {
                reference: behaviour.reference(authorisation.payment_id)?,
            }),
        }
    }

    async fn capture(
        &self,
        _key: Uuid,
        reference: &Text<200>,
        _amount: Money,
    ) -> Result<GatewayAnswer, GatewayError> {
        let behaviour = Behaviour::of_reference(reference);
        behaviour.take_time().await;
        match behaviour {
            Behaviour::FailCapture => declined("capture_failed"),
            _ => Ok(GatewayAnswer::Approved {
                reference: reference.clone(),
            }),
        }
    }

    async fn void(&self, _key: Uuid, reference: &Text<200>) -> Result<GatewayAnswer, GatewayError> {
        Behaviour::of_reference(reference).take_time().await;
        Ok(GatewayAnswer::Approved {
            reference: reference.clone(),
        })
    }

    async fn refund(
        &self,
        _key: Uuid,
        reference: &Text<200>,
        _refund_id: RefundId,
        _amount: Money,
    ) -> Result<GatewayAnswer, GatewayError> {
        let behaviour = Behaviour::of_reference(reference);
        behaviour.take_time().await;
        match behaviour {
            Behaviour::FailRefund => declined("refund_failed"),
            _ => Ok(GatewayAnswer::Approved {
                reference: reference.clone(),
            }),
        }
    }
}

fn declined(code: &str) -> Result<GatewayAnswer, GatewayError> {
    Ok(GatewayAnswer::Declined {
        code: text(code.to_owned())?,
    })
}

fn text<const MAX: usize>(text: String) -> Result<Text<MAX>, GatewayError> {
    Text::try_from(text).map_err(|error| GatewayError::Refused { reason: error.rule })
}

#[cfg(test)]
mod tests {
    use domain::{
        payment::PaymentCommand,
        process::GatewayCall,
        value::{CardToken, OrderId},
    };

    use super::*;
    use crate::gateway::ask;

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
        ask(&SandboxGateway, Uuid::nil(), &call).await.unwrap()
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
            assert_eq!(ask(&SandboxGateway, Uuid::nil(), &call).await.unwrap(), expected);
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
        assert_eq!(ask(&SandboxGateway, Uuid::nil(), &capture).await.unwrap(), failed);

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
        assert_eq!(ask(&SandboxGateway, Uuid::nil(), &refund).await.unwrap(), failed);
    }

    #[test]
    fn every_token_is_in_the_documentation() {
        let documentation = include_str!("sandbox.rs")
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
}
