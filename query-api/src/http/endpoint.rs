//! The endpoint: one query in, one answer out.

use std::sync::Arc;

use async_graphql::Request;
use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use http_edge::{Arrived, held};
use uuid::Uuid;

use super::{
    accept::accepted,
    answer::{Failure, answer},
    request::{QueryString, arrive, at_least, parse, wants_html},
};
use crate::{error::ErrorCode, state::QueryState};

/// A query in the query string. There are no mutations, so a GET can do no harm.
pub(super) async fn get(
    State(state): State<QueryState>,
    headers: HeaderMap,
    query: Result<Query<QueryString>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(QueryString { query: None, .. })) if wants_html(&headers) => {
            // Relative, so that it also holds behind a prefix.
            Redirect::to("graphiql").into_response()
        }
        Ok(Query(query)) => within_limits(&state, &headers, async { query.into_request() }).await,
        Err(rejection) => Failure::malformed(rejection.body_text()).into_response(Uuid::now_v7()),
    }
}

/// A query in the body.
pub(super) async fn post(State(state): State<QueryState>, headers: HeaderMap, body: Body) -> Response {
    // The body arrives before the request takes a place, so that half a body occupies none.
    let arrived = arrive(&headers, body, &state.arriving).await;
    match arrived {
        Ok(Arrived { bytes, room }) => {
            let response = within_limits(&state, &headers, async { parse(&bytes) }).await;
            drop(room);
            response
        }
        Err(failure) => failure.into_response(Uuid::now_v7()),
    }
}

/// A method that says nothing here.
pub(super) async fn other_method() -> Response {
    let message = "a query is sent with GET or POST";
    let failure = Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::MethodNotAllowed,
        message,
    );
    let mut response = failure.into_response(Uuid::now_v7());
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// Answers if there is a place and in time. Nobody queues: a caller that is told at once can go to
/// another copy of the server.
async fn within_limits(
    state: &QueryState,
    headers: &HeaderMap,
    request: impl Future<Output = Result<Request, Failure>>,
) -> Response {
    let correlation_id = Uuid::now_v7();
    let unavailable = |code, message: &str| Failure::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
    let Some(media_type) = accepted(headers) else {
        let message = "an answer is application/graphql-response+json or application/json";
        let failure = Failure::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::NotAcceptable, message);
        return failure.into_response(correlation_id);
    };
    let Ok(place) = Arc::clone(&state.places).try_acquire_owned() else {
        return unavailable(ErrorCode::Overloaded, "too many requests are being worked on")
            .into_response_as(media_type, correlation_id);
    };
    let answered = async {
        let at_least = at_least(headers)?;
        let answered = match state.prepare(request.await?, at_least) {
            Err(refused) => *refused,
            Ok(prepared) if prepared.is_subscription => {
                let message = "subscriptions are served over a WebSocket, at /graphql/ws";
                return Err(Failure::malformed(message));
            }
            Ok(prepared) => state.execute(prepared, correlation_id).await,
        };
        Ok(answer(&answered, media_type, correlation_id))
    };
    let response = match tokio::time::timeout(state.options.time_limit, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => failure.into_response_as(media_type, correlation_id),
        Err(_elapsed) => unavailable(ErrorCode::Timeout, "the request took too long")
            .into_response_as(media_type, correlation_id),
    };
    // An answer that is not read occupies the place of its request.
    held(response, place)
}
