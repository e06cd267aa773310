//! Subscriptions: GraphQL over WebSockets.
//!
//! Speaks `graphql-transport-ws`, over which queries may be asked, too. A connection is bounded in what it
//! says and in what it has under way, is asked from time to time whether anybody is still there, and is
//! closed with a reason when the server stops.
//!
//! Source: GraphQL over WebSocket Protocol,
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

mod connection;
mod message;
mod operations;

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::answer::Failure;
use crate::{error::ErrorCode, limits::MAX_BODY_BYTES, state::QueryState};
use connection::Connection;

/// The protocol by its name.
const PROTOCOL: &str = "graphql-transport-ws";

/// Begins a connection.
pub(super) async fn connect(
    State(state): State<QueryState>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match accept(state, &headers, upgrade) {
        Ok(response) => response,
        Err(failure) => failure.into_response(Uuid::now_v7()),
    }
}

fn accept(
    state: QueryState,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade
        .map_err(|rejection| Failure::malformed(rejection.body_text()))?
        .protocols([PROTOCOL])
        .max_message_size(MAX_BODY_BYTES)
        .max_frame_size(MAX_BODY_BYTES);
    if !is_from_here(headers) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            ErrorCode::ForeignOrigin,
            "a page of another site may not subscribe",
        ));
    }
    if upgrade.selected_protocol().is_none() {
        return Err(Failure::malformed(format!(
            "the header \"Sec-WebSocket-Protocol\" must name {PROTOCOL}"
        )));
    }
    let overloaded = |message| Failure::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Overloaded, message);
    if state.closing.is_cancelled() {
        return Err(overloaded("the server is stopping"));
    }
    let Ok(place) = state.sockets.clone().try_acquire_owned() else {
        return Err(overloaded("too many connections are open"));
    };
    let counted = state.open.token();
    let upgraded = upgrade.on_upgrade(async move |socket| {
        Connection::new(socket, state).run().await;
        drop((place, counted));
    });
    Ok(upgraded.into_response())
}

/// Whether the page that asks, if a page does, comes from this server. Other than with requests, a browser
/// lets every page open a connection and read what comes.
fn is_from_here(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (origin.as_ref().and_then(Uri::authority), host) {
        (Some(origin), Some(host)) => origin.as_str().eq_ignore_ascii_case(host),
        _ => false,
    }
}
