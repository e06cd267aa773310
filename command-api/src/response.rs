//! What a command is answered with.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use event_store::{Answer, Position};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::problem::ProblemBody;

pub(crate) const POSITION: HeaderName = HeaderName::from_static("souk-position");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What became of a command.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Answer)]
pub(crate) struct AnswerBody {
    /// The aggregate; for a repeated key that of the first time.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: String,
    /// The sequence of its newest event, as `If-Match` wants it.
    #[schema(example = 1)]
    sequence: i64,
    /// A query that asks for at least this position sees the effect.
    #[schema(example = 4711)]
    pub(crate) position: i64,
    #[serde(skip)]
    pub(crate) replayed: bool,
}

/// The thing exists now.
#[derive(IntoResponses)]
#[response(
    status = 201,
    headers(
        ("Souk-Position" = i64, description = "The position, as in the body"),
        ("Idempotent-Replayed" = bool, description = "Present and true when the key was known: the answer is that of the first time"),
    )
)]
pub(crate) struct Created(AnswerBody);

/// The command is done and durable; whatever follows from it has begun.
#[derive(IntoResponses)]
#[response(
    status = 202,
    headers(
        ("Souk-Position" = i64, description = "The position, as in the body"),
        ("Idempotent-Replayed" = bool, description = "Present and true when the key was known: the answer is that of the first time"),
    )
)]
pub(crate) struct Accepted(AnswerBody);

/// What may go wrong with any command, for the description of the API.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes responses that are made elsewhere")]
pub(crate) enum Problems {
    /// Not understood: invalid JSON, a field of another type, a malformed id or header
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// A page of another site sent it
    #[response(status = 403, content_type = "application/problem+json")]
    ForeignOrigin(ProblemBody),
    /// What the address names does not exist
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(ProblemBody),
    /// The body took too long to arrive
    #[response(status = 408, content_type = "application/problem+json")]
    BodyTimeout(ProblemBody),
    /// It exists already
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// It is not at the sequence that `If-Match` expects
    #[response(status = 412, content_type = "application/problem+json")]
    Precondition(ProblemBody),
    /// The body is too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is of another media type
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// The server does not serve the host that the request names
    #[response(status = 421, content_type = "application/problem+json")]
    UnknownHost(ProblemBody),
    /// A field breaks a rule, the shop refuses, or the idempotency key was used for another request
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(ProblemBody),
    /// Something is broken on the side of the server
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody),
    /// Too busy, too slow or cut off from the log; `Retry-After` says when to retry
    #[response(
        status = 503,
        content_type = "application/problem+json",
        headers(("Retry-After" = i64, description = "Seconds to wait"))
    )]
    Unavailable(ProblemBody),
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.aggregate_id,
            sequence: answer.sequence,
            position: answer.position,
            replayed: answer.replayed,
        }
    }
}

impl From<Answer> for Created {
    fn from(answer: Answer) -> Self {
        Self(answer.into())
    }
}

impl From<Answer> for Accepted {
    fn from(answer: Answer) -> Self {
        Self(answer.into())
    }
}

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        let (position, replayed) = (self.0.position, self.0.replayed);
        respond(StatusCode::CREATED, self.0, position, replayed)
    }
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let (position, replayed) = (self.0.position, self.0.replayed);
        respond(StatusCode::ACCEPTED, self.0, position, replayed)
    }
}

/// An answer, with what stands in its headers as well.
pub(crate) fn respond(
    status: StatusCode,
    body: impl Serialize,
    position: Position,
    replayed: bool,
) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(POSITION, position.into());
    if replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
