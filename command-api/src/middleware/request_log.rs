//! One line of log for each request, when it is asked for.
//!
//! A shop answers some hundred thousand requests a day, and a line for each would bury everything else:
//! only failures are logged by default, the rest at `debug`.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::Correlation;

/// Logs method, route, status and latency; never an address, a header or a body, for they may hold
/// personal data.
pub(crate) async fn logged(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let route = extensions.get::<MatchedPath>();
    let route = route.map_or("unmatched", MatchedPath::as_str).to_owned();
    let correlation = extensions.get::<Correlation>();
    let span = tracing::info_span!(
        "request",
        http.method = %request.method(),
        http.route = route,
        correlation.id = correlation.map_or("", |correlation| &correlation.id),
    );
    let started = Instant::now();
    async {
        let response = next.run(request).await;
        let status = response.status();
        let latency_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(
                http.status = status.as_u16(),
                latency_us,
                "answered with a failure"
            );
        } else {
            tracing::debug!(http.status = status.as_u16(), latency_us, "answered");
        }
        response
    }
    .instrument(span)
    .await
}
