//! What a request is answered with that does not get past the edge.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse as _,
};
use serde_json::json;

/// Where the answers are errors of GraphQL and not problems of RFC 9457.
const GRAPHQL_PATH: &str = "/graphql";

/// Seconds after which a refused request may be sent again, where that helps.
const RETRY_AFTER_SECONDS: u16 = 1;

/// Why a request goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no `Host`, more than one, or it is no name.
    MalformedHost,
    /// The server was not configured with the name.
    UnknownHost,
    /// A page of another site sent it.
    ForeignOrigin,
    /// Too many bytes of answers wait for their readers.
    Overloaded,
}

impl Refusal {
    /// The answer, in the form that the path promises.
    pub(crate) fn into_response(self, path: &str) -> Response<Body> {
        let (status, code, title, detail) = self.parts();
        let is_graphql = path
            .strip_prefix(GRAPHQL_PATH)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let (media_type, body) = if is_graphql {
            let extensions = json!({ "code": code.to_ascii_uppercase() });
            let error = json!({ "message": detail, "extensions": extensions });
            ("application/json", json!({ "errors": [error] }))
        } else {
            let problem = json!({
                "type": format!("urn:souk:problem:{code}"),
                "title": title,
                "status": status.as_u16(),
                "detail": detail,
                "code": code,
            });
            ("application/problem+json", problem)
        };
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }
        response
    }

    const fn parts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::MalformedHost => (
                StatusCode::BAD_REQUEST,
                "malformed_host",
                "Malformed host",
                "the request must name one host, in the header Host",
            ),
            Self::UnknownHost => (
                StatusCode::MISDIRECTED_REQUEST,
                "unknown_host",
                "Unknown host",
                "the server does not serve this host; SOUK_ALLOWED_HOSTS lists the names that it serves \
                 beside loopback names",
            ),
            Self::ForeignOrigin => (
                StatusCode::FORBIDDEN,
                "foreign_origin",
                "Foreign origin",
                "a page of another site may not use this server; SOUK_ALLOWED_ORIGINS lists the origins \
                 that may",
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Overloaded",
                "too many answers wait to be read",
            ),
        }
    }
}
