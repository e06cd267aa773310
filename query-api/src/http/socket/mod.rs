//! Subscriptions: GraphQL over WebSockets.
//!
//! The protocol is `graphql-transport-ws`, which carries queries as well. The size of a message and the number of
//! operations of a connection are bounded; a connection is pinged, and is closed with a reason when the server stops.
//! Pages of other sites are refused by the edge of the server (`http-edge`): a browser lets every page open a
//! connection and read what arrives.
//!
//! Source: GraphQL over WebSocket Protocol,
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

mod connection;
mod message;
mod operations;

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::answer::Failure;
use crate::{error::ErrorCode, limits::MAX_BODY_BYTES, state::QueryState};
use connection::Connection;

/// The name of the protocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// Opens a connection.
pub(super) async fn connect(
    State(state): State<QueryState>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match accept(state, upgrade) {
        Ok(response) => response,
        Err(failure) => failure.into_response(Uuid::now_v7()),
    }
}

fn accept(
    state: QueryState,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade
        .map_err(|rejection| Failure::malformed(rejection.body_text()))?
        .protocols([PROTOCOL])
        .max_message_size(MAX_BODY_BYTES)
        .max_frame_size(MAX_BODY_BYTES);
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
