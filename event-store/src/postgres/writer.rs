//! The one writer of a process.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sqlx::{PgConnection, PgPool, Postgres, Row, error::DatabaseError, pool::PoolConnection};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use super::{
    PostgresLogOptions, announce,
    batch::{Batch, Columns, Verdicts},
    lent::within,
    probe::Writable,
    recent::Recent,
};
use crate::{
    append::{AppendError, Appended, StoredKey, Submission},
    event::{Position, StreamId},
};

/// From so many commands on, the next batch is sent before the callers of the last one are answered: then it
/// is the database that must not wait. With fewer, most of its time would go into the batches themselves.
const WORTH_A_BATCH: usize = 64;

/// No process of a server has this number.
const NOBODY: u32 = 0;

/// A command on its way, and who waits for it.
pub(super) struct Job {
    pub(super) submission: Submission,
    reply: oneshot::Sender<Result<Appended, AppendError>>,
    weight: Weight,
}

/// What a command takes of the memory for commands on their way, until it is answered.
pub(super) struct Weight {
    queued: Arc<AtomicUsize>,
    bytes: usize,
}

impl Weight {
    /// Adds so many bytes to those that are queued, unless that would be more than there may be.
    pub(super) fn put(queued: Arc<AtomicUsize>, bytes: usize, limit: usize) -> Option<Self> {
        let fits = |before: usize| before.checked_add(bytes).filter(|after| *after <= limit);
        let put = queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        put.is_ok().then(|| Self { queued, bytes })
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        self.queued.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Job {
    pub(super) fn new(
        submission: Submission,
        weight: Weight,
    ) -> (Self, oneshot::Receiver<Result<Appended, AppendError>>) {
        let (reply, answer) = oneshot::channel();
        let job = Self {
            submission,
            reply,
            weight,
        };
        (job, answer)
    }

    /// Answers that nothing was written, and breaks the lineage before anything else can rest on it.
    pub(super) fn refuse(self, refusal: AppendError) {
        let answer = Err(refusal);
        self.submission.conclude(&answer);
        self.answer(answer);
    }

    pub(super) fn answer(self, answer: Result<Appended, AppendError>) {
        // Its place is free before whoever asked can ask for the next one.
        drop(self.weight);
        // Whoever asked may have gone; what was written stays written.
        drop(self.reply.send(answer));
    }
}

/// A batch that is written and whose callers have no answer yet.
struct Written {
    batch: Batch,
    verdicts: Verdicts,
}

/// The one that writes, and the connection that it keeps.
pub(super) struct Writer {
    pool: PgPool,
    options: PostgresLogOptions,
    writable: Arc<Writable>,
    /// Kept between batches: a pool would test it with a round trip each time.
    connection: Option<PoolConnection<Postgres>>,
    head: watch::Sender<Position>,
    recent: Arc<Recent>,
}

impl Writer {
    pub(super) fn new(
        pool: PgPool,
        head: watch::Sender<Position>,
        recent: Arc<Recent>,
        options: PostgresLogOptions,
        writable: Arc<Writable>,
    ) -> Self {
        Self {
            pool,
            options,
            writable,
            connection: None,
            head,
            recent,
        }
    }

    /// Writes until the queue is closed and empty.
    ///
    /// The answers to a batch are given out while the next one is already on its way: the database should
    /// never wait for this process.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let options = self.options;
        let mut queue = VecDeque::new();
        let mut received = Vec::new();
        let mut written: Option<Written> = None;
        loop {
            // Whatever came while the last batch was written goes into the next one.
            while queue.len() < options.batch_commands
                && let Ok(job) = jobs.try_recv()
            {
                queue.push_back(job);
            }
            // A batch has a fixed cost, so a small one is worth delaying: answer the last batch first, so that
            // its callers' next commands join this one.
            if queue.len() < WORTH_A_BATCH
                && let Some(written) = written.take()
            {
                self.answer(written);
                tokio::task::yield_now().await;
                continue;
            }
            if queue.is_empty() {
                if jobs.recv_many(&mut received, options.batch_commands).await == 0 {
                    return;
                }
                queue.extend(received.drain(..));
                continue;
            }
            // The outcome of the last batch is known here, so every lineage that it broke is broken: a command
            // that rests on a refused one is refused by `take` and never sent.
            let batch = Batch::take(&mut queue, options.batch_commands, options.batch_bytes);
            if batch.len() == 0 {
                continue;
            }
            let columns = batch.columns();
            let last = written.take();
            let (head, recent) = (self.head.clone(), self.recent.clone());
            let answers = async {
                if let Some(last) = last {
                    announce_and_settle(&head, &recent, last);
                }
            };
            // `join!` polls in this order: the batch is sent before the answers to the last one are given out.
            let (outcome, ()) = futures::join!(self.try_write(&columns), answers);
            drop(columns);
            match outcome {
                Ok(verdicts) => {
                    batch.conclude(&verdicts);
                    written = Some(Written { batch, verdicts });
                }
                Err(error) => self.recover(batch, error).await,
            }
        }
    }

    fn answer(&self, written: Written) {
        announce_and_settle(&self.head, &self.recent, written);
    }

    /// Finds out which command of a batch is at fault, or fails them all.
    ///
    /// It ends before the next batch is taken, for what is queued may rest on these commands.
    async fn recover(&mut self, batch: Batch, error: sqlx::Error) {
        if batch.len() == 1 || !is_fault_of_data(&error) {
            tracing::error!(%error, commands = batch.len(), "a batch could not be written");
            batch.fail(&AppendError::unavailable(error));
            return;
        }
        // Nothing was written, for the statement failed as a whole. Alone, each command is judged by itself.
        for alone in batch.split() {
            let Some(alone) = alone.unless_refused() else {
                continue;
            };
            let outcome = self.try_write(&alone.columns()).await;
            match outcome {
                Ok(verdicts) => {
                    alone.conclude(&verdicts);
                    let batch = alone;
                    self.answer(Written { batch, verdicts });
                }
                Err(error) => {
                    tracing::error!(%error, "a command could not be written");
                    alone.fail(&AppendError::unavailable(error));
                }
            }
        }
    }

    async fn try_write(&mut self, columns: &Columns<'_>) -> Result<Verdicts, sqlx::Error> {
        let outcome = self.write(columns).await;
        // A fault of the data says nothing against the log.
        self.writable
            .set(outcome.as_ref().err().is_none_or(is_fault_of_data));
        outcome
    }

    async fn connect(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        let writer: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut *connection)
            .await?;
        self.recent.begin(u32::try_from(writer).unwrap_or(NOBODY));
        Ok(connection)
    }

