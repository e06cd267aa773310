//! One reading of the log for all readers of a process.
//!
//! ```text
//!            ┌── window: the newest events, decoded when first asked for ──┐
//! log ──► whoever comes first reads ──► ► ► ► ► ► ► ► ► ► ► ► ► ► ► ►  everybody else finds it there
//!            └── a follower from before the window reads for itself ───────┘
//! ```
//!
//! Process managers and projections that live in one process follow the same few milliseconds of the
//! log. Each with a [`Subscription`](crate::Subscription) of its own would have the database send, and
//! the process decode, every event as often as there are followers.
//!
//! There is no task and no queue: the follower that needs an event which is not there yet reads it, and
//! waits for it on behalf of the others. So a slow follower holds nobody up, one that is dropped in the
//! middle of a read leaves its turn to the next, and memory is bounded by the window.

use std::{
    error::Error,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio::sync::{Mutex as Turn, watch};

use crate::{
    decode::Decoder,
    event::{Metadata, Position, RecordedEvent},
    log::Log,
    read::{Filter, ReadError},
    subscription::POLL_INTERVAL,
    window::{Limits, Placed, Window},
};

/// The limits of a feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedOptions {
    /// How many events are kept for the followers that come later.
    pub window_events: usize,
    /// How many bytes of payload and metadata they may have together.
    pub window_bytes: usize,
    /// How many events are read at once.
    pub page_events: usize,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            window_events: 8_192,
            window_bytes: 16 * 1_024 * 1_024,
            page_events: 1_000,
        }
    }
}

/// Reads the payload of today's version of an event: aggregate type, JSON.
pub type Parse<E> = fn(&str, &str) -> Result<E, Box<dyn Error + Send + Sync>>;

/// Why an event of a feed cannot be understood.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the event at position {position} cannot be understood")]
pub struct UnreadableEvent {
    /// Where it is.
    pub position: Position,
    /// What is wrong with it.
    #[source]
    pub source: Arc<dyn Error + Send + Sync>,
}

/// An event as all followers share it.
pub struct FeedEvent<E> {
    /// The event as the log has it.
    pub recorded: RecordedEvent,
    reading: Arc<Reading<E>>,
    event: OnceLock<Result<E, UnreadableEvent>>,
    metadata: OnceLock<Metadata>,
}

struct Reading<E> {
    decoder: Arc<Decoder>,
    parse: Parse<E>,
}

impl<E> FeedEvent<E> {
    /// The event in today's types. It is decoded once, by whoever asks first: what nobody asks for, as
    /// events that follow from an import of products, is never decoded.
    ///
    /// # Errors
    ///
    /// When its payload is not what its name and version promise.
    pub fn event(&self) -> Result<&E, &UnreadableEvent> {
        self.event.get_or_init(|| self.read()).as_ref()
    }

    /// Who, why and within what; see [`RecordedEvent::metadata`].
    pub fn metadata(&self) -> &Metadata {
        self.metadata.get_or_init(|| self.recorded.metadata())
    }

    fn read(&self) -> Result<E, UnreadableEvent> {
        let unreadable = |source: Box<dyn Error + Send + Sync>| UnreadableEvent {
            position: self.recorded.position,
            source: source.into(),
        };
        let payload = self.reading.decoder.payload(&self.recorded);
        let payload = payload.map_err(|error| unreadable(error.into()))?;
        (self.reading.parse)(&self.recorded.aggregate_type, &payload).map_err(unreadable)
    }
}

impl<E> Placed for FeedEvent<E> {
    fn recorded(&self) -> &RecordedEvent {
        &self.recorded
    }
}

/// One reading of the log for all readers of a process. Clones share it.
pub struct Feed<E> {
    shared: Arc<Shared<E>>,
}

impl<E> Clone for Feed<E> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

struct Shared<E> {
    log: Log,
    reading: Arc<Reading<E>>,
    options: FeedOptions,
    window: Mutex<Window<FeedEvent<E>>>,
    /// Changes whenever the window has more.
    filled: watch::Sender<Position>,
    /// Whose turn it is to read at the end of the window.
    turn: Turn<watch::Receiver<Position>>,
}

/// What the window has for a follower.
enum Found<E> {
    Events(Vec<Arc<FeedEvent<E>>>),
    /// The events that it needs have left the window, or were never in it.
    Behind,
    /// Nothing yet.
    AtTheEnd,
}

