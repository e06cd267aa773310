//! The messages of both sides.

use std::error::Error;

use async_graphql::{Request, ServerError};
use axum::extract::ws::{CloseFrame, Message};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_tungstenite::tungstenite;

use crate::answer::Answer;

/// A message of the client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and most of them are the large one"
)]
pub(super) enum ClientMessage {
    ConnectionInit {},
    Subscribe { id: String, payload: Request },
    Complete { id: String },
    Ping { payload: Option<Value> },
    Pong {},
}

/// A message of the server.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
}

/// Why the server closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closing {
    code: u16,
    reason: &'static str,
}

/// The codes from 4400 on are those of the protocol, the others those of WebSockets (RFC 6455).
impl Closing {
    pub(super) const GOING_AWAY: Self = Self::new(1001, "the server is stopping");
    pub(super) const NOT_TEXT: Self = Self::new(1003, "a message must be text");
    const PROTOCOL: Self = Self::new(1002, "the frames break the protocol");
    const NOT_UTF8: Self = Self::new(1007, "a message must be UTF-8");
    const TOO_LARGE: Self = Self::new(1009, "the message is too large");
    pub(super) const BROKEN: Self = Self::new(1011, "something is broken on our side");
    pub(super) const INVALID: Self = Self::new(4400, "the message is not one of graphql-transport-ws");
    pub(super) const NOT_INITIALISED: Self = Self::new(4401, "Unauthorized");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const SUBSCRIBER_EXISTS: Self = Self::new(4409, "a subscriber with this id already exists");
    pub(super) const INIT_AGAIN: Self = Self::new(4429, "Too many initialisation requests");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }

    /// Why the server closes a connection after a message that cannot be read. None if the connection itself is
    /// lost.
    pub(super) fn of(error: &axum::Error) -> Option<Self> {
        let mut source: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = source {
            if let Some(error) = error.downcast_ref::<tungstenite::Error>() {
                return match error {
                    tungstenite::Error::Capacity(_) => Some(Self::TOO_LARGE),
                    tungstenite::Error::Utf8(_) => Some(Self::NOT_UTF8),
                    tungstenite::Error::Protocol(
                        tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
                    ) => None,
                    tungstenite::Error::Protocol(_) => Some(Self::PROTOCOL),
                    _ => None,
                };
            }
            source = error.source();
        }
        None
    }

    pub(super) fn frame(self) -> Message {
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.into(),
        }))
    }
}
