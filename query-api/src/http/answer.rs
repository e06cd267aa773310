//! Answers as JSON.
//!
//! | media type | executed, if only in part | refused |
//! |---|---|---|
//! | `application/graphql-response+json` | 200 | 400, or what [`Failure`] says |
//! | `application/json` | 200 | 200 if the body was a request, as clients from before the specification want it |
//!
//! Source: GraphQL over HTTP (draft), <https://graphql.github.io/graphql-over-http/draft/>

use async_graphql::{ErrorExtensionValues, ServerError};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{CORRELATION_ID, accept::MediaType};
use crate::{
    answer::Answer,
    error::{ErrorCode, RETRY_AFTER_SECONDS, is_unavailable_error, with_code},
    limits::MAX_ANSWER_BYTES,
    metering,
};

/// Why a request never became a query.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    argument: Option<&'static str>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            argument: None,
        }
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
    }

    pub(super) fn invalid_header(header: &'static str, rule: &str) -> Self {
        let message = format!("the header \"{header}\" {rule}");
        let failure = Self::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidArgument, message);
        Self {
            argument: Some(header),
            ..failure
        }
    }

    /// For a request whose media type is not known, or does not matter.
    pub(super) fn into_response(self, correlation_id: Uuid) -> Response {
        self.into_response_as(MediaType::Json, correlation_id)
    }

    pub(super) fn into_response_as(self, media_type: MediaType, correlation_id: Uuid) -> Response {
        let message = crate::document::truncate(&self.message);
        let mut error = with_code(ServerError::new(message, None), self.code);
        let extensions: &mut ErrorExtensionValues = error.extensions.get_or_insert_default();
        if let Some(argument) = self.argument {
            extensions.set("argument", argument);
        }
        if self.code == ErrorCode::Internal {
            extensions.set("correlationId", correlation_id.to_string());
        }
        let answer = Answer::refused(vec![error]);
        let mut response = respond(self.status, &answer, media_type, correlation_id);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }
        response
    }
}

/// The answer to a query that could be read.
pub(super) fn answer(answer: &Answer, media_type: MediaType, correlation_id: Uuid) -> Response {
    let is_unavailable = answer.errors.iter().any(is_unavailable_error);
    let status = match (media_type, &answer.data) {
        (MediaType::GraphqlResponse, None) if is_unavailable => StatusCode::SERVICE_UNAVAILABLE,
        (MediaType::GraphqlResponse, None) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let mut response = respond(status, answer, media_type, correlation_id);
    if is_unavailable {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    }
    response
}

fn respond(status: StatusCode, answer: &Answer, media_type: MediaType, correlation_id: Uuid) -> Response {
    let (status, body) = match serde_json::to_vec(answer) {
        Ok(body) if body.len() <= MAX_ANSWER_BYTES => (status, body),
        // Texts full of characters that JSON escapes are longer here than when their fields were read.
        Ok(_) => (status, only(metering::too_large())),
        Err(error) => {
            tracing::error!(%correlation_id, %error, "an answer cannot be written as JSON");
            let error = ServerError::new("something is broken on our side", None);
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                only(with_code(error, ErrorCode::Internal)),
            )
        }
    };
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type.header());
    // The next answer may be another one, and another media type another answer.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    if let Ok(id) = HeaderValue::from_str(&correlation_id.to_string()) {
        headers.insert(CORRELATION_ID, id);
    }
    response
}

fn only(error: ServerError) -> Vec<u8> {
    serde_json::to_vec(&Answer::refused(vec![error])).unwrap_or_default()
}
