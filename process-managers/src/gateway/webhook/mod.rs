//! Webhooks: what the gateway says without being asked.
//!
//! ```text
//! POST ──► signature ──► within the window? ──► parse ──► fact ──► the payment, once under `webhook:<event id>`
//!          401           400                    400               503 if it, or what comes before, is not there yet
//! ```
//!
//! A delivery may come twice, late, early and in any order. What that does to a payment is decided by the
//! domain ([`GatewayFact`]); what is decided here is only which payment it is about, and that each event counts
//! once. One that comes before its payment, or before what it rests on (a refund before its capture), is *not* kept:
//! it is answered with 503, and the gateway delivers it again, for three days in Stripe's case. It keeps its own
//! list better than a second one here could be kept. One that contradicts what is recorded is logged for people.
//!
//! The HTTP route calls [`WebhookInbox::receive`], and so does the sandbox.
//!
//! [`GatewayFact`]: domain::payment::GatewayFact

mod notification;
mod signature;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    payment::{Payment, PaymentCommand, PaymentError, PaymentEvent},
    value::PaymentId,
};
use event_store::{
    BusError, CommandBus, CommandContext, CommandKey, Metadata, ReadError, RecordedEvent, StreamId,
};
use sha2::{Digest as _, Sha256};

pub use self::notification::{News, Notification, Says, Subject};
use super::SecretKey;

/// How far the time of a delivery may be from ours: Stripe's own recommendation.
pub const REPLAY_WINDOW: Duration = Duration::from_secs(5 * 60);

/// The longest body that is looked at, in bytes.
pub const MAX_BODY: usize = 256 * 1_024;

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The header is missing or makes no sense. 400.
    #[error("the delivery has no signature")]
    NoSignature,
    /// Somebody else sent it, or changed it on the way. 401.
    #[error("the signature is wrong")]
    WrongSignature,
    /// It was signed too long ago or in the future: somebody may be repeating it. 400.
    #[error("the delivery was signed at {sent_at}, outside of the window")]
    OutsideTheWindow {
        /// When it was signed.
        sent_at: DateTime<Utc>,
    },
    /// It is longer than any delivery may be. 413.
    #[error("a delivery has at most {MAX_BODY} bytes")]
    TooLong,
    /// It is signed and still cannot be understood. 400.
    #[error("the delivery cannot be understood")]
    Malformed(#[source] serde_json::Error),
    /// It has no usable identifier, so nobody could know it again. 400.
    #[error("the delivery has no identifier")]
    NoEventId,
    /// There is no such payment yet. 503: the gateway should retry.
    #[error("there is no such payment yet")]
    TooEarly,
    /// Something that the payment must know first is still on its way. 503: the gateway should retry.
    #[error("the delivery is ahead of what is recorded of the payment")]
    OutOfOrder(#[source] PaymentError),
    /// It could not be recorded now; whether it was is not known. 503: the gateway should retry.
    #[error("the delivery cannot be recorded now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl WebhookError {
    /// Whether the gateway should retry.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::TooEarly | Self::OutOfOrder(_) | Self::Unavailable(_))
    }
}

/// What became of a delivery. All of it is answered with 200: to deliver it again changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The payment knows it now.
    Now,
    /// It was delivered before.
    Before,
    /// It is none of our business.
    Ignored,
    /// The payment refuses it, and would do so again: people must look at it. It is logged.
    Refused,
}

/// Knows the deliveries of one gateway account.
#[derive(Debug, Clone)]
pub struct WebhookVerifier {
    secret: SecretKey,
    tolerance: Duration,
}

impl WebhookVerifier {
    /// Knows deliveries that are signed with a secret; usually within [`REPLAY_WINDOW`].
    pub const fn new(secret: SecretKey, tolerance: Duration) -> Self {
        Self { secret, tolerance }
    }

