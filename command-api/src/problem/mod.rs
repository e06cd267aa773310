//! Every error as `application/problem+json` (RFC 9457).
//!
//! What always holds: a code means one thing for ever, and this is the only place that chooses a status.

mod codes;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::RefusalKind;
use event_store::BusError;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

pub(crate) use self::codes::CODES;
use crate::{
    refused::{CommandError, Details, FieldError, Refused},
    webhooks::WebhookRefused,
};

/// The media type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// After how many seconds a caller may try again. Whatever is too busy is busy for a batch or two, and
/// a log that is away comes back within seconds or not at all.
const RETRY_AFTER_SECONDS: u16 = 1;

/// An error as the caller sees it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    body: Box<ProblemBody>,
}

/// An error, as RFC 9457 describes it, with a stable `code`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Names the kind of problem; it holds the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:souk:problem:invalid_quantity")]
    uri: String,
    /// The kind of problem in words.
    #[schema(example = "Invalid quantity")]
    title: String,
    /// The status of the response.
    #[schema(example = 422)]
    status: u16,
    /// What is wrong with this request.
    #[schema(example = "lines[0].quantity must be between 1 and 10000000 units")]
    detail: String,
    /// What programs may rely on.
    #[schema(value_type = String, example = "invalid_quantity")]
    pub(crate) code: &'static str,
    /// The field or the header that is to blame; the first one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lines[0].quantity")]
    field: Option<String>,
    /// Every field that is to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// More that programs may want to know, depending on the code.
    #[serde(flatten)]
    #[schema(ignore)]
    details: Details,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let body = ProblemBody {
            uri: format!("urn:souk:problem:{code}"),
            title: codes::title(code),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            field: None,
            errors: Vec::new(),
            details: Details::new(),
        };
        Self {
            status,
            body: Box::new(body),
        }
    }

    /// The same problem with the field that is to blame.
    #[must_use]
    pub fn of_field(mut self, field: impl Into<String>) -> Self {
        self.body.field = Some(field.into());
        self
    }

    fn with(mut self, name: &'static str, value: serde_json::Value) -> Self {
        self.body.details.insert(name, value);
        self
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.body.code
    }

    /// The explanation for people.
    pub fn detail(&self) -> &str {
        &self.body.detail
    }

    /// The fields that are to blame.
    pub fn errors(&self) -> &[FieldError] {
        &self.body.errors
    }

    pub(crate) fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// A body of another shape than it should have.
    pub(crate) fn malformed_body(errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(ToString::to_string);
        let detail = match (first, errors.len().saturating_sub(1)) {
            (Some(first), 0) => first,
            (Some(first), more) => format!("{first}; {more} more in `errors`"),
            (None, _) => "the body has another shape".to_owned(),
        };
        let mut problem = Self::malformed("malformed_body", detail);
        let field = errors.first().map(|error| error.field.clone());
        problem.body.field = field.filter(|field| !field.is_empty());
        problem.body.errors = errors;
        problem
    }

    pub(crate) fn body_too_large(max_bytes: usize) -> Self {
        let detail = format!("the body may have at most {max_bytes} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    pub(crate) fn body_timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "the body took too long to arrive",
        )
    }

    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("the body must be {expected}");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        )
        .of_field(header::CONTENT_TYPE.as_str())
    }

    pub(crate) fn overloaded() -> Self {
        let detail = "too many requests are being worked on; nothing was done";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
    }

    pub(crate) fn deadline_exceeded() -> Self {
        let detail =
            "the request took too long and may or may not have been done: send it again with its key";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "deadline_exceeded", detail)
    }

    pub(crate) fn webhooks_not_configured() -> Self {
        let detail = "this shop has no secret to check webhooks with, so it takes none";
        Self::new(StatusCode::NOT_IMPLEMENTED, "webhooks_not_configured", detail)
    }

    pub(crate) fn internal() -> Self {
        let detail = "something is broken on our side; the correlation id finds it in the logs";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// What an error becomes that was made by somebody who knows nothing of problems.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("unknown_route", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "the resource does not know this method")
            }
            status if status.is_server_error() => {
                return Self {
                    status,
                    ..Self::internal()
                };
            }
            _ => ("malformed_request", "the request cannot be understood"),
        };
        Self::new(status, code, detail)
    }
}

