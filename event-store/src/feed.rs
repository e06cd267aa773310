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
    collections::VecDeque,
    error::Error,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::sync::{Mutex as Turn, watch};

use crate::{
    decode::Decoder,
    event::{Metadata, Position, RecordedEvent},
    log::Log,
    read::{Filter, ReadError},
};

/// How long a follower sleeps at most when nobody wakes it; see [`Subscription`](crate::Subscription).
const POLL_INTERVAL: Duration = Duration::from_secs(1);

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

    fn bytes(&self) -> usize {
        self.recorded.payload.len() + self.recorded.metadata.len()
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
    window: Mutex<Window<E>>,
    /// Changes whenever the window has more.
    filled: watch::Sender<Position>,
    /// Whose turn it is to read at the end of the window.
    turn: Turn<watch::Receiver<Position>>,
}

/// The newest events that were read, without gaps.
struct Window<E> {
    /// The position of the newest of them, or the one after which they will come.
    end: Position,
    events: VecDeque<Arc<FeedEvent<E>>>,
    bytes: usize,
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
        let window = Window {
            end: 0,
            events: VecDeque::new(),
            bytes: 0,
        };
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
            let found = shared.window().after(self.after, limit);
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
                    if shared.window().lacks(self.after) {
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
    fn window(&self) -> MutexGuard<'_, Window<E>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.window().push(page, last, &self.options);
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

impl<E> Window<E> {
    fn after(&self, position: Position, limit: usize) -> Found<E> {
        if position >= self.end {
            return Found::AtTheEnd;
        }
        let length = Position::try_from(self.events.len()).unwrap_or(Position::MAX);
        // Positions are dense, so the place of an event follows from its position.
        match usize::try_from(position - (self.end - length)) {
            Ok(skip) => Found::Events(self.events.iter().skip(skip).take(limit).cloned().collect()),
            Err(_) => Found::Behind,
        }
    }

    /// Whether an event after this position is still to be read into the window.
    const fn lacks(&self, position: Position) -> bool {
        self.end <= position
    }

    /// Lets the window begin after a position, unless it is there already; says whether it moved.
    fn begin(&mut self, after: Position) -> bool {
        let moved = self.end != after;
        if moved {
            self.end = after;
            self.events.clear();
            self.bytes = 0;
        }
        moved
    }

    fn push(&mut self, page: Vec<Arc<FeedEvent<E>>>, last: Position, options: &FeedOptions) {
        self.end = last;
        self.bytes += page.iter().map(|event| event.bytes()).sum::<usize>();
        self.events.extend(page);
        while self.events.len() > options.window_events || self.bytes > options.window_bytes {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use chrono::Utc;

    use super::*;
    use crate::{Append, AppendError, EventLog, MemoryLog, NewEvent, Sequence, Slot, StoredKey, StreamId};

    /// How often the one test that counts it has parsed.
    static PARSED: AtomicUsize = AtomicUsize::new(0);

    /// Counts how often it is read.
    struct Counting {
        log: MemoryLog,
        events: Arc<AtomicUsize>,
    }

    #[async_trait]
    impl EventLog for Counting {
        async fn reserve(&self) -> Result<Slot, AppendError> {
            self.log.reserve().await
        }
        async fn load(&self, s: &StreamId, a: Sequence, l: usize) -> Result<Vec<RecordedEvent>, ReadError> {
            self.log.load(s, a, l).await
        }
        async fn read(&self, a: Position, l: usize, f: &Filter) -> Result<Vec<RecordedEvent>, ReadError> {
            let page = self.log.read(a, l, f).await?;
            self.events.fetch_add(page.len(), Ordering::SeqCst);
            Ok(page)
        }
        async fn head(&self) -> Result<Position, ReadError> {
            self.log.head().await
        }
        async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError> {
            self.log.sequence(stream).await
        }
        async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError> {
            self.log.find_key(key).await
        }
        async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError> {
            self.log.find_claim(scope, value).await
        }
        fn watch(&self) -> watch::Receiver<Position> {
            self.log.watch()
        }
    }

    fn parse(_aggregate_type: &str, payload: &str) -> Result<i64, Box<dyn Error + Send + Sync>> {
        Ok(payload.parse()?)
    }

    fn parse_counted(_aggregate_type: &str, payload: &str) -> Result<i64, Box<dyn Error + Send + Sync>> {
        PARSED.fetch_add(1, Ordering::SeqCst);
        Ok(payload.parse()?)
    }

    fn feed(options: FeedOptions) -> (Feed<i64>, MemoryLog, Arc<AtomicUsize>) {
        feed_of(options, parse)
    }

    fn feed_of(options: FeedOptions, parse: Parse<i64>) -> (Feed<i64>, MemoryLog, Arc<AtomicUsize>) {
        let (log, events) = (MemoryLog::new(Utc::now), Arc::new(AtomicUsize::new(0)));
        let counting = Counting {
            log: log.clone(),
            events: Arc::clone(&events),
        };
        let decoder = Arc::new(Decoder::new(Vec::new()));
        (
            Feed::new(Arc::new(counting), decoder, parse, options),
            log,
            events,
        )
    }

    async fn write(log: &MemoryLog, from: i64, count: i64) {
        for number in from..from + count {
            let event = NewEvent {
                event_type: "Counted".to_owned(),
                event_version: "1".to_owned(),
                payload: number.to_string(),
            };
            let append = Append {
                stream: StreamId::new("counter", "one"),
                expected: number - 1,
                events: vec![event],
                metadata: "{}".to_owned(),
                keys: Vec::new(),
                claims: Vec::new(),
            };
            log.append(append).await.unwrap();
        }
    }

    async fn collect(follower: &mut Follower<i64>, up_to: Position, limit: usize) -> Vec<i64> {
        let mut seen = Vec::new();
        while follower.position() < up_to {
            let page = follower.next_page(limit).await.unwrap();
            seen.extend(page.iter().map(|event| *event.event().unwrap()));
        }
        seen
    }

    #[tokio::test]
    async fn every_follower_sees_every_event_once_and_the_log_is_read_once() {
        let (feed, log, read) = feed_of(FeedOptions::default(), parse_counted);
        let writer = tokio::spawn(async move { write(&log, 1, 500).await });
        let followers = [1, 7, 64, 1_000].map(|limit| {
            let mut follower = feed.follow(0);
            tokio::spawn(async move { collect(&mut follower, 500, limit).await })
        });
        for follower in followers {
            assert_eq!(follower.await.unwrap(), (1..=500).collect::<Vec<_>>());
        }
        writer.await.unwrap();
        assert_eq!(read.load(Ordering::SeqCst), 500);
        assert_eq!(PARSED.load(Ordering::SeqCst), 500);
    }

    #[tokio::test]
    async fn a_follower_from_before_the_window_catches_up_and_joins() {
        let options = FeedOptions {
            window_events: 10,
            page_events: 10,
            ..FeedOptions::default()
        };
        let (feed, log, read) = feed(options);
        write(&log, 1, 100).await;
        let mut quick = feed.follow(90);
        assert_eq!(collect(&mut quick, 100, 50).await, (91..=100).collect::<Vec<_>>());
        let mut late = feed.follow(0);
        assert_eq!(collect(&mut late, 100, 30).await, (1..=100).collect::<Vec<_>>());
        // 91 to 100 were there already when the late one had read up to 90.
        assert_eq!(read.load(Ordering::SeqCst), 10 + 90);
        write(&log, 101, 1).await;
        assert_eq!(collect(&mut late, 101, 30).await, [101]);
        assert_eq!(collect(&mut quick, 101, 30).await, [101]);
    }

    #[tokio::test]
    async fn a_follower_that_waits_at_the_end_holds_up_nobody_behind_it() {
        let (feed, log, _) = feed(FeedOptions::default());
        write(&log, 1, 5).await;
        let mut ahead = feed.follow(5);
        let waits = tokio::spawn(async move { ahead.next_page(1).await.map(|page| page.len()) });
        tokio::task::yield_now().await;
        let mut behind = feed.follow(2);
        assert_eq!(collect(&mut behind, 5, 10).await, [3, 4, 5]);
        assert!(!waits.is_finished());
        write(&log, 6, 1).await;
        assert_eq!(waits.await.unwrap().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_follower_that_is_dropped_while_it_reads_leaves_its_turn_to_the_next() {
        let (feed, log, _) = feed(FeedOptions::default());
        let (mut first, mut second) = (feed.follow(0), feed.follow(0));
        let waits = tokio::spawn(async move { first.next_page(1).await.map(|page| page.len()) });
        tokio::task::yield_now().await;
        waits.abort();
        assert!(waits.await.is_err());
        write(&log, 1, 1).await;
        assert_eq!(collect(&mut second, 1, 1).await, [1]);
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_read_is_told_with_its_position() {
        let (feed, log, _) = feed(FeedOptions::default());
        let event = NewEvent {
            event_type: "Counted".to_owned(),
            event_version: "1".to_owned(),
            payload: "{}".to_owned(),
        };
        let append = Append {
            stream: StreamId::new("counter", "one"),
            expected: 0,
            events: vec![event],
            metadata: r#"{"actor": "somebody"}"#.to_owned(),
            keys: Vec::new(),
            claims: Vec::new(),
        };
        log.append(append).await.unwrap();
        let page = feed.follow(0).next_page(10).await.unwrap();
        assert_eq!(page[0].event().unwrap_err().position, 1);
        assert_eq!(page[0].metadata().actor, "somebody");
    }
}
