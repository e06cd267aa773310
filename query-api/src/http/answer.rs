//! Answers as JSON.
//!
//! A request that could be read is answered with 200, whatever became of its fields: that is what
//! clients of `application/json` expect. Only what never became a query has another status.

use async_graphql::{ErrorExtensionValues, ServerError};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::CORRELATION_ID;
use crate::error::{ErrorCode, with_code};

/// After how many seconds a caller who is told to come again may do so.
const RETRY_AFTER_SECONDS: u16 = 1;

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

    pub(super) fn into_response(self, correlation_id: Uuid) -> Response {
        let mut error = with_code(ServerError::new(self.message, None), self.code);
        let extensions: &mut ErrorExtensionValues = error.extensions.get_or_insert_default();
        if let Some(argument) = self.argument {
            extensions.set("argument", argument);
        }
        if self.code == ErrorCode::Internal {
            extensions.set("correlationId", correlation_id.to_string());
        }
        // No `data`: a null there would say that the query was executed.
        let mut response = respond(self.status, json!({ "errors": [error] }), correlation_id);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }
        response
    }
}

/// The answer to a query.
pub(super) fn answer(response: async_graphql::Response, correlation_id: Uuid) -> Response {
    respond(StatusCode::OK, response, correlation_id)
}

fn respond(status: StatusCode, body: impl Serialize, correlation_id: Uuid) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    // The next answer may be another one.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&correlation_id.to_string()) {
        headers.insert(CORRELATION_ID, id);
    }
    response
}
