//! A limit on the time that a request may take.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

/// Gives the request up when its time is over. Whatever it had handed to the log by then is written or
/// not; the caller finds out by sending it again with its key.
pub(crate) async fn within_deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let response = tokio::time::timeout(limit, next.run(request)).await;
    response.unwrap_or_else(|_| Problem::deadline_exceeded().into_response())
}
