//! A batch: which commands go together, and what became of each.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use hashbrown::{HashMap, HashSet};
use tokio::time::Instant;

use super::{json::JsonText, writer::Job};
use crate::{
    append::{Append, AppendError, Appended, StoredKey, Submission},
    event::{Position, RecordedEvent, Sequence, StreamId},
    lineage::Lineage,
};

/// How much a command without events weighs, in bytes.
const OVERHEAD: usize = 256;

/// The weight of a command in bytes.
pub(super) fn size(append: &Append) -> usize {
    let payloads: usize = append
        .events
        .iter()
        .map(|event| event.payload.len() + append.metadata.len())
        .sum();
    payloads + OVERHEAD
}

/// Commands that are written together.
#[derive(Default)]
pub(super) struct Batch {
    jobs: Vec<Job>,
    /// For each job the number of its stream, from 0.
    stream_of: Vec<usize>,
    streams: Vec<Chain>,
    index: HashMap<StreamId, usize>,
    keys: HashSet<String>,
    claims: HashSet<(String, String)>,
    bytes: usize,
}

/// The commands of one stream within a batch, each decided on top of the one before.
struct Chain {
    /// Which job is the first of them.
    first: usize,
    /// What all of them were decided on.
    lineage: Lineage,
    expected: Sequence,
    next: Sequence,
}

/// The columns of the batch as `append_events` wants them.
#[derive(Default)]
pub(super) struct Columns<'batch> {
    pub(super) s_type: Vec<&'batch str>,
    pub(super) s_id: Vec<&'batch str>,
    pub(super) s_expected: Vec<Sequence>,
    pub(super) e_stream: Vec<i32>,
    pub(super) e_aggregate_type: Vec<&'batch str>,
    pub(super) e_aggregate_id: Vec<&'batch str>,
    pub(super) e_sequence: Vec<Sequence>,
    pub(super) e_type: Vec<&'batch str>,
    pub(super) e_version: Vec<&'batch str>,
    pub(super) e_payload: Vec<JsonText<'batch>>,
    pub(super) e_metadata: Vec<JsonText<'batch>>,
    pub(super) k_stream: Vec<i32>,
    pub(super) k_key: Vec<&'batch str>,
    pub(super) k_fingerprint: Vec<&'batch [u8]>,
    pub(super) k_sequence: Vec<Sequence>,
    pub(super) k_event: Vec<i32>,
    pub(super) c_stream: Vec<i32>,
    pub(super) c_scope: Vec<&'batch str>,
    pub(super) c_value: Vec<&'batch str>,
}

/// What the database said of the streams of a batch.
#[derive(Default)]
pub(super) struct Verdicts {
    /// The position before the first event of the batch.
    pub(super) before: Position,
    /// When its events were recorded.
    pub(super) recorded_at: DateTime<Utc>,
    /// Streams that are elsewhere than was believed, with where they are.
    pub(super) conflicts: HashMap<usize, Sequence>,
    /// Keys that were used before.
    pub(super) keys: HashMap<String, StoredKey>,
    /// Values that others hold, with the holder.
    pub(super) claims: HashMap<(String, String), String>,
    /// All streams of which nothing was written.
    pub(super) refused: HashSet<usize>,
}

impl Batch {
    /// Takes jobs from the queue as long as they fit, and answers those that must not be written any more.
    ///
    /// A job that cannot be judged together with the ones before it stays for the next batch, and so does
    /// everything behind it on its stream.
    pub(super) fn take(queue: &mut VecDeque<Job>, max_commands: usize, max_bytes: usize) -> Self {
        let mut batch = Self::default();
        let mut left = VecDeque::new();
        let mut waiting: HashSet<StreamId> = HashSet::new();
        let now = Instant::now();
        while let Some(job) = queue.pop_front() {
            if let Some(refusal) = job.submission.refusal(now) {
                job.refuse(refusal);
                continue;
            }
            let weight = size(&job.submission.append);
            let full = batch.jobs.len() >= max_commands || batch.bytes + weight > max_bytes;
            if full && !batch.jobs.is_empty() {
                queue.push_front(job);
                break;
            }
            let stream = &job.submission.append.stream;
            if waiting.contains(stream) || !batch.admits(&job.submission) {
                waiting.insert(stream.clone());
                left.push_back(job);
            } else {
                batch.bytes += weight;
                batch.push(job);
            }
        }
        while let Some(job) = left.pop_back() {
            queue.push_front(job);
        }
        batch
    }