    /// Checks the signature and the time of a delivery, and reads it.
    ///
    /// # Errors
    ///
    /// Each of [`WebhookError`] that is not transient.
    pub fn verify(
        &self,
        header: &str,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Notification, WebhookError> {
        if body.len() > MAX_BODY {
            return Err(WebhookError::TooLong);
        }
        signature::check(&self.secret, self.tolerance, header, body, now)?;
        Notification::parse(body)
    }

    /// The header for a delivery, for those who send one: the sandbox, and tests.
    pub fn sign(&self, body: &[u8], at: DateTime<Utc>) -> String {
        signature::sign(&self.secret, body, at)
    }
}

/// Tells the payment what a notification says, once.
///
/// # Errors
///
/// [`WebhookError::TooEarly`], [`WebhookError::OutOfOrder`] and [`WebhookError::Unavailable`]: the gateway should
/// retry.
pub async fn record(bus: &CommandBus, notification: Notification) -> Result<Recorded, WebhookError> {
    let Notification { event_id, news } = notification;
    let Some(News { subject, says }) = news else {
        return Ok(Recorded::Ignored);
    };
    let Some((payment_id, first)) = find_payment(bus, subject).await? else {
        return Ok(Recorded::Ignored);
    };
    let id = payment_id.to_string();
    let fact = match says {
        Says::Fact(fact) => fact,
        Says::Unrecordable(what) => {
            tracing::error!(
                payment.id = id,
                webhook.id = event_id,
                "the payment gateway reports {what}, which the books cannot record: people must look at it"
            );
            return Ok(Recorded::Refused);
        }
    };
    let command = PaymentCommand::RecordGatewayFact { fact };
    let meaning = serde_json::to_vec(&(payment_id, &command)).map_err(WebhookError::Malformed)?;
    let cause = first.metadata();
    let context = CommandContext {
        metadata: Metadata {
            actor: "gateway".to_owned(),
            correlation_id: cause.correlation_id,
            causation_id: None,
            command_id: format!("webhook:{event_id}"),
            traceparent: cause.traceparent,
        },
        keys: vec![CommandKey {
            key: format!("webhook:{event_id}"),
            // Of what it says and not of its bytes: a second delivery counts the first.
            fingerprint: Sha256::digest(&meaning).to_vec(),
        }],
        ..CommandContext::default()
    };
    match bus.execute::<Payment>(&id, command, context).await {
        Ok(answer) if answer.replayed => Ok(Recorded::Before),
        Ok(_) => Ok(Recorded::Now),
        Err(error) if error.is_transient() => Err(WebhookError::Unavailable(Box::new(error))),
        Err(BusError::Refused(PaymentError::Unknown)) => Err(WebhookError::TooEarly),
        // What comes before it is still on its way: the gateway keeps the delivery until then.
        Err(BusError::Refused(refusal)) if refusal.may_pass_later() => Err(WebhookError::OutOfOrder(refusal)),
        Err(error) => {
            let error = crate::error::in_one_line(&error);
            tracing::error!(
                error,
                payment.id = id,
                webhook.id = event_id,
                "a webhook contradicts the payment: people must look at it"
            );
            Ok(Recorded::Refused)
        }
    }
}

/// The payment that a delivery is about, with its first event: whatever follows belongs to the request that the
/// payment came from. Nothing when it is no payment of this shop.
async fn find_payment(
    bus: &CommandBus,
    subject: Subject,
) -> Result<Option<(PaymentId, RecordedEvent)>, WebhookError> {
    let Subject {
        gateway_reference,
        payment_id,
    } = subject;
    // The gateway's own name says for sure which payment it is, whatever the metadata were changed to.
    let holder = match gateway_reference {
        Some(reference) => {
            let claim = PaymentEvent::gateway_claim(reference.as_str());
            let holder = bus.log().find_claim(claim.scope, &claim.value).await;
            holder.map_err(unreadable)?
        }
        None => None,
    };
    let holder = holder.and_then(|id| id.parse::<PaymentId>().ok());
    let Some(payment_id) = holder.or(payment_id) else {
        return Ok(None);
    };
    let stream = StreamId::new(<Payment as cqrs_es::Aggregate>::TYPE, payment_id.to_string());
    let first = bus.log().load(&stream, 0, 1).await.map_err(unreadable)?;
    match first.into_iter().next() {
        Some(first) => Ok(Some((payment_id, first))),
        None => Err(WebhookError::TooEarly),
    }
}

fn unreadable(error: ReadError) -> WebhookError {
    WebhookError::Unavailable(Box::new(error))
}

/// Takes deliveries from whoever brings them.
#[derive(Clone)]
pub struct WebhookInbox {
    verifier: WebhookVerifier,
    bus: Arc<CommandBus>,
}

impl WebhookInbox {
    /// An inbox for the deliveries of one gateway account.
    pub const fn new(verifier: WebhookVerifier, bus: Arc<CommandBus>) -> Self {
        Self { verifier, bus }
    }

    /// Knows who may deliver.
    pub const fn verifier(&self) -> &WebhookVerifier {
        &self.verifier
    }

    /// Checks a delivery and tells the payment.
    ///
    /// # Errors
    ///
    /// When it was not taken; [`WebhookError::is_transient`] says whether the gateway should retry.
    pub async fn receive(
        &self,
        header: &str,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Recorded, WebhookError> {
        let notification = self.verifier.verify(header, body, now)?;
        record(&self.bus, notification).await
    }
}
