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
//! | `tok_timeout_approved` | the first question is never answered; asked again, it is approved |
//! | `tok_timeout_declined` | the first question is never answered; asked again, it is declined with `card_declined` |
//! | `tok_webhook_first` | approved, and each webhook arrives before the answer |
//! | `tok_duplicate_webhooks` | approved, and each webhook arrives twice, and late ones once more |
//! | anything else | the authorisation is declined with `unknown_token` |
//!
//! Every answer follows from the question alone: the reference of a payment is made of its identifier and of
//! the token's behaviour. So a question that is repeated, with the same key or after a crash, has the same
//! answer, and every copy of the service gives it. All that it remembers is which questions it has left
//! unanswered.
//!
//! Its webhooks have the form and the signature of Stripe's, and go through the same inbox.

#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::Utc;
use domain::value::{Money, PaymentId, Text};
use moka::sync::Cache;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway, RefundOrder, webhook::WebhookInbox};

/// How long `tok_slow` takes for each answer.
const SLOW: Duration = Duration::from_millis(500);

/// How many unanswered questions are remembered. One that is forgotten is left unanswered once more.
const UNANSWERED: u64 = 10_000;

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
    TimeOut(Option<&'static str>),
    WebhookFirst,
    DuplicateWebhooks,
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
    token(
        "tok_timeout_approved",
        "no answer, then approved",
        Behaviour::TimeOut(None),
    ),
    token(
        "tok_timeout_declined",
        "no answer, then declined: card_declined",
        Behaviour::TimeOut(Some("card_declined")),
    ),
    token(
        "tok_webhook_first",
        "approved, webhooks before the answers",
        Behaviour::WebhookFirst,
    ),
    token(
        "tok_duplicate_webhooks",
        "approved, webhooks twice and late",
        Behaviour::DuplicateWebhooks,
    ),
];

const fn token(token: &'static str, effect: &'static str, behaviour: Behaviour) -> SandboxToken {
    SandboxToken {
        token,
        effect,
        behaviour,
    }
}

/// A gateway that moves no money.
#[derive(Clone)]
pub struct SandboxGateway {
    unanswered: Cache<Uuid, ()>,
    inbox: Option<WebhookInbox>,
}

impl Default for SandboxGateway {
    fn default() -> Self {
        Self {
            unanswered: Cache::new(UNANSWERED),
            inbox: None,
        }
    }
}

impl fmt::Debug for SandboxGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SandboxGateway")
    }
}

impl SandboxGateway {
    /// The same, and its webhooks arrive there. Without an inbox it sends none.
    #[must_use]
    pub fn with_webhooks(self, inbox: WebhookInbox) -> Self {
        Self {
            inbox: Some(inbox),
            ..self
        }
    }

    /// Sends the webhooks of a step, before the step is answered.
    async fn tell(&self, behaviour: Behaviour, payment_id: PaymentId, key: Uuid, steps: &[Step]) {
        let Some(inbox) = &self.inbox else { return };
        let (times, steps) = match (behaviour, steps) {
            (Behaviour::WebhookFirst, [.., last]) => (1, std::slice::from_ref(last)),
            // The earlier ones come once more, late.
            (Behaviour::DuplicateWebhooks, steps) => (2, steps),
            _ => return,
        };
        for step in steps {
            // Known again by what happened, whoever tells it.
            let event_id = Uuid::new_v5(&payment_id.uuid(), step.seed(key).as_bytes());
            let body = step.body(event_id, behaviour, payment_id).to_string();
            for _ in 0..times {
                let now = Utc::now();
                let header = inbox.verifier().sign(body.as_bytes(), now);
                if let Err(error) = inbox.receive(&header, body.as_bytes(), now).await {
                    tracing::warn!(%error, "a webhook of the sandbox was not taken");
                }
            }
        }
    }
}

/// What a webhook tells.
enum Step {
    Authorised,
    Captured,
    Voided,
    Refunded(Value),
}

