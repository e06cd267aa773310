//! Why a query, or a part of it, has no answer.
//!
//! What always holds: a code means one thing for ever, and this is the only place that chooses one.

use std::{error::Error, fmt, sync::Arc};

use async_graphql::{ErrorExtensionValues, ServerError};
use projections::{ReadModelError, is_unavailable, value::Position};
use uuid::Uuid;

use crate::sagas::SagaError;

/// After how many seconds to retry what cannot be answered for now.
pub(crate) const RETRY_AFTER_SECONDS: u16 = 1;

pub(crate) type Result<T, E = QueryError> = std::result::Result<T, E>;

/// The stable `extensions.code` of an error. The edge of the server refuses requests with codes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The fields nest too deep.
    TooDeep,
    /// The query asks for too much at once.
    TooComplex,
    /// The answer would be too large.
    AnswerTooLarge,
    /// An argument breaks a rule; `extensions.argument` names it.
    InvalidArgument,
    /// The read model has not reached the position that was asked for; `extensions.position` is where it is.
    Stale,
    /// The read model is being built.
    NotReady,
    /// The request cannot be understood.
    InvalidRequest,
    /// Several queries came in one request.
    BatchingNotSupported,
    /// The body is too large.
    BodyTooLarge,
    /// The body is no JSON.
    UnsupportedMediaType,
    /// The client takes no media type that there is.
    NotAcceptable,
    /// The method is neither GET nor POST.
    MethodNotAllowed,
    /// Too many requests, connections or subscriptions are being worked on.
    Overloaded,
    /// The request took too long.
    Timeout,
    /// The database cannot be reached; `extensions.retryAfterSeconds` says when to retry.
    Unavailable,
    /// Something is broken on our side; `extensions.correlationId` finds it in the logs.
    Internal,
}