    /// Writes a batch within the limit, which includes the time for a new connection.
    async fn write(&mut self, columns: &Columns<'_>) -> Result<Verdicts, sqlx::Error> {
        let ends_at = Instant::now() + self.options.write_limit;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => within(self.options.write_limit, self.connect()).await?,
        };
        let left = ends_at.saturating_duration_since(Instant::now());
        let written = within(left, append(&mut connection, columns)).await;
        match written {
            Err(error) if !is_fault_of_data(&error) => {
                // In an unknown state: the next batch starts on a fresh one. If this one did write, the server's
                // word for it counts.
                self.recent.begin(NOBODY);
                drop(connection.detach());
                Err(error)
            }
            outcome => {
                self.connection = Some(connection);
                outcome
            }
        }
    }
}

/// Keeps the events of a batch for the readers of this process, wakes them, and answers the callers.
fn announce_and_settle(head: &watch::Sender<Position>, recent: &Recent, written: Written) {
    let Written { batch, verdicts } = written;
    if head.receiver_count() > 0 {
        recent.keep(verdicts.before, batch.written(&verdicts));
    }
    announce(head, verdicts.before + batch.count_written(&verdicts));
    batch.settle(&verdicts);
}

pub(super) async fn append(
    connection: &mut PgConnection,
    columns: &Columns<'_>,
) -> Result<Verdicts, sqlx::Error> {
    let rows = sqlx::query(include_str!("append.sql"))
        .bind(&columns.s_type)
        .bind(&columns.s_id)
        .bind(&columns.s_expected)
        .bind(&columns.e_stream)
        .bind(&columns.e_aggregate_type)
        .bind(&columns.e_aggregate_id)
        .bind(&columns.e_sequence)
        .bind(&columns.e_type)
        .bind(&columns.e_version)
        .bind(&columns.e_payload)
        .bind(&columns.e_metadata)
        .bind(&columns.k_stream)
        .bind(&columns.k_key)
        .bind(&columns.k_fingerprint)
        .bind(&columns.k_sequence)
        .bind(&columns.k_event)
        .bind(&columns.c_stream)
        .bind(&columns.c_scope)
        .bind(&columns.c_value)
        .fetch_all(connection)
        .await?;
    let mut verdicts = Verdicts::default();
    for row in rows {
        let verdict: String = row.try_get("verdict")?;
        if verdict == "batch" {
            verdicts.before = row.try_get("number")?;
            verdicts.recorded_at = row.try_get("recorded_at")?;
            continue;
        }
        let stream: i32 = row.try_get("stream")?;
        let stream = usize::try_from(stream - 1).unwrap_or_default();
        verdicts.refused.insert(stream);
        match verdict.as_str() {
            "conflict" => {
                verdicts.conflicts.insert(stream, row.try_get("number")?);
            }
            "claim" => {
                let claim = (row.try_get("name")?, row.try_get("detail")?);
                verdicts.claims.insert(claim, row.try_get("aggregate_id")?);
            }
            _ => {
                let aggregate_id: String = row.try_get("aggregate_id")?;
                let stream = StreamId::new(row.try_get::<String, _>("aggregate_type")?, aggregate_id.clone());
                let (sequence, position) = (row.try_get("stored_sequence")?, row.try_get("number")?);
                let appended = Appended {
                    aggregate_id,
                    sequence,
                    position,
                    replayed: true,
                };
                let stored = StoredKey {
                    fingerprint: row.try_get("fingerprint")?,
                    stream,
                    appended,
                };
                verdicts.keys.insert(row.try_get("name")?, stored);
            }
        }
    }
    Ok(verdicts)
}

/// Whether the database understood the statement and refused what it carries: class 22 of SQLSTATE is
/// data that does not fit its type, class 23 a broken constraint.
fn is_fault_of_data(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}
