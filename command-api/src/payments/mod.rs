//! The money of an order.

mod refund;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::refund::{Refund, refund};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(refund::endpoint))
}
