//! One reading, many followers.

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