    /// A batch of each job alone.
    pub(super) fn split(self) -> impl Iterator<Item = Self> {
        self.jobs.into_iter().map(|job| {
            let mut alone = Self::default();
            alone.push(job);
            alone
        })
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// The batch, unless none of its commands may be written any more; then they are answered.
    pub(super) fn unless_refused(self) -> Option<Self> {
        let mut queue = self.jobs.into();
        let batch = Self::take(&mut queue, usize::MAX, usize::MAX);
        (batch.len() > 0).then_some(batch)
    }

    fn admits(&self, submission: &Submission) -> bool {
        let append = &submission.append;
        let follows = self
            .index
            .get(&append.stream)
            .and_then(|index| self.streams.get(*index));
        // The database judges a chain as a whole. One of another lineage does not rest on this chain and is
        // judged alone.
        follows
            .is_none_or(|chain| chain.next == append.expected && chain.lineage.is_same(&submission.lineage))
            && !append.keys.iter().any(|key| self.keys.contains(&key.key))
            && !append
                .claims
                .iter()
                .any(|c| self.claims.contains(&(c.scope.clone(), c.value.clone())))
    }

    fn push(&mut self, job: Job) {
        let Submission { append, lineage, .. } = &job.submission;
        let count = Sequence::try_from(append.events.len()).unwrap_or(Sequence::MAX);
        let index = *self.index.entry(append.stream.clone()).or_insert_with(|| {
            self.streams.push(Chain {
                first: self.jobs.len(),
                lineage: lineage.clone(),
                expected: append.expected,
                next: append.expected,
            });
            self.streams.len() - 1
        });
        if let Some(chain) = self.streams.get_mut(index) {
            chain.next += count;
        }
        self.keys.extend(append.keys.iter().map(|key| key.key.clone()));
        self.claims.extend(
            append
                .claims
                .iter()
                .map(|claim| (claim.scope.clone(), claim.value.clone())),
        );
        self.stream_of.push(index);
        self.jobs.push(job);
    }

    /// The batch as columns.
    pub(super) fn columns(&self) -> Columns<'_> {
        let mut columns = Columns::default();
        for chain in &self.streams {
            let Some(job) = self.jobs.get(chain.first) else {
                continue;
            };
            let append = &job.submission.append;
            columns.s_type.push(&append.stream.aggregate_type);
            columns.s_id.push(&append.stream.aggregate_id);
            columns.s_expected.push(chain.expected);
        }
        for (job, stream) in self.jobs.iter().zip(&self.stream_of) {
            // A batch has some hundred commands, so the numbers of its streams fit.
            let stream = i32::try_from(stream + 1).unwrap_or(i32::MAX);
            columns.push(&job.submission.append, stream);
        }
        columns
    }

    /// Breaks the lineage of every command that was not written.
    pub(super) fn conclude(&self, verdicts: &Verdicts) {
        if verdicts.refused.is_empty() {
            return;
        }
        for (job, stream) in self.jobs.iter().zip(&self.stream_of) {
            if verdicts.refused.contains(stream) {
                let refusal = verdicts.refusal(&job.submission.append, *stream);
                job.submission.conclude(&refusal);
            }
        }
    }

    /// How many events were written.
    pub(super) fn count_written(&self, verdicts: &Verdicts) -> Position {
        let jobs = self.jobs.iter().zip(&self.stream_of);
        let written = jobs.filter(|(_, stream)| !verdicts.refused.contains(*stream));
        let count: usize = written.map(|(job, _)| job.submission.append.events.len()).sum();
        Position::try_from(count).unwrap_or_default()
    }