impl<E: Send + Sync + 'static> Feed<E> {
    /// A feed of a log. Nothing is read before somebody follows it.
    pub fn new(log: Log, decoder: Arc<Decoder>, parse: Parse<E>, options: FeedOptions) -> Self {
        let turn = Turn::new(log.watch());
        let window = Window::new(Limits {
            events: options.window_events,
            bytes: options.window_bytes,
        });
        Self {
            shared: Arc::new(Shared {
                log,
                reading: Arc::new(Reading { decoder, parse }),
                options,
                window: Mutex::new(window),
                filled: watch::Sender::new(0),
                turn,
            }),
        }
    }

    /// Follows the log from after a position.
    pub fn follow(&self, after: Position) -> Follower<E> {
        Follower {
            filled: self.shared.filled.subscribe(),
            shared: Arc::clone(&self.shared),
            after,
        }
    }
}

/// One reader of a feed.
pub struct Follower<E> {
    shared: Arc<Shared<E>>,
    filled: watch::Receiver<Position>,
    after: Position,
}

impl<E: Send + Sync + 'static> Follower<E> {
    /// The position of the last event that was handed out.
    pub const fn position(&self) -> Position {
        self.after
    }

    /// At least one and at most `limit` events, as soon as there are any: every event of the log, in
    /// order. It may be abandoned at any time without losing one.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached; the next call goes on where this one was.
    pub async fn next_page(&mut self, limit: usize) -> Result<Vec<Arc<FeedEvent<E>>>, ReadError> {
        let limit = limit.max(1);
        let shared = Arc::clone(&self.shared);
        let page = loop {
            // Marked as seen before looking: what comes in between wakes us again.
            self.filled.mark_unchanged();
            let found = shared.find(self.after, limit);
            match found {
                Found::Events(page) => break page,
                Found::Behind => {
                    let page = shared.read(self.after, limit).await?;
                    if !page.is_empty() {
                        break page;
                    }
                }
                Found::AtTheEnd => {}
            }
            tokio::select! {
                _ = self.filled.changed() => {}
                mut turn = shared.turn.lock() => {
                    // Somebody may have read it between the look and the turn.
                    if shared.window().end() <= self.after {
                        shared.fill(self.after, &mut turn).await?;
                    }
                }
            }
        };
        if let Some(last) = page.last() {
            self.after = last.recorded.position;
        }
        Ok(page)
    }
}

impl<E> Shared<E> {
    /// A panic elsewhere cannot leave the window torn: nothing that happens under the lock can panic.
    fn window(&self) -> MutexGuard<'_, Window<FeedEvent<E>>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the window has after a position.
    fn find(&self, after: Position, limit: usize) -> Found<E> {
        let window = self.window();
        if after >= window.end() {
            return Found::AtTheEnd;
        }
        let events = window.after(after);
        events.map_or(Found::Behind, |events| {
            Found::Events(events.take(limit).cloned().collect())
        })
    }

    /// Reads what comes after a position into the window, or waits for news of the log.
    async fn fill(&self, after: Position, news: &mut watch::Receiver<Position>) -> Result<(), ReadError> {
        if self.window().begin(after) {
            // Whoever is not as far reads for itself and need not wait for our turn to end.
            self.filled.send_replace(after);
        }
        // Marked as seen before reading: an event that arrives in between wakes us again.
        news.mark_unchanged();
        let page = self.read(after, self.options.page_events).await?;
        if let Some(last) = page.last().map(|event| event.recorded.position) {
            self.window().push(page);
            self.filled.send_replace(last);
            return Ok(());
        }
        // An elapsed interval, and a log that is shut down, both mean: look again.
        if let Ok(Err(_)) = tokio::time::timeout(POLL_INTERVAL, news.changed()).await {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<FeedEvent<E>>>, ReadError> {
        let page = self.log.read(after, limit, &Filter::default()).await?;
        let shared = |recorded| {
            Arc::new(FeedEvent {
                recorded,
                reading: Arc::clone(&self.reading),
                event: OnceLock::new(),
                metadata: OnceLock::new(),
            })
        };
        Ok(page.into_iter().map(shared).collect())
    }
}

#[cfg(test)]
mod tests;
