//! Bodies are collected before a request takes its place.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_edge::{Arrived, BodyError, Budget, collect};

use crate::problem::Problem;

/// How bodies of some routes may arrive.
#[derive(Clone)]
pub(crate) struct Arrival {
    /// The most bytes of one.
    pub(crate) max_bytes: usize,
    /// How long one may take.
    pub(crate) timeout: Duration,
    /// The room that all of them share.
    pub(crate) room: Budget,
}

/// Passes the request on when its body is there. Until then it occupies no place among those in flight.
pub(crate) async fn arrived(State(arrival): State<Arrival>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Arrival {
        max_bytes,
        timeout,
        room,
    } = arrival;
    match collect(body, announced(&parts.headers), max_bytes, timeout, &room).await {
        Ok(Arrived { bytes, room }) => {
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            drop(room);
            response
        }
        Err(error) => problem(error, max_bytes).into_response(),
    }
}

/// The length of the body as its head has it.
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn problem(error: BodyError, max_bytes: usize) -> Problem {
    match error {
        BodyError::TooLarge => Problem::body_too_large(max_bytes),
        BodyError::TooSlow => Problem::body_timeout(),
        BodyError::BrokenOff => Problem::malformed("malformed_body", "the body broke off"),
        BodyError::Overloaded => Problem::overloaded(),
    }
}
