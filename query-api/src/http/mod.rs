//! GraphQL over HTTP, and GraphiQL.

mod accept;
mod answer;
mod endpoint;
mod graphiql;
mod request;
mod socket;

use axum::{
    Router,
    http::{HeaderName, StatusCode},
    routing::get,
};
use tower_http::catch_panic::CatchPanicLayer;
use uuid::Uuid;

use crate::{error::ErrorCode, state::QueryState};
use answer::Failure;

/// The request header with the position that the whole request must have seen.
pub const AT_LEAST_POSITION: HeaderName = HeaderName::from_static("souk-at-least-position");

/// The response header under which a request is found in the logs.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("souk-correlation-id");

/// The routes of the query side, to be merged into a server. There is no fallback: the server has its own.
pub fn router(state: QueryState) -> Router {
    let endpoint = get(endpoint::get)
        .post(endpoint::post)
        .fallback(endpoint::other_method);
    Router::new()
        .route("/graphql", endpoint)
        .route("/graphql/ws", get(socket::connect))
        .with_state(state)
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .merge(graphiql::routes())
}

/// The panic itself was told by its hook.
fn panicked() -> axum::response::Response {
    let correlation_id = Uuid::now_v7();
    tracing::error!(%correlation_id, "a query panicked");
    Failure::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Internal,
        "something is broken on our side",
    )
    .into_response(correlation_id)
}
