//! Goods that come back: a customer asks, and the staff accepts or rejects.
//!
//! An exchange is a return together with a new order, which the return names.

mod accept;
mod reject;
mod request;

use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::request::ReturnRequestedBody;
pub use self::{
    accept::{Acceptance, accept},
    reject::reject,
    request::{RequestReturn, RequestedReturn, request},
};
use crate::router::ApiState;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(request::endpoint))
        .routes(routes!(accept::endpoint))
        .routes(routes!(reject::endpoint))
}
