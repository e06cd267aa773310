//! What customers pay every period.

mod cancel;
mod pause;
mod resume;
mod start;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    cancel::cancel,
    pause::pause,
    resume::resume,
    start::{StartSubscription, start},
};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(start::endpoint))
        .routes(routes!(pause::endpoint))
        .routes(routes!(resume::endpoint))
        .routes(routes!(cancel::endpoint))
}
