//! The contract of a log, whatever it is kept in.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::PgPool;
use tokio::sync::watch;

use crate::{
    append::{Append, AppendError, Appended, Slot, StoredKey},
    event::{Position, RecordedEvent, Sequence, StreamId},
    read::{Filter, ReadError},
    snapshot::Snapshot,
};

/// A log that is shared by many.
pub type Log = Arc<dyn EventLog>;

/// An append-only log of events with dense, commit-ordered positions.
///
/// Both implementations pass the same contract suite.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Waits for a place in the queue of writes.
    ///
    /// # Errors
    ///
    /// [`AppendError::Overloaded`] when none becomes free in time.
    async fn reserve(&self) -> Result<Slot, AppendError>;

    /// Writes the events of one command and answers when they are durable.
    ///
    /// # Errors
    ///
    /// Nothing was written, for the reason given; after [`AppendError::Unavailable`] that is not known.
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.reserve().await?.submit(append).await
    }

    /// Reads at most `limit` events of one aggregate after a sequence, in order.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn load(
        &self,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// Reads at most `limit` events after a position, in order; the newest of them from the end, when the
    /// filter wants the newest first.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// The position of the newest event, or 0.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn head(&self) -> Result<Position, ReadError>;

    /// The sequence of the newest event of an aggregate, or 0.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError>;

    /// What was stored together with a key.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError>;

    /// The identifier of the aggregate that holds a value.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError>;

    /// The snapshot of an aggregate, if there is one of this version. A log need not keep any.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn load_snapshot(&self, _stream: &StreamId, _version: i32) -> Result<Option<Snapshot>, ReadError> {
        Ok(None)
    }

    /// Keeps a snapshot in place of an older one.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    async fn save_snapshot(&self, _stream: &StreamId, _snapshot: Snapshot) -> Result<(), ReadError> {
        Ok(())
    }

    /// Changes whenever there is something new to read. The number is a hint of the newest position:
    /// it may lag behind the log, and it is never ahead of it.
    fn watch(&self) -> watch::Receiver<Position>;

    /// How long a write may take from the moment at which it begins. Zero when writing takes no time.
    fn write_limit(&self) -> Duration {
        Duration::ZERO
    }

    /// The same log, read through the connections of another pool: for whoever reads very much and must not
    /// take those that commands need. Nothing when the log is in no database.
    fn read_through(&self, _pool: PgPool) -> Option<Log> {
        None
    }
}