impl Step {
    fn kind(&self) -> &'static str {
        match self {
            Self::Authorised => "payment_intent.amount_capturable_updated",
            Self::Captured => "payment_intent.succeeded",
            Self::Voided => "payment_intent.canceled",
            Self::Refunded(_) => "refund.updated",
        }
    }

    fn seed(&self, key: Uuid) -> String {
        match self {
            Self::Refunded(_) => format!("{} {key}", self.kind()),
            _ => self.kind().to_owned(),
        }
    }

    fn body(&self, event_id: Uuid, behaviour: Behaviour, payment_id: PaymentId) -> Value {
        let object = match self {
            Self::Refunded(refund) => refund.clone(),
            _ => json!({
                "id": format!("sandbox_{}_{payment_id}", behaviour.name()),
                "status": if matches!(self, Self::Authorised) { "requires_capture" } else { "succeeded" },
                "metadata": {"payment_id": payment_id},
            }),
        };
        json!({"id": format!("evt_{event_id}"), "type": self.kind(), "data": {"object": object}})
    }
}

impl Behaviour {
    /// Stands in the reference of a payment, so that later calls know.
    const fn name(self) -> &'static str {
        match self {
            Self::Approve | Self::Decline(_) | Self::TimeOut(_) => "ok",
            Self::FailCapture => "nocapture",
            Self::FailRefund => "norefund",
            Self::Slow => "slow",
            Self::WebhookFirst => "early",
            Self::DuplicateWebhooks => "twice",
        }
    }

    fn of_reference(reference: &Text<200>) -> Self {
        let name = reference
            .as_str()
            .strip_prefix("sandbox_")
            .and_then(|rest| rest.split('_').next());
        let known = [
            Self::FailCapture,
            Self::FailRefund,
            Self::Slow,
            Self::WebhookFirst,
            Self::DuplicateWebhooks,
        ];
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

/// The payment that a reference was made for.
fn payment_of(reference: &Text<200>) -> Result<PaymentId, GatewayError> {
    let name = reference.as_str().rsplit('_').next().unwrap_or_default();
    name.parse().map_err(|_| GatewayError::Refused {
        reason: "the sandbox did not make this reference".to_owned(),
    })
}

#[async_trait]
impl PaymentGateway for SandboxGateway {
    async fn authorise(
        &self,
        key: Uuid,
        authorisation: Authorisation<'_>,
    ) -> Result<GatewayAnswer, GatewayError> {
        let known = TOKENS
            .iter()
            .find(|known| known.token == authorisation.token.as_str());
        let behaviour = known.map_or(Behaviour::Decline("unknown_token"), |known| known.behaviour);
        behaviour.take_time().await;
        if matches!(behaviour, Behaviour::TimeOut(_)) && !self.unanswered.contains_key(&key) {
            self.unanswered.insert(key, ());
            std::future::pending::<()>().await;
        }
        let payment_id = authorisation.payment_id;
        self.tell(behaviour, payment_id, key, &[Step::Authorised]).await;
        match behaviour {
            Behaviour::Decline(code) | Behaviour::TimeOut(Some(code)) => declined(code),
            _ => Ok(GatewayAnswer::Approved {
                reference: behaviour.reference(payment_id)?,
            }),
        }
    }

    async fn capture(
        &self,
        key: Uuid,
        reference: &Text<200>,
        _amount: Money,
    ) -> Result<GatewayAnswer, GatewayError> {
        let behaviour = Behaviour::of_reference(reference);
        behaviour.take_time().await;
        let steps = [Step::Authorised, Step::Captured];
        self.tell(behaviour, payment_of(reference)?, key, &steps).await;
        match behaviour {
            Behaviour::FailCapture => declined("capture_failed"),
            _ => Ok(GatewayAnswer::Approved {
                reference: reference.clone(),
            }),
        }
    }

    async fn void(&self, key: Uuid, reference: &Text<200>) -> Result<GatewayAnswer, GatewayError> {
        let behaviour = Behaviour::of_reference(reference);
        behaviour.take_time().await;
        let steps = [Step::Authorised, Step::Voided];
        self.tell(behaviour, payment_of(reference)?, key, &steps).await;
        Ok(GatewayAnswer::Approved {
            reference: reference.clone(),
        })
    }

    async fn refund(&self, key: Uuid, order: RefundOrder<'_>) -> Result<GatewayAnswer, GatewayError> {
        let RefundOrder {
            payment_id,
            refund_id,
            reference,
            amount,
        } = order;
        let behaviour = Behaviour::of_reference(reference);
        behaviour.take_time().await;
        let refunded = json!({
            "id": format!("sandbox_{refund_id}"),
            "status": "succeeded",
            "amount": amount.amount,
            "currency": amount.currency,
            "metadata": {"payment_id": payment_id, "refund_id": refund_id},
        });
        let steps = [Step::Captured, Step::Refunded(refunded)];
        self.tell(behaviour, payment_id, key, &steps).await;
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
