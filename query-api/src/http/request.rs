//! Reading a query out of a request.

use async_graphql::{Request, Variables};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
};
use http_edge::{Arrived, BodyError, Budget, collect};
use serde::Deserialize;

use super::{AT_LEAST_POSITION, answer::Failure};
use crate::{
    error::ErrorCode,
    freshness::AtLeast,
    limits::{BODY_LIMIT, MAX_BODY_BYTES},
};

/// The query string of a GET.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryString {
    pub(super) query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

impl QueryString {
    /// The query, if there is one.
    pub(super) fn into_request(self) -> Result<Request, Failure> {
        let Some(query) = self.query else {
            return Err(Failure::malformed("the query string must have a \"query\""));
        };
        let variables = self
            .variables
            .as_deref()
            .map(serde_json::from_str::<Variables>)
            .transpose();
        let variables = variables
            .map_err(|error| Failure::malformed(format!("the \"variables\" are no JSON object: {error}")))?;
        let request = Request::new(query).variables(variables.unwrap_or_default());
        Ok(match self.operation_name {
            Some(name) => request.operation_name(name),
            None => request,
        })
    }
}

/// The body of a POST.
pub(super) async fn arrive(headers: &HeaderMap, body: Body, room: &Budget) -> Result<Arrived, Failure> {
    if !is_json(headers) {
        let message = "the body must be application/json";
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::UnsupportedMediaType,
            message,
        ));
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let arrived = collect(body, announced, MAX_BODY_BYTES, BODY_LIMIT, room).await;
    arrived.map_err(unreadable)
}

/// The query of a body.
pub(super) fn parse(body: &Bytes) -> Result<Request, Failure> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        // Serde would take a list as the fields of one request, in order.
        Some(b'[') => {
            let message =
                "several queries in one request are not supported; one query may ask for many fields";
            let code = ErrorCode::BatchingNotSupported;
            return Err(Failure::new(StatusCode::BAD_REQUEST, code, message));
        }
        _ => {
            return Err(Failure::malformed(
                "the body must be a JSON object with a \"query\"",
            ));
        }
    }
    let request: Request = serde_json::from_slice(body)
        .map_err(|error| Failure::malformed(format!("the body is not a GraphQL request: {error}")))?;
    if request.query.is_empty() {
        return Err(Failure::malformed("the body must have a \"query\""));
    }
    Ok(request)
}

fn unreadable(error: BodyError) -> Failure {
    match error {
        BodyError::TooLarge => {
            let message = format!("the body may have at most {MAX_BODY_BYTES} bytes");
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BodyTooLarge, message)
        }
        BodyError::TooSlow => {
            let message = "the body took too long to arrive";
            Failure::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message)
        }
        BodyError::BrokenOff => Failure::malformed("the body ended too early"),
        BodyError::Overloaded => {
            let message = "too many bodies are arriving";
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Overloaded, message)
        }
    }
}

/// Also a guard: a page of another site cannot send JSON without being asked first.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

/// The position that the whole request must have seen.
pub(super) fn at_least(headers: &HeaderMap) -> Result<AtLeast, Failure> {
    let Some(value) = headers.get(AT_LEAST_POSITION) else {
        return Ok(AtLeast::default());
    };
    let position = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    match position {
        Some(position) if position >= 0 => Ok(AtLeast(position)),
        _ => Err(Failure::invalid_header(
            "Souk-At-Least-Position",
            "must be a position: a number from 0 on",
        )),
    }
}

/// Whether a person with a browser came here.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .any(|entry| entry.trim_start().starts_with("text/html"))
}
