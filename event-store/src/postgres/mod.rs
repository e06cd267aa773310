//! The log in PostgreSQL.
//!
//! All appends of a process go through one writer, which writes whatever is waiting as one batch: one
//! round trip and one flush of the disk for all of them. Several processes may each have a writer;
//! the row lock inside `append_events` puts their batches in order.

mod batch;
mod listener;
mod read;
mod writer;

use async_trait::async_trait;
use sqlx::PgPool;
use tokio::sync::{mpsc, watch};

use self::writer::Job;
use crate::{
    append::{AppendError, Slot, StoredKey},
    event::{Position, RecordedEvent, Sequence, StreamId},
    log::EventLog,
    read::{Filter, ReadError},
};

/// The limits of a log.
#[derive(Debug, Clone, Copy)]
pub struct PostgresLogOptions {
    /// How many commands may wait to be written. More are refused, so memory stays bounded.
    pub queued_commands: usize,
    /// How many commands are written at once.
    pub batch_commands: usize,
    /// How many bytes of events are written at once, and by one command at most.
    pub batch_bytes: usize,
}

impl Default for PostgresLogOptions {
    fn default() -> Self {
        Self {
            queued_commands: 4_096,
            batch_commands: 512,
            batch_bytes: 4 * 1_024 * 1_024,
        }
    }
}

/// The log in PostgreSQL. Clones share one writer.
#[derive(Clone)]
pub struct PostgresLog {
    pool: PgPool,
    queue: mpsc::Sender<Job>,
    head: watch::Sender<Position>,
    options: PostgresLogOptions,
}

impl PostgresLog {
    /// Opens the log of a migrated database. The writer and the listener run until the last clone is
    /// gone and everything that was accepted is written.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn open(pool: PgPool, options: PostgresLogOptions) -> Result<Self, ReadError> {
        let head = watch::Sender::new(read::head(&pool).await?);
        let (queue, jobs) = mpsc::channel(options.queued_commands);
        tokio::spawn(writer::run(pool.clone(), jobs, head.clone(), options));
        tokio::spawn(listener::run(
            pool.clone(),
            head.clone(),
            queue.clone().downgrade(),
        ));
        Ok(Self {
            pool,
            queue,
            head,
            options,
        })
    }

    async fn slot(&self) -> Result<Slot, AppendError> {
        let waiting = tokio::time::timeout(writer::QUEUE_WAIT, self.queue.clone().reserve_owned());
        let permit = waiting.await.map_err(|_elapsed| AppendError::Overloaded)?;
        let permit = permit.map_err(AppendError::unavailable)?;
        let max_bytes = self.options.batch_bytes;
        Ok(Slot::new(move |append| {
            let answer = if batch::size(&append) > max_bytes {
                Err(AppendError::TooLarge { max_bytes })
            } else {
                let (job, answer) = Job::new(append);
                permit.send(job);
                Ok(answer)
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
        read::load(&self.pool, stream, after, limit).await
    }

    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        read::page(&self.pool, after, limit, filter).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        read::head(&self.pool).await
    }

    async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError> {
        read::sequence(&self.pool, stream).await
    }

    async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError> {
        read::find_key(&self.pool, key).await
    }

    async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError> {
        read::find_claim(&self.pool, scope, value).await
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
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
