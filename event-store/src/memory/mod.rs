//! A log in memory, for simulations and tests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::{sync::watch, time::Instant};

use crate::{
    append::{Append, AppendError, Appended, Slot, StoredKey, Submission},
    event::{Position, RecordedEvent, Sequence, StreamId},
    log::EventLog,
    read::{Filter, ReadError},
    snapshot::Snapshot,
};

/// A log in memory. It keeps the contract of the real one but for durability.
#[derive(Clone)]
pub struct MemoryLog {
    inner: Arc<Mutex<Inner>>,
    head: watch::Sender<Position>,
}

struct Inner {
    events: Vec<RecordedEvent>,
    streams: HashMap<StreamId, Vec<usize>>,
    keys: HashMap<String, StoredKey>,
    claims: HashMap<(String, String), StreamId>,
    snapshots: HashMap<StreamId, Snapshot>,
    clock: Box<dyn Fn() -> DateTime<Utc> + Send>,
}

impl MemoryLog {
    /// An empty log whose events are stamped by the given clock.
    pub fn new(clock: impl Fn() -> DateTime<Utc> + Send + 'static) -> Self {
        let inner = Inner {
            events: Vec::new(),
            streams: HashMap::new(),
            keys: HashMap::new(),
            claims: HashMap::new(),
            snapshots: HashMap::new(),
            clock: Box::new(clock),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            head: watch::Sender::new(0),
        }
    }

    /// Writes what a writer has taken from its queue.
    pub(crate) fn write(&self, submission: &Submission) -> Result<Appended, AppendError> {
        let answer = match submission.refusal(Instant::now()) {
            Some(refusal) => Err(refusal),
            None => self.lock().append(submission.append.clone()),
        };
        submission.conclude(&answer);
        let head = self.lock().head();
        self.head.send_replace(head);
        answer
    }

    /// The position of the newest event, without waiting.
    #[cfg(test)]
    pub(crate) fn head_now(&self) -> Position {
        self.lock().head()
    }

    /// A panic elsewhere cannot leave the log half written: nothing between the checks and the end of
    /// a write can panic. So a poisoned lock is still sound.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn reserve(&self) -> Result<Slot, AppendError> {
        let log = self.clone();
        // Written at once and not when the ticket is polled: the order of submission counts.
        Ok(Slot::new(move |submission| {
            std::future::ready(log.write(&submission))
        }))
    }

    async fn load(
        &self,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let inner = self.lock();
        let indices = inner.streams.get(stream).map(Vec::as_slice).unwrap_or_default();
        let from = usize::try_from(after).unwrap_or_default();
        Ok(indices
            .iter()
            .skip(from)
            .take(limit)
            .map(|index| inner.events[*index].clone())
            .collect())
    }

    async fn read(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let inner = self.lock();
        let from = usize::try_from(after).unwrap_or_default();
        let events = inner.events.iter().skip(from);
        let passing = events.filter(|event| filter.admits(event)).cloned();
        Ok(if filter.newest_first {
            passing.rev().take(limit).collect()
        } else {
            passing.take(limit).collect()
        })
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(self.lock().head())
    }

    async fn sequence(&self, stream: &StreamId) -> Result<Sequence, ReadError> {
        Ok(self.lock().sequence(stream))
    }

    async fn find_key(&self, key: &str) -> Result<Option<StoredKey>, ReadError> {
        Ok(self.lock().keys.get(key).cloned())
    }

    async fn find_claim(&self, scope: &str, value: &str) -> Result<Option<String>, ReadError> {
        Ok(self
            .lock()
            .claims
            .get(&(scope.to_owned(), value.to_owned()))
            .map(|holder| holder.aggregate_id.clone()))
    }

    async fn load_snapshot(&self, stream: &StreamId, version: i32) -> Result<Option<Snapshot>, ReadError> {
        let snapshot = self.lock().snapshots.get(stream).cloned();
        Ok(snapshot.filter(|snapshot| snapshot.version == version))
    }

    async fn save_snapshot(&self, stream: &StreamId, snapshot: Snapshot) -> Result<(), ReadError> {
        let mut inner = self.lock();
        let older = inner.snapshots.get(stream);
        if older.is_none_or(|older| snapshot.supersedes(older)) {
            inner.snapshots.insert(stream.clone(), snapshot);
        }
        Ok(())
    }

    fn watch(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}

impl Inner {
    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        if let Some(answer) = append
            .keys
            .iter()
            .find_map(|key| Some((key, self.keys.get(&key.key)?)))
        {
            let (key, stored) = answer;
            return stored.answer(key);
        }
        let Append {
            stream,
            expected,
            events,
            metadata,
            keys,
            claims,
        } = append;
        let held = |claim: &crate::Claim| {
            let holder = self.claims.get(&(claim.scope.clone(), claim.value.clone()))?;
            (*holder != stream).then(|| AppendError::AlreadyClaimed {
                scope: claim.scope.clone(),
                value: claim.value.clone(),
                holder: holder.aggregate_id.clone(),
            })
        };
        if let Some(refusal) = claims.iter().find_map(held) {
            return Err(refusal);
        }
        let actual = self.sequence(&stream);
        if actual != expected {
            return Err(AppendError::Conflict {
                stream,
                expected,
                actual,
            });
        }
        for event in events {
            self.push(&stream, event, &metadata);
        }
        let appended = Appended {
            aggregate_id: stream.aggregate_id.clone(),
            sequence: self.sequence(&stream),
            position: self.head(),
            replayed: false,
        };
        for claim in claims {
            self.claims.insert((claim.scope, claim.value), stream.clone());
        }
        for key in keys {
            let (fingerprint, stream) = (key.fingerprint, stream.clone());
            self.keys.insert(
                key.key,
                StoredKey {
                    fingerprint,
                    stream,
                    appended: appended.clone(),
                },
            );
        }
        Ok(appended)
    }

    fn push(&mut self, stream: &StreamId, event: crate::NewEvent, metadata: &str) {
        let newest = self.events.last().map(|event| event.recorded_at);
        let now = (self.clock)();
        self.streams
            .entry(stream.clone())
            .or_default()
            .push(self.events.len());
        self.events.push(RecordedEvent {
            position: self.head() + 1,
            aggregate_type: stream.aggregate_type.clone(),
            aggregate_id: stream.aggregate_id.clone(),
            sequence: self.sequence(stream),
            event_type: event.event_type,
            event_version: event.event_version,
            payload: event.payload,
            metadata: metadata.to_owned(),
            recorded_at: newest.map_or(now, |newest| newest.max(now)),
        });
    }

    fn head(&self) -> Position {
        Position::try_from(self.events.len()).unwrap_or(Position::MAX)
    }

    fn sequence(&self, stream: &StreamId) -> Sequence {
        let length = self.streams.get(stream).map(Vec::len).unwrap_or_default();
        Sequence::try_from(length).unwrap_or(Sequence::MAX)
    }
}
