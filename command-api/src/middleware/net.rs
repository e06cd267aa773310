//! The net below everybody who answers errors without knowing of problems.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::{self, Problem};

/// Turns every error that is not a problem yet into one, and keeps its `Allow` header.
pub(crate) async fn problems_only(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let problem_type = HeaderValue::from_static(problem::CONTENT_TYPE);
    if !is_error || response.headers().get(header::CONTENT_TYPE) == Some(&problem_type) {
        return response;
    }
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut problem = Problem::from_status(status).into_response();
    if let Some(allow) = allow {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    problem
}
