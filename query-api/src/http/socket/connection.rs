//! One connection, from its first message to its last.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use super::{
    message::{Closing, Said, Say},
    operations::{Operations, Outcome},
};
use crate::{limits::SEND_LIMIT, state::QueryState};

/// How long the other side may take to say goodbye, too.
const GOODBYE: Duration = Duration::from_secs(1);

/// How a connection ends.
enum End {
    /// The other side went.
    Gone,
    /// The other side closes it, and expects to be answered.
    Closed,
    /// We close it.
    Close(Closing),
}

/// One connection.
pub(super) struct Connection {
    socket: WebSocket,
    state: QueryState,
    operations: Operations,
    /// The client said that it begins.
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
        let is_said = match end {
            End::Gone => false,
            End::Closed => true,
            End::Close(closing) => self.send(closing.frame()).await.is_ok(),
        };
        if is_said {
            // The library answers a close frame when the connection is read again.
            let goodbye = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            // Whoever does not say goodbye is left.
            let _elapsed = timeout(GOODBYE, goodbye).await;
        }
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let closing = self.state.closing.clone();
        let begin_by = Instant::now() + self.state.options.init_limit;
        let period = self.state.options.keep_alive;
        let mut beat = interval_at(Instant::now() + period, period);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_heard = true;
        loop {
            tokio::select! {
                () = closing.cancelled() => return Err(End::Close(Closing::GOING_AWAY)),
                frame = self.socket.recv() => {
                    is_heard = true;
                    match frame {
                        Some(Ok(frame)) => self.hear(frame).await?,
                        Some(Err(error)) => return Err(Closing::of(&error).map_or(End::Gone, End::Close)),
                        None => return Err(End::Gone),
                    }
                }
                told = self.operations.next() => match told {
                    Some((id, outcome)) => self.tell(&id, &outcome).await?,
                    None => return Err(End::Close(Closing::BROKEN)),
                },
                () = sleep_until(begin_by), if !self.is_begun => {
                    return Err(End::Close(Closing::INIT_TIMEOUT));
                }
                _ = beat.tick() => {
                    if !std::mem::replace(&mut is_heard, false) {
                        return Err(End::Gone);
                    }
                    // Every WebSocket answers this by itself, so no client has to know of it.
                    self.send(Message::Ping(axum::body::Bytes::new())).await?;
                }
            }
        }
    }

    async fn hear(&mut self, frame: Message) -> Result<(), End> {
        let text = match frame {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(End::Close(Closing::NOT_TEXT)),
            Message::Close(_) => return Err(End::Closed),
            // Answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        let Ok(said) = serde_json::from_str(&text) else {
            return Err(End::Close(Closing::INVALID));
        };
        match said {
            Said::ConnectionInit {} if self.is_begun => Err(End::Close(Closing::INIT_AGAIN)),
            Said::ConnectionInit {} => {
                self.is_begun = true;
                self.say(&Say::ConnectionAck).await
            }
            Said::Ping { payload } => self.say(&Say::Pong { payload }).await,
            Said::Pong {} => Ok(()),
            Said::Subscribe { .. } if !self.is_begun => Err(End::Close(Closing::NOT_INITIALISED)),
            Said::Subscribe { id, .. } if self.operations.is_running(&id) => {
                Err(End::Close(Closing::SUBSCRIBER_EXISTS))
            }
            Said::Subscribe { id, payload } => match self.operations.start(id.clone(), payload) {
                Ok(()) => Ok(()),
                Err(errors) => self.tell(&Arc::from(id), &Outcome::Failed(errors)).await,
            },
            Said::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn tell(&mut self, id: &Arc<str>, outcome: &Outcome) -> Result<(), End> {
        let say = match outcome {
            Outcome::Next(payload) => Say::Next { id, payload },
            Outcome::Failed(payload) => Say::Error { id, payload },
            Outcome::Ended => Say::Complete { id },
        };
        self.say(&say).await
    }

    async fn say(&mut self, say: &Say<'_>) -> Result<(), End> {
        let text = serde_json::to_string(say).map_err(|_| End::Close(Closing::BROKEN))?;
        self.send(Message::Text(text.into())).await
    }

    /// Whoever does not take what is said in time is left.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_LIMIT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}
