//! What others tell the shop without being asked.

mod payments;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::payments::{PaymentWebhooks, WebhookOutcome, WebhookRefused};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(payments::endpoint))
}
