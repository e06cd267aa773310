//! A log that can be told to fail.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use event_store::{
    AppendError, EventLog, Filter, MemoryLog, Position, ReadError, RecordedEvent, Sequence, Slot, StoredKey,
    StreamId,
};
use tokio::sync::watch;

/// How the log behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mood {
    Sound,
    Away,
    Silent,
    Panicking,
    Full,
    /// One more write gets through.
    FullAfterOne,
}

/// A log in memory whose writes fail as they are told to.
pub(crate) struct FaultyLog {
    inner: MemoryLog,
    mood: AtomicU8,
}

impl FaultyLog {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryLog::new(DateTime::<Utc>::default),
            mood: AtomicU8::new(Mood::Sound as u8),
        })
    }

    pub(crate) fn turn(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    fn is(&self, mood: Mood) -> bool {
        self.mood.load(Ordering::SeqCst) == mood as u8
    }
}

#[async_trait]
impl EventLog for FaultyLog {
    async fn reserve(&self) -> Result<Slot, AppendError> {
        if self.is(Mood::Silent) {
            std::future::pending::<()>().await;
        }
        if self.is(Mood::Away) {
            return Err(AppendError::unavailable("the password is hunter2"));
        }
        if self.is(Mood::FullAfterOne) {
            self.turn(Mood::Full);
        } else if self.is(Mood::Full) {
            return Err(AppendError::Overloaded);
        }
        self.inner.reserve().await
    }

    async fn load(
        &self,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        assert!(!self.is(Mood::Panicking), "the log panics as it was told to");
        self.inner.load(stream, after, limit).await
    }

    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.inner.read(after, limit, filter).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.inner.head().await
    }

    async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError> {
        self.inner.sequence(stream).await
    }

    async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError> {
        self.inner.find_key(key).await
    }

    async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError> {
        self.inner.find_claim(scope, value).await
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.inner.watch()
    }
}