impl ErrorCode {
    /// The code as it is written. The first two are those that common clients know.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::TooDeep => "QUERY_TOO_DEEP",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::AnswerTooLarge => "ANSWER_TOO_LARGE",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::Stale => "STALE",
            Self::NotReady => "NOT_READY",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::BatchingNotSupported => "BATCHING_NOT_SUPPORTED",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Overloaded => "OVERLOADED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a field has no value. Its text is for the caller.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("the argument \"{argument}\" {rule}")]
    InvalidArgument { argument: &'static str, rule: String },
    #[error("{projection} is at position {position} and has not reached {wanted}")]
    Stale {
        projection: &'static str,
        position: Position,
        wanted: Position,
    },
    #[error("{projection} is being built; try again later")]
    NotReady { projection: String },
    #[error("the database cannot be reached for now; retry later")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
    #[error("the database was restarted while the answer was made; send the query again")]
    Restarted,
    #[error("something is broken on our side; the correlation id finds it in the logs")]
    ReadModel(#[source] Arc<ReadModelError>),
    #[error("something is broken on our side; the correlation id finds it in the logs")]
    Saga(#[source] Arc<SagaError>),
    #[error("something is broken on our side; the correlation id finds it in the logs")]
    UnknownStored { field: &'static str, value: String },
    #[error("something is broken on our side; the correlation id finds it in the logs")]
    NoContext,
    #[error("something is broken on our side; the correlation id finds it in the logs")]
    Incomplete,
}

impl QueryError {
    pub(crate) fn invalid(argument: &'static str, rule: impl Into<String>) -> Self {
        Self::InvalidArgument {
            argument,
            rule: rule.into(),
        }
    }

    /// For a cursor that was handed out for another list, or for none.
    pub(crate) fn foreign_cursor() -> Self {
        Self::invalid(
            "after",
            "must be a cursor that this list returned for the same filter and order",
        )
    }

    /// For an error that belongs to no field.
    pub(crate) fn into_server_error(self) -> ServerError {
        async_graphql::Error::new_with_source(self).into_server_error(async_graphql::Pos::default())
    }

    const fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidArgument { .. } => ErrorCode::InvalidArgument,
            Self::Stale { .. } => ErrorCode::Stale,
            Self::NotReady { .. } => ErrorCode::NotReady,
            Self::Unavailable(_) | Self::Restarted => ErrorCode::Unavailable,
            Self::ReadModel(_)
            | Self::Saga(_)
            | Self::UnknownStored { .. }
            | Self::NoContext
            | Self::Incomplete => ErrorCode::Internal,
        }
    }

    /// What programs learn beside the code.
    fn tell(&self, extensions: &mut ErrorExtensionValues) {
        match self {
            Self::InvalidArgument { argument, .. } => extensions.set("argument", *argument),
            Self::Stale {
                projection,
                position,
                wanted,
            } => {
                extensions.set("projection", *projection);
                extensions.set("position", *position);
                extensions.set("atLeastPosition", *wanted);
            }
            Self::NotReady { projection } => extensions.set("projection", projection.as_str()),
            Self::Unavailable(_) | Self::Restarted => {
                extensions.set("retryAfterSeconds", RETRY_AFTER_SECONDS);
            }
            Self::ReadModel(_)
            | Self::Saga(_)
            | Self::UnknownStored { .. }
            | Self::NoContext
            | Self::Incomplete => {}
        }
    }
}

impl From<ReadModelError> for QueryError {
    fn from(error: ReadModelError) -> Self {
        match error {
            ReadModelError::NotBuilt(projection) => Self::NotReady { projection },
            ReadModelError::Cursor => Self::foreign_cursor(),
            ReadModelError::First => Self::invalid(
                "first",
                format!("must be between 1 and {}", projections::MAX_FIRST),
            ),
            ReadModelError::Query => Self::invalid("query", "is too long"),
            error if is_unavailable(&error) => Self::Unavailable(Arc::new(error)),
            error => Self::ReadModel(Arc::new(error)),
        }
    }
}

/// What a loader answers with is shared by all that asked it.
impl From<Arc<ReadModelError>> for QueryError {
    fn from(error: Arc<ReadModelError>) -> Self {
        match &*error {
            ReadModelError::NotBuilt(projection) => Self::NotReady {
                projection: projection.clone(),
            },
            known if is_unavailable(known) => Self::Unavailable(error),
            _ => Self::ReadModel(error),
        }
    }
}

impl From<Arc<SagaError>> for QueryError {
    fn from(error: Arc<SagaError>) -> Self {
        if is_unavailable(&*error) {
            Self::Unavailable(error)
        } else {
            Self::Saga(error)
        }
    }
}

/// Gives every error its code. Logs what is broken on our side, once for each error.
pub(crate) fn finish(errors: &mut [ServerError], correlation_id: Uuid) {
    for error in errors {
        let known = error.source::<QueryError>().cloned();
        let path = serde_json::to_string(&error.path).unwrap_or_default();
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_some() {
            continue;
        }
        // What the library finds wrong with a field that is executed is an argument of it.
        let of_library = if error.path.is_empty() {
            ErrorCode::InvalidRequest
        } else {
            ErrorCode::InvalidArgument
        };
        let code = known.as_ref().map_or(of_library, QueryError::code);
        extensions.set("code", code.as_str());
        if let Some(known) = &known {
            known.tell(extensions);
        }
        if code == ErrorCode::Internal {
            extensions.set("correlationId", correlation_id.to_string());
            log(known.as_ref(), &path, correlation_id);
        }
        if let Some(QueryError::Unavailable(error)) = &known {
            // No error of ours, and there are as many as there are queries.
            tracing::warn!(%correlation_id, query.path = path, %error, "the database cannot be reached");
        }
    }
}

/// Whether an error is one that passes.
pub(crate) fn is_unavailable_error(error: &ServerError) -> bool {
    error
        .source::<QueryError>()
        .is_some_and(|known| known.code() == ErrorCode::Unavailable)
}

/// A code for errors that are made where there is no place for a [`QueryError`].
pub(crate) fn with_code(mut error: ServerError, code: ErrorCode) -> ServerError {
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.as_str());
    error
}

fn log(error: Option<&QueryError>, path: &str, correlation_id: Uuid) {
    let mut causes = Vec::new();
    let mut cause = error.map(|error| error as &dyn Error).and_then(Error::source);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    if let Some(QueryError::UnknownStored { field, value }) = error {
        causes.push(format!("the read model has the unknown {field} {value:?}"));
    }
    if let Some(QueryError::NoContext) = error {
        causes.push("the schema was used without its state".to_owned());
    }
    if let Some(QueryError::Incomplete) = error {
        causes.push("a field that may not be null has no value and no error".to_owned());
    }
    tracing::error!(%correlation_id, query.path = path, causes = causes.join(": "), "a query failed");
}