    /// The events that were written, as the log has them.
    pub(super) fn written(&self, verdicts: &Verdicts) -> Vec<RecordedEvent> {
        let jobs = self.jobs.iter().zip(&self.stream_of);
        let written = jobs.filter(|(_, stream)| !verdicts.refused.contains(*stream));
        let events = written.flat_map(|(job, _)| {
            let append = &job.submission.append;
            let sequences = append.expected + 1..;
            sequences.zip(&append.events).map(move |event| (append, event))
        });
        (verdicts.before + 1..)
            .zip(events)
            .map(|(position, (append, (sequence, event)))| RecordedEvent {
                position,
                aggregate_type: append.stream.aggregate_type.clone(),
                aggregate_id: append.stream.aggregate_id.clone(),
                sequence,
                event_type: event.event_type.clone(),
                event_version: event.event_version.clone(),
                payload: event.payload.clone(),
                metadata: append.metadata.clone(),
                recorded_at: verdicts.recorded_at,
            })
            .collect()
    }

    /// Answers every command.
    pub(super) fn settle(self, verdicts: &Verdicts) {
        let mut position = verdicts.before;
        let head = verdicts.before + self.count_written(verdicts);
        for (job, stream) in self.jobs.into_iter().zip(self.stream_of) {
            let append = &job.submission.append;
            let answer = if verdicts.refused.contains(&stream) {
                verdicts.refusal(append, stream)
            } else {
                let events = Position::try_from(append.events.len()).unwrap_or_default();
                position += events;
                Ok(Appended {
                    aggregate_id: append.stream.aggregate_id.clone(),
                    sequence: append.expected + events,
                    position: if events == 0 { head } else { position },
                    replayed: false,
                })
            };
            job.answer(answer);
        }
    }

    /// Answers every command with the same failure.
    pub(super) fn fail(self, error: &AppendError) {
        for job in self.jobs {
            job.refuse(error.clone());
        }
    }
}

impl<'batch> Columns<'batch> {
    pub(super) fn push(&mut self, append: &'batch Append, stream: i32) {
        let mut sequence = append.expected;
        for event in &append.events {
            sequence += 1;
            self.e_stream.push(stream);
            self.e_aggregate_type.push(&append.stream.aggregate_type);
            self.e_aggregate_id.push(&append.stream.aggregate_id);
            self.e_sequence.push(sequence);
            self.e_type.push(&event.event_type);
            self.e_version.push(&event.event_version);
            self.e_payload.push(JsonText(&event.payload));
            self.e_metadata.push(JsonText(&append.metadata));
        }
        let last = if append.events.is_empty() {
            0
        } else {
            self.e_stream.len()
        };
        for key in &append.keys {
            self.k_stream.push(stream);
            self.k_key.push(&key.key);
            self.k_fingerprint.push(&key.fingerprint);
            self.k_sequence.push(sequence);
            self.k_event.push(i32::try_from(last).unwrap_or(i32::MAX));
        }
        for claim in &append.claims {
            self.c_stream.push(stream);
            self.c_scope.push(&claim.scope);
            self.c_value.push(&claim.value);
        }
    }
}

impl Verdicts {
    /// The answer to a command whose stream was refused: its own fault where it has one, then a conflict of
    /// the stream, and otherwise that a command below it was refused.
    fn refusal(&self, append: &Append, stream: usize) -> Result<Appended, AppendError> {
        if let Some((key, stored)) = append.keys.iter().find_map(|k| Some((k, self.keys.get(&k.key)?))) {
            return stored.answer(key);
        }
        for claim in &append.claims {
            if let Some(holder) = self.claims.get(&(claim.scope.clone(), claim.value.clone())) {
                return Err(AppendError::AlreadyClaimed {
                    scope: claim.scope.clone(),
                    value: claim.value.clone(),
                    holder: holder.clone(),
                });
            }
        }
        let stream_id = append.stream.clone();
        Err(match self.conflicts.get(&stream) {
            Some(actual) => AppendError::Conflict {
                stream: stream_id,
                expected: append.expected,
                actual: *actual,
            },
            None => AppendError::BasisLost { stream: stream_id },
        })
    }
}
