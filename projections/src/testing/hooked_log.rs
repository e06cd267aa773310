//! A log that lets a test act before each read.

use async_trait::async_trait;
use event_store::{
    AppendError, EventLog, Filter, Log, Position, ReadError, RecordedEvent, Sequence, Slot, StoredKey,
    StreamId,
};
use futures::future::BoxFuture;
use tokio::sync::watch;

/// What a test does before a read.
type Hook = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Another log, and what happens before it is read or asked for its end.
pub(crate) struct HookedLog {
    log: Log,
    before_read: Hook,
    before_head: Hook,
}

impl HookedLog {
    /// A log with something that happens before each read of many events.
    pub(crate) fn new(
        log: Log,
        before_read: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            log,
            before_read: Box::new(before_read),
            before_head: Box::new(|| Box::pin(std::future::ready(()))),
        }
    }

    /// With something that happens before the log is asked for its end.
    pub(crate) fn before_head(
        mut self,
        hook: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        self.before_head = Box::new(hook);
        self
    }
}

#[async_trait]
impl EventLog for HookedLog {
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
        (self.before_read)().await;
        self.log.read(after, limit, filter).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        (self.before_head)().await;
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
