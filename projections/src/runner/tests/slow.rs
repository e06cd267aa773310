//! A log whose reads take longer than the time between two heartbeats.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use event_store::{AppendError, Filter, Log, ReadError, Sequence, Slot, StoredKey};
use sqlx::PgPool;
use tokio::sync::watch;

use super::*;

/// How many heartbeats a read takes.
const BEATS: usize = 3;

/// A log that answers no read before its reader has said several times that it lives.
struct SlowLog {
    log: Log,
    is_slow: AtomicBool,
    pool: PgPool,
}

impl SlowLog {
    async fn heartbeat(&self) -> Option<DateTime<Utc>> {
        let heartbeat = "SELECT heartbeat_at FROM projection_generations \
                         WHERE projection = 'orders' AND state = 'live'";
        sqlx::query_scalar(heartbeat).fetch_one(&self.pool).await.unwrap()
    }
}

#[async_trait]
impl EventLog for SlowLog {
    async fn reserve(&self) -> Result<Slot, AppendError> {
        self.log.reserve().await
    }

    async fn load(
        &self,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.log.load(stream, after, limit).await
    }

    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let mut beats = BTreeSet::new();
        while self.is_slow.load(Ordering::Relaxed) && beats.len() <= BEATS {
            beats.insert(self.heartbeat().await);
            tokio::task::yield_now().await;
        }
        self.log.read(after, limit, filter).await
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_takes_longer_than_a_heartbeat_is_waited_for() {
    let mut shop = Shop::with_past(17, 100).await;
    let mut stage = Stage::new(shop.log()).await;
    let slow = Arc::new(SlowLog {
        log: shop.log(),
        is_slow: AtomicBool::new(false),
        pool: stage.pool_of("slow log").await,
    });
    stage.log = Arc::clone(&slow) as Log;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;

    slow.is_slow.store(true, Ordering::Relaxed);
    shop.go_on(18, 20).await;
    let reached = reader.wait_for("orders", shop.head().await, LONG).await.unwrap();
    slow.is_slow.store(false, Ordering::Relaxed);
    assert_eq!(reached, Waited::Reached);
    stop.cancel();
    workers.join().await;
}
