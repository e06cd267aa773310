//! A log in memory that writes when a test says so.
//!
//! Each `PacedLog` is the log as one process has it: appends wait in a queue of its own, and all processes
//! write to one [`MemoryLog`]. A test decides which process writes next, and which one dies with what it
//! had queued. So every interleaving of several processes can be played, and played again from its seed.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use tokio::sync::{oneshot, watch};

use crate::{
    AppendError, Appended, EventLog, Filter, MemoryLog, Position, ReadError, RecordedEvent, Sequence, Slot,
    Snapshot, StoredKey, StreamId, append::Submission, lineage::Lineage,
};

/// An append in the queue, and its caller.
struct Waiting {
    submission: Submission,
    reply: oneshot::Sender<Result<Appended, AppendError>>,
}

/// The log as one process has it.
#[derive(Clone)]
pub(super) struct PacedLog {
    log: MemoryLog,
    queue: Arc<Mutex<VecDeque<Waiting>>>,
    /// A fault to be found: nothing that is queued is refused with the write that it rests on.
    forgets_lineage: bool,
}

impl PacedLog {
    pub(super) fn of(log: &MemoryLog) -> Self {
        Self {
            log: log.clone(),
            queue: Arc::default(),
            forgets_lineage: false,
        }
    }

    pub(super) fn with_forgotten_lineage(log: &MemoryLog) -> Self {
        Self {
            forgets_lineage: true,
            ..Self::of(log)
        }
    }

    /// Writes what has waited longest, and answers it. False when nothing waits.
    pub(super) fn write_one(&self) -> bool {
        let Some(waiting) = self.queue.lock().unwrap().pop_front() else {
            return false;
        };
        let answer = self.log.write(&waiting.submission);
        // The caller may have gone.
        drop(waiting.reply.send(answer));
        true
    }

    /// The process dies: its queue is lost. What was on its way to the log may have arrived, without an answer.
    pub(super) fn die(&self, arrived: bool) {
        let mut queue = std::mem::take(&mut *self.queue.lock().unwrap());
        if arrived && let Some(waiting) = queue.pop_front() {
            drop(self.log.write(&waiting.submission));
        }
    }
}

#[async_trait]
impl EventLog for PacedLog {
    async fn reserve(&self) -> Result<Slot, AppendError> {
        let this = self.clone();
        Ok(Slot::new(move |mut submission| {
            if this.forgets_lineage {
                submission.lineage = Lineage::default();
            }
            let (reply, answer) = oneshot::channel();
            this.queue
                .lock()
                .unwrap()
                .push_back(Waiting { submission, reply });
            async move {
                answer
                    .await
                    .unwrap_or_else(|gone| Err(AppendError::unavailable(gone)))
            }
        }))
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

    async fn load_snapshot(&self, stream: &StreamId, version: i32) -> Result<Option<Snapshot>, ReadError> {
        self.log.load_snapshot(stream, version).await
    }

    async fn save_snapshot(&self, stream: &StreamId, snapshot: Snapshot) -> Result<(), ReadError> {
        self.log.save_snapshot(stream, snapshot).await
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.log.watch()
    }
}
