//! `POST /v1/webhooks/payments`
//!
//! The body is passed on byte by byte as it came, for the signature is over its bytes. Who checks it and what it
//! means is not known here: that is the business of whoever speaks with the gateway.

use async_trait::async_trait;
use axum::{
    Json,
    extract::{Request, State},
};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::{
    options::MAX_WEBHOOK_BYTES,
    problem::{Problem, ProblemBody},
    request::read_body,
    response::Problems,
    router::ApiState,
};

const SIGNATURE: &str = "Stripe-Signature";

/// Takes what the payment gateway says on its own.
#[async_trait]
pub trait PaymentWebhooks: Send + Sync + 'static {
    /// Checks a delivery and records what it says, once.
    ///
    /// # Errors
    ///
    /// When it was not taken.
    async fn receive(&self, signature: &str, body: &[u8]) -> Result<WebhookOutcome, WebhookRefused>;
}

/// What became of a delivery. Whichever it is, to deliver it again changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOutcome {
    /// It is recorded now.
    Recorded,
    /// It had been recorded before.
    Duplicate,
    /// It is about nothing that this shop waits for.
    Ignored,
    /// It contradicts what is known of the payment. People look at it.
    Contradicted,
}

/// Why a delivery was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// There is no signature, or none that makes sense.
    #[error("the delivery has no signature")]
    NoSignature,
    /// Somebody else sent it, or changed it on the way.
    #[error("the signature is wrong")]
    WrongSignature,
    /// It was signed too long ago or in the future: somebody may be repeating it.
    #[error("the delivery was signed outside of the replay window")]
    OutsideTheWindow,
    /// It is longer than any delivery may be.
    #[error("the delivery is too long")]
    TooLong,
    /// It is signed and still cannot be understood.
    #[error("the delivery cannot be understood")]
    Malformed,
    /// Its payment is not known yet: the gateway should retry.
    #[error("there is no such payment yet")]
    TooEarly,
    /// It could not be recorded now: the gateway should retry.
    #[error("the delivery cannot be recorded now")]
    Unavailable,
}

/// The header by which the gateway shows that it is the gateway.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes a header that is read by hand")]
struct WebhookHeaders {
    /// `t=<unix seconds>,v1=<HMAC-SHA-256 over the time, a dot and the body, in hexadecimal>`
    #[param(rename = "Stripe-Signature", value_type = String)]
    signature: String,
}

/// An event of the gateway, in its own form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that others read")]
#[schema(as = PaymentWebhook)]
struct DeliveryBody {
    /// The gateway's name for what happened; each counts once.
    #[schema(example = "evt_1MqLiJLkdIwHu7ix")]
    id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "payment_intent.succeeded")]
    kind: String,
    /// What it happened to.
    data: serde_json::Value,
}

/// What became of the delivery
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentWebhookTaken)]
pub(super) struct TakenBody {
    outcome: WebhookOutcome,
}

/// What only a webhook may end with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes responses that are made elsewhere")]
enum SignatureProblem {
    /// The signature is wrong
    #[response(status = 401, content_type = "application/problem+json")]
    WrongSignature(ProblemBody),
    /// No secret is configured to check deliveries with
    #[response(status = 501, content_type = "application/problem+json")]
    NotConfigured(ProblemBody),
}

/// Hear from the payment gateway
///
/// Deliveries may come twice, late and in any order; each event counts once. One that comes before its payment is
/// answered with 503, and the gateway retries. As long as no secret is configured to check them with, none is taken
/// and each is answered with 501.
#[utoipa::path(
    post,
    path = "/v1/webhooks/payments",
    operation_id = "receive_payment_webhook",
    tag = "webhooks",
    params(WebhookHeaders),
    request_body = DeliveryBody,
    responses(
        (status = 200, description = "What became of the delivery", body = TakenBody),
        SignatureProblem,
        Problems,
    ),
)]
pub(super) async fn endpoint(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Json<TakenBody>, Problem> {
    let Some(webhooks) = &state.payment_webhooks else {
        return Err(Problem::webhooks_not_configured());
    };
    let (parts, body) = request.into_parts();
    let body = read_body(body, MAX_WEBHOOK_BYTES).await?;
    let mut signatures = parts.headers.get_all(SIGNATURE).iter();
    let signature = match (signatures.next(), signatures.next()) {
        (Some(signature), None) => signature.to_str().map_err(|_| WebhookRefused::NoSignature)?,
        _ => return Err(WebhookRefused::NoSignature.into()),
    };
    let outcome = webhooks.receive(signature, &body).await?;
    Ok(Json(TakenBody { outcome }))
}
