//! The first look at a request: where it was sent to, and where it comes from.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use crate::{host::named_host, origin::check_origin, policy::RequestPolicy};

/// Passes on what the policy allows.
pub(crate) async fn guarded(State(policy): State<RequestPolicy>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let judged = named_host(&policy, request.version(), request.uri(), headers)
        .and_then(|host| check_origin(&policy, &host, request.method(), headers));
    match judged {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            tracing::debug!(?refusal, "a request was refused at the edge");
            refusal.into_response(request.uri().path())
        }
    }
}