/// The answer to a route that does not exist, for the fallback of a server.
pub async fn not_found() -> Problem {
    Problem::from_status(StatusCode::NOT_FOUND)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }
        response
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let status = match refused.kind {
            RefusalKind::Unknown => StatusCode::NOT_FOUND,
            RefusalKind::AlreadyExists => StatusCode::CONFLICT,
            RefusalKind::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut problem = Self::new(status, refused.code, refused.rule);
        problem.body.field = refused.errors.first().map(|error| error.field.clone());
        problem.body.errors = refused.errors;
        problem.body.details = refused.details;
        problem
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let busy = |code, detail: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
        match error {
            BusError::Refused(refused) => refused.into(),
            BusError::SequenceMismatch { expected, actual } => {
                let detail = format!("the aggregate is at sequence {actual}, not at {expected}");
                Self::new(StatusCode::PRECONDITION_FAILED, "sequence_mismatch", detail)
                    .of_field("If-Match")
                    .with("expected_sequence", json!(expected))
                    .with("actual_sequence", json!(actual))
            }
            BusError::KeyReused { key } => key_reused(&key),
            BusError::AlreadyClaimed { scope, value, holder } => already_exists(&scope, &value, &holder),
            BusError::TooLarge { max_bytes } => Self::body_too_large(max_bytes),
            BusError::Overloaded => Self::overloaded(),
            BusError::Contended => busy(
                "contended",
                "too many commands want the same aggregate; nothing was done",
            ),
            BusError::DeadlineExceeded => Self::deadline_exceeded(),
            BusError::Unavailable(_) => {
                log_failure(&error);
                let detail = "the log cannot be reached; whether the command was done is open: \
                              send it again with its key";
                busy("unavailable", detail)
            }
            BusError::Undecodable(_) | BusError::Encode(_) => {
                log_failure(&error);
                Self::internal()
            }
        }
    }
}

impl From<WebhookRefused> for Problem {
    fn from(refused: WebhookRefused) -> Self {
        let (status, code) = match refused {
            WebhookRefused::NoSignature => (StatusCode::BAD_REQUEST, "no_signature"),
            WebhookRefused::WrongSignature => (StatusCode::UNAUTHORIZED, "wrong_signature"),
            WebhookRefused::OutsideTheWindow => (StatusCode::BAD_REQUEST, "outside_replay_window"),
            WebhookRefused::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            WebhookRefused::Malformed => (StatusCode::BAD_REQUEST, "malformed_body"),
            WebhookRefused::TooEarly => (StatusCode::SERVICE_UNAVAILABLE, "payment_not_yet_known"),
            WebhookRefused::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        };
        Self::new(status, code, refused.to_string())
    }
}

/// 422 and not 409, as the draft of the IETF on the header has it.
///
/// Source: draft-ietf-httpapi-idempotency-key-header, section 2.7.
fn key_reused(key: &str) -> Problem {
    let (code, field, detail) = if key.starts_with("deposit:") || key.starts_with("withdrawal:") {
        (
            "reference_reused",
            "reference",
            "the reference was used for another movement",
        )
    } else {
        (
            "idempotency_key_reused",
            "Idempotency-Key",
            "the key was used for another request",
        )
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).of_field(field)
}

fn already_exists(scope: &str, value: &str, holder: &str) -> Problem {
    let (field, detail) = match scope {
        "account.owner" => (
            "owner_id",
            "the owner has an account in this currency already".to_owned(),
        ),
        "product.slug" => ("slug", format!("another product has the slug {value}")),
        "product.sku" => ("variants", format!("another product has the SKU {value}")),
        "product.sku_in_any_case" => (
            "variants",
            format!("another product has the SKU {value}, written in another case"),
        ),
        _ => return Problem::new(StatusCode::CONFLICT, "already_exists", "it exists already"),
    };
    Problem::new(StatusCode::CONFLICT, "already_exists", detail)
        .of_field(field)
        .with("existing_id", json!(holder))
}

/// The one place where a failure that is not the caller's is logged, with everything that caused it.
fn log_failure(error: &CommandError) {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    tracing::error!(error = %error, causes = causes.join(": "), "a command failed");
}
