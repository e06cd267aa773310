//! A handler that panics costs its own request and no other.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// The answer to a request whose handler panicked.
///
/// The message stays out of the log line: it may quote a value of the request. The panic hook of the
/// process has written where it happened.
pub(crate) fn on_panic(_payload: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}
