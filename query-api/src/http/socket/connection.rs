//! One connection, from its first message to its last.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use super::{
    message::{ClientMessage, Closing, ServerMessage},
    operations::{Operations, Outcome},
};
use crate::{limits::SEND_LIMIT, state::QueryState};

/// How long the client may take to answer a close frame.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// How a connection ends.
enum End {
    /// The client is gone.
    Gone,
    /// The client sent a close frame, and expects one.
    Closed,
    /// The server closes it.
    Close(Closing),
}

/// One connection.
pub(super) struct Connection {
    socket: WebSocket,
    state: QueryState,
    operations: Operations,
    /// The client has sent `connection_init`.
    is_begun: bool,
}

impl Connection {
    pub(super) fn new(socket: WebSocket, state: QueryState) -> Self {
        Self {
            socket,
            operations: Operations::new(state.clone()),
            state,
            is_begun: false,
        }
    }

    /// Serves the connection until one side ends it.
    pub(super) async fn run(mut self) {
        let Err(end) = self.serve().await;
        let is_closed = match end {
            End::Gone => false,
            End::Closed => true,
            End::Close(closing) => self.send(closing.frame()).await.is_ok(),
        };
        if is_closed {
            // The library sends and receives close frames while the connection is read.
            let closing = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            // A client that does not answer in time is dropped.
            let _elapsed = timeout(CLOSE_LIMIT, closing).await;
        }
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let closing = self.state.closing.clone();
        let begin_by = Instant::now() + self.state.options.init_limit;
        let period = self.state.options.keep_alive;
        let mut beat = interval_at(Instant::now() + period, period);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Whether anything has arrived since the last ping.
        let mut is_alive = true;
        loop {
            tokio::select! {
                () = closing.cancelled() => return Err(End::Close(Closing::GOING_AWAY)),
                frame = self.socket.recv() => {
                    is_alive = true;
                    match frame {
                        Some(Ok(frame)) => self.receive(frame).await?,
                        Some(Err(error)) => return Err(Closing::of(&error).map_or(End::Gone, End::Close)),
                        None => return Err(End::Gone),
                    }
                }
                next = self.operations.next() => match next {
                    Some((id, outcome)) => self.send_outcome(&id, &outcome).await?,
                    None => return Err(End::Close(Closing::BROKEN)),
                },
                () = sleep_until(begin_by), if !self.is_begun => {
                    return Err(End::Close(Closing::INIT_TIMEOUT));
                }
                _ = beat.tick() => {
                    if !std::mem::replace(&mut is_alive, false) {
                        return Err(End::Gone);
                    }
                    // Every WebSocket library answers pings by itself, so clients need no code for it.
                    self.send(Message::Ping(axum::body::Bytes::new())).await?;
                }
            }
        }
    }

    async fn receive(&mut self, frame: Message) -> Result<(), End> {
        let text = match frame {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(End::Close(Closing::NOT_TEXT)),
            Message::Close(_) => return Err(End::Closed),
            // Answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        let Ok(message) = serde_json::from_str(&text) else {
            return Err(End::Close(Closing::INVALID));
        };
        match message {
            ClientMessage::ConnectionInit {} if self.is_begun => Err(End::Close(Closing::INIT_AGAIN)),
            ClientMessage::ConnectionInit {} => {
                self.is_begun = true;
                self.send_message(&ServerMessage::ConnectionAck).await
            }
            ClientMessage::Ping { payload } => self.send_message(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong {} => Ok(()),
            ClientMessage::Subscribe { .. } if !self.is_begun => Err(End::Close(Closing::NOT_INITIALISED)),
            ClientMessage::Subscribe { id, .. } if self.operations.is_running(&id) => {
                Err(End::Close(Closing::SUBSCRIBER_EXISTS))
            }
            ClientMessage::Subscribe { id, payload } => match self.operations.start(id.clone(), payload) {
                Ok(()) => Ok(()),
                Err(errors) => self.send_outcome(&Arc::from(id), &Outcome::Failed(errors)).await,
            },
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn send_outcome(&mut self, id: &Arc<str>, outcome: &Outcome) -> Result<(), End> {
        let message = match outcome {
            Outcome::Next(payload) => ServerMessage::Next { id, payload },
            Outcome::Failed(payload) => ServerMessage::Error { id, payload },
            Outcome::Ended => ServerMessage::Complete { id },
        };
        self.send_message(&message).await
    }

    async fn send_message(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| End::Close(Closing::BROKEN))?;
        self.send(Message::Text(text.into())).await
    }

    /// A client that does not accept a frame in time is dropped.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_LIMIT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}
