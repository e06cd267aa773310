//! The log in PostgreSQL.
//!
//! All appends of a process go through one writer, which writes whatever is waiting as one batch: one
//! round trip and one flush of the disk for all of them. Several processes may each have a writer;
//! the row lock inside `append_events` puts their batches in order.

mod batch;
mod json;
mod lent;
mod listener;
mod lookups;
mod probe;
mod read;
mod recent;
mod snapshots;
mod writer;

use std::{
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use async_trait::async_trait;
use sqlx::PgPool;
use tokio::sync::{mpsc, watch};

use self::{
    lookups::Lookups,
    probe::Writable,
    recent::Recent,
    writer::{Job, Weight},
};
use crate::{
    append::{AppendError, Claim, Slot, StoredKey},
    event::{Position, RecordedEvent, Sequence, StreamId},
    limits::{QUEUE_LIMIT, WRITE_LIMIT},
    log::{EventLog, Log},
    read::{Filter, ReadError},
    snapshot::Snapshot,
};

/// The limits of a log.
#[derive(Debug, Clone, Copy)]
pub struct PostgresLogOptions {
    /// How many commands may wait to be written. More are refused, so memory stays bounded.
    pub queued_commands: usize,
    /// How many bytes of events may wait to be written.
    pub queued_bytes: usize,
    /// How many commands are written at once.
    pub batch_commands: usize,
    /// How many bytes of events are written at once, and by one command at most.
    pub batch_bytes: usize,
    /// How long a batch may take, including a new connection where one is needed; then the connection is
    /// replaced. See [`WRITE_LIMIT`].
    pub write_limit: Duration,
    /// How long the database may take to answer a question; then the connection is given up. Longer than
    /// the server lets a statement run.
    pub read_limit: Duration,
}

impl Default for PostgresLogOptions {
    fn default() -> Self {
        Self {
            queued_commands: 4_096,
            queued_bytes: 64 * 1_024 * 1_024,
            batch_commands: 512,
            batch_bytes: 4 * 1_024 * 1_024,
            write_limit: WRITE_LIMIT,
            read_limit: Duration::from_secs(35),
        }
    }
}

/// The log in PostgreSQL. Clones share one writer.
#[derive(Clone)]
pub struct PostgresLog {
    pool: PgPool,
    queue: mpsc::Sender<Job>,
    lookups: Lookups,
    head: watch::Sender<Position>,
    recent: Arc<Recent>,
    /// The bytes of events that are in the queue or being written.
    queued_bytes: Arc<AtomicUsize>,
    options: PostgresLogOptions,
    writable: Arc<Writable>,
}

impl PostgresLog {
    /// Opens the log of a migrated database. The writer and the listener run until the last clone is
    /// gone and everything that was accepted is written.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn open(pool: PgPool, options: PostgresLogOptions) -> Result<Self, ReadError> {
        let head = watch::Sender::new(read::head(&pool, options.read_limit).await?);
        let (writable, recent) = (Arc::<Writable>::default(), Arc::<Recent>::default());
        let (queue, jobs) = mpsc::channel(options.queued_commands);
        let writer = writer::Writer::new(
            pool.clone(),
            head.clone(),
            recent.clone(),
            options,
            writable.clone(),
        );
        tokio::spawn(writer.run(jobs));
        tokio::spawn(listener::run(
            pool.clone(),
            head.clone(),
            recent.clone(),
            queue.clone().downgrade(),
            options.read_limit,
        ));
        Ok(Self {
            lookups: Lookups::start(pool.clone(), options.read_limit),
            pool,
            queue,
            head,
            recent,
            queued_bytes: Arc::default(),
            options,
            writable,
        })
    }

    async fn slot(&self) -> Result<Slot, AppendError> {
        let waiting = tokio::time::timeout(QUEUE_LIMIT, self.queue.clone().reserve_owned());
        let permit = waiting.await.map_err(|_elapsed| AppendError::Overloaded)?;
        let permit = permit.map_err(AppendError::unavailable)?;
        let max_bytes = self.options.batch_bytes;
        let (queued, max_queued) = (self.queued_bytes.clone(), self.options.queued_bytes);
        Ok(Slot::new(move |submission| {
            let bytes = batch::size(&submission.append);
            let queued = if bytes > max_bytes {
                Err(AppendError::TooLarge { max_bytes })
            } else {
                Weight::put(queued, bytes, max_queued).ok_or(AppendError::Overloaded)
            };
            let answer = match queued {
                Ok(weight) => {
                    let (job, answer) = Job::new(submission, weight);
                    permit.send(job);
                    Ok(answer)
                }
                Err(refusal) => {
                    // Its events are in the memory of the bus and will never be in the log.
                    submission.conclude(&Err(refusal.clone()));
                    Err(refusal)
                }
            };
            async move {
                answer?
                    .await
                    .unwrap_or_else(|gone| Err(AppendError::unavailable(gone)))
            }
        }))
    }
}

#[async_trait]
impl EventLog for PostgresLog {
    async fn reserve(&self) -> Result<Slot, AppendError> {
        self.slot().await
    }

    async fn load(
        &self,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        read::load(&self.pool, self.options.read_limit, stream, after, limit).await
    }

    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        // Every head that a reader can know of was announced here before.
        let head = *self.head.borrow();
        if !filter.newest_first
            && let Some(page) = self.recent.page(after, limit, filter, head)
        {
            return Ok(page);
        }
        read::page(&self.pool, self.options.read_limit, after, limit, filter).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        let head = read::head(&self.pool, self.options.read_limit).await?;
        announce(&self.head, head);
        Ok(head)
    }

    async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError> {
        self.lookups.sequence(stream.clone()).await
    }

    async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError> {
        read::find_key(&self.pool, self.options.read_limit, key).await
    }

    async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError> {
        let (scope, value) = (scope.to_owned(), value.to_owned());
        self.lookups.holder(Claim { scope, value }).await
    }

    async fn load_snapshot(&self, stream: &StreamId, version: i32) -> Result<Option<Snapshot>, ReadError> {
        snapshots::load(&self.pool, self.options.read_limit, stream, version).await
    }

    async fn save_snapshot(&self, stream: &StreamId, snapshot: Snapshot) -> Result<(), ReadError> {
        snapshots::save(&self.pool, self.options.read_limit, stream, snapshot).await
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    fn write_limit(&self) -> Duration {
        self.options.write_limit
    }

    fn read_through(&self, pool: PgPool) -> Option<Log> {
        Some(Arc::new(Self { pool, ..self.clone() }))
    }
}

/// Tells the subscribers of this process how far the log goes; it never goes back.
fn announce(head: &watch::Sender<Position>, position: Position) {
    head.send_if_modified(|newest| {
        let news = position > *newest;
        if news {
            *newest = position;
        }
        news
    });
}
