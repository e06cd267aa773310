//! The command bus: brings a command to its aggregate, and what it decides to the log.
//!
//! Recent aggregates are kept in memory. A command holds its aggregate's lock only while it decides
//! and takes its place in the queue of the log, not while the disk writes: the next command decides
//! on a state that is not durable yet and lands in the same batch or the next. What keeps this right:
//!
//! - nobody is answered before what the answer rests on is durable, refusals included;
//! - when a write fails, whatever was decided on top of it meets a conflict in the log, forgets the
//!   state in memory and decides again from the log.
//!
//! Several processes may write the same aggregates. Each then decides on what it remembers, and the
//! log's check of the expected sequence finds out who was late.

mod context;
mod error;
mod hot;
mod snapshots;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use quick_cache::sync::Cache;
use tokio::{sync::Mutex, time::Instant};

pub use self::{
    context::{Answer, CommandContext, Fetched},
    error::BusError,
};
use self::{hot::Hot, snapshots::SnapshotPolicy};
use crate::{
    append::{Append, AppendError, Appended, Claim, NewEvent, Ticket},
    decode::Decoder,
    event::{Metadata, Sequence, StreamId},
    log::Log,
};

/// How often a command is decided anew because somebody else was faster.
///
/// Each round means that another command on the same aggregate got through, so the shop as a whole
/// moves on; one that loses this often is told to come again.
const MAX_ATTEMPTS: usize = 12;

/// The limits of a bus.
#[derive(Debug, Clone, Copy)]
pub struct BusOptions {
    /// How many aggregates are kept in memory.
    pub cached_aggregates: usize,
    /// How long a command may take until it is durable.
    pub deadline: Duration,
    /// After how many events an aggregate is worth a new snapshot.
    pub snapshot_every: Sequence,
}

impl Default for BusOptions {
    fn default() -> Self {
        Self {
            cached_aggregates: 10_000,
            deadline: Duration::from_secs(10),
            snapshot_every: 500,
        }
    }
}

type ClaimsOf = Arc<dyn Any + Send + Sync>;

/// Brings commands to aggregates.
pub struct CommandBus {
    log: Log,
    decoder: Arc<Decoder>,
    options: BusOptions,
    claims: HashMap<TypeId, ClaimsOf>,
    /// The versions of the states that are kept.
    snapshots: HashMap<TypeId, i32>,
    /// When the next snapshot may be taken.
    next_snapshot_at: Arc<Mutex<Instant>>,
    hot: Cache<StreamId, Arc<dyn Any + Send + Sync>>,
}

/// How one attempt at a command ended.
enum Attempt<E> {
    Done(Answer),
    Failed(BusError<E>),
    /// The state was out of date: decide again from the log.
    Stale,
}

/// What a decision came to.
enum Decision<E> {
    /// There is something to write, and it is queued.
    Queued {
        ticket: Ticket,
        epoch: u64,
    },
    /// The state is already as it was asked to be.
    Unchanged(Seen),
    Refused(BusError<E>, Seen),
}

/// The state that a decision without events was based on.
struct Seen {
    sequence: Sequence,
    epoch: u64,
    /// The write that must succeed for the state to be true.
    rests_on: Option<Ticket>,
}

/// Whether a write that something rests on really wrote. No write at all is as good.
async fn succeeded(ticket: Option<Ticket>) -> bool {
    match ticket {
        Some(ticket) => ticket.await.is_ok_and(|appended| !appended.replayed),
        None => true,
    }
}

impl CommandBus {
    /// A bus on a log.
    pub fn new(log: Log, decoder: Arc<Decoder>, options: BusOptions) -> Self {
        let hot = Cache::new(options.cached_aggregates);
        Self {
            log,
            decoder,
            options,
            claims: HashMap::new(),
            snapshots: HashMap::new(),
            next_snapshot_at: Arc::new(Mutex::new(Instant::now())),
            hot,
        }
    }

    /// Says which values the events of an aggregate claim; without it they claim none.
    #[must_use]
    pub fn with_claims<A: Aggregate + 'static>(mut self, claims: fn(&A::Event) -> Vec<Claim>) -> Self {
        self.claims.insert(TypeId::of::<A>(), Arc::new(claims));
        self
    }

    /// Keeps snapshots of an aggregate; without it, each load folds all of its events.
    ///
    /// `version` is that of the shape that the state has as JSON, chosen by hand: whoever changes the
    /// shape raises it, and snapshots of the old shape are not read any more.
    #[must_use]
    pub fn with_snapshots<A: Aggregate + 'static>(mut self, version: i32) -> Self {
        self.snapshots.insert(TypeId::of::<A>(), version);
        self
    }

    fn snapshots<A: 'static>(&self) -> Option<SnapshotPolicy<'_>> {
        let version = *self.snapshots.get(&TypeId::of::<A>())?;
        Some(SnapshotPolicy {
            next_at: &self.next_snapshot_at,
            version,
            every: self.options.snapshot_every,
        })
    }

    /// The log below.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// Decides a command and answers when its events are durable.
    ///
    /// # Errors
    ///
    /// The refusal of the domain, or why nothing could be written. Only after
    /// [`BusError::Unavailable`] and [`BusError::DeadlineExceeded`] is it open whether something was;
    /// a command with a key can then simply be sent again.
    pub async fn execute<A>(
        &self,
        aggregate_id: &str,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Answer, BusError<A::Error>>
    where
        A: Aggregate<Services = ()> + 'static,
        A::Command: Clone,
    {
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let work = async {
            for _ in 0..MAX_ATTEMPTS {
                match self.attempt::<A>(&stream, command.clone(), &context).await {
                    Attempt::Done(answer) => return Ok(answer),
                    Attempt::Failed(error) => return Err(error),
                    Attempt::Stale => {}
                }
            }
            Err(BusError::Contended)
        };
        tokio::time::timeout(self.options.deadline, work)
            .await
            .unwrap_or(Err(BusError::DeadlineExceeded))
    }

    /// The state of an aggregate as of now: everything that was acknowledged anywhere is in it.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached or holds an event that cannot be read.
    pub async fn fetch<A>(&self, aggregate_id: &str) -> Result<Fetched<A>, BusError<A::Error>>
    where
        A: Aggregate<Services = ()> + Clone + 'static,
    {
        let stream = StreamId::new(A::TYPE, aggregate_id);
        for _ in 0..MAX_ATTEMPTS {
            let cell = self.cell::<A>(&stream);
            let (state, seen) = {
                let mut hot = cell.lock().await;
                hot.refresh(&self.log, &self.decoder, &stream, self.snapshots::<A>())
                    .await?;
                (hot.state.clone(), hot.seen())
            };
            if self.is_current(&cell, &stream, &seen).await? {
                return Ok(Fetched {
                    state,
                    sequence: seen.sequence,
                });
            }
        }
        Err(BusError::Contended)
    }

    async fn attempt<A>(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: &CommandContext,
    ) -> Attempt<A::Error>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        let cell = self.cell::<A>(stream);
        let decision = match self.decide(&cell, stream, command, context).await {
            Ok(decision) => decision,
            Err(error) => return Attempt::Failed(error),
        };
        match decision {
            Decision::Queued { ticket, epoch } => match ticket.await {
                Ok(appended) if !appended.replayed => Attempt::Done(appended.into()),
                // A repeated key wrote nothing, so what the memory holds never happened.
                outcome => {
                    cell.lock().await.forget(epoch);
                    self.outcome(outcome, context)
                }
            },
            Decision::Unchanged(seen) => match self.is_current(&cell, stream, &seen).await {
                Ok(true) => self.unchanged(stream, seen.sequence).await,
                Ok(false) => Attempt::Stale,
                Err(error) => Attempt::Failed(error),
            },
            Decision::Refused(refusal, seen) => match self.is_current(&cell, stream, &seen).await {
                Ok(true) => self.refuse(refusal, context).await,
                Ok(false) => Attempt::Stale,
                Err(error) => Attempt::Failed(error),
            },
        }
    }

    /// Whoever reads at the head of the log sees the state that was asked for.
    async fn unchanged<E>(&self, stream: &StreamId, sequence: Sequence) -> Attempt<E> {
        match self.log.head().await {
            Ok(position) => Attempt::Done(Answer {
                aggregate_id: stream.aggregate_id.clone(),
                sequence,
                position,
                replayed: false,
            }),
            Err(error) => Attempt::Failed(BusError::from_read(error)),
        }
    }

    /// Decides under the aggregate's lock and queues what came out, in the same breath.
    async fn decide<A>(
        &self,
        cell: &Mutex<Hot<A>>,
        stream: &StreamId,
        command: A::Command,
        context: &CommandContext,
    ) -> Result<Decision<A::Error>, BusError<A::Error>>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        let slot = self.log.reserve().await.map_err(BusError::from_append)?;
        let mut hot = cell.lock().await;
        if context.assume_new {
            hot.assume_new();
        }
        let snapshots = self.snapshots::<A>();
        hot.refresh(&self.log, &self.decoder, stream, snapshots).await?;
        let seen = hot.seen();
        let sequence = seen.sequence;
        if let Some(expected) = context.expected_sequence.filter(|expected| *expected != sequence) {
            let refusal = BusError::SequenceMismatch {
                expected,
                actual: sequence,
            };
            return Ok(Decision::Refused(refusal, seen));
        }
        // From here to the end the memory runs ahead of the log. Were the caller to give up in
        // between, the next one would find the mark and load anew.
        hot.dirty = true;
        let sink = EventSink::default();
        let handled = hot.state.handle(command, &(), &sink).await;
        let events = sink.collect().await;
        if let Err(refusal) = handled {
            // A refusal after events were sunk has changed the state: it must not be used again.
            hot.dirty = !events.is_empty();
            return Ok(Decision::Refused(BusError::Refused(refusal), seen));
        }
        if events.is_empty() && context.keys.is_empty() {
            hot.dirty = false;
            return Ok(Decision::Unchanged(seen));
        }
        let append = self.append::<A>(stream, sequence, &events, context)?;
        hot.sequence += Sequence::try_from(append.events.len()).unwrap_or_default();
        let ticket = slot.submit(append);
        hot.newest = Some(ticket.clone());
        hot.dirty = false;
        if let Some(policy) = snapshots {
            hot.keep(&self.log, stream, policy, Some(ticket.clone()));
        }
        Ok(Decision::Queued {
            ticket,
            epoch: hot.epoch,
        })
    }

    fn append<A>(
        &self,
        stream: &StreamId,
        expected: Sequence,
        events: &[A::Event],
        context: &CommandContext,
    ) -> Result<Append, BusError<A::Error>>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        let claims_of = self.claims.get(&TypeId::of::<A>());
        let claims_of = claims_of.and_then(|any| any.downcast_ref::<fn(&A::Event) -> Vec<Claim>>());
        let claims = claims_of.map(|claims_of| events.iter().flat_map(claims_of).collect());
        Ok(Append {
            stream: stream.clone(),
            expected,
            events: events
                .iter()
                .map(NewEvent::encode)
                .collect::<Result<_, _>>()
                .map_err(BusError::Encode)?,
            metadata: Metadata::to_json(&context.metadata).map_err(BusError::Encode)?,
            keys: context.keys.clone(),
            claims: claims.unwrap_or_default(),
        })
    }

    fn outcome<E>(&self, outcome: Result<Appended, AppendError>, context: &CommandContext) -> Attempt<E> {
        match outcome {
            Ok(appended) => Attempt::Done(appended.into()),
            Err(AppendError::Conflict { actual, .. }) => match context.expected_sequence {
                Some(expected) if expected != actual => {
                    Attempt::Failed(BusError::SequenceMismatch { expected, actual })
                }
                _ => Attempt::Stale,
            },
            Err(error) => Attempt::Failed(BusError::from_append(error)),
        }
    }

    /// Whether a state is durable and was the newest one, wherever the aggregate may be written.
    async fn is_current<A, E>(
        &self,
        cell: &Mutex<Hot<A>>,
        stream: &StreamId,
        seen: &Seen,
    ) -> Result<bool, BusError<E>>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        if !succeeded(seen.rests_on.clone()).await {
            cell.lock().await.forget(seen.epoch);
            return Ok(false);
        }
        let newest = self.log.sequence(stream).await.map_err(BusError::from_read)?;
        if newest == seen.sequence {
            return Ok(true);
        }
        // There is more by now. If this memory wrote it, the state was the newest when it was used;
        // if another process did, it was not. The newest write of this memory succeeds only if
        // nobody else's came in between.
        let later = {
            let mut hot = cell.lock().await;
            if hot.epoch != seen.epoch || hot.sequence < newest {
                hot.forget(seen.epoch);
                return Ok(false);
            }
            hot.newest.clone()
        };
        let ours = succeeded(later).await;
        if !ours {
            cell.lock().await.forget(seen.epoch);
        }
        Ok(ours)
    }

    /// A command that was done before is answered as before, even if it would be refused by now.
    async fn refuse<E>(&self, refusal: BusError<E>, context: &CommandContext) -> Attempt<E> {
        for key in &context.keys {
            match self.log.find_key(&key.key).await {
                Ok(Some(stored)) => {
                    return match stored.answer(key) {
                        Ok(appended) => Attempt::Done(appended.into()),
                        Err(error) => Attempt::Failed(BusError::from_append(error)),
                    };
                }
                Ok(None) => {}
                Err(error) => return Attempt::Failed(BusError::from_read(error)),
            }
        }
        Attempt::Failed(refusal)
    }

    fn cell<A: Aggregate<Services = ()> + 'static>(&self, stream: &StreamId) -> Arc<Mutex<Hot<A>>> {
        let fresh = || -> Result<Arc<dyn Any + Send + Sync>, Infallible> {
            Ok(Arc::new(Mutex::new(Hot::<A>::default())))
        };
        let Ok(cell) = self.hot.get_or_insert_with(stream, fresh);
        // Two aggregates of one type name would share a place; then the memory is simply not shared.
        cell.downcast().unwrap_or_default()
    }
}

impl NewEvent {
    /// The envelope of an event of the domain.
    ///
    /// # Errors
    ///
    /// When the event cannot be written as JSON.
    pub fn encode<E: DomainEvent>(event: &E) -> Result<Self, serde_json::Error> {
        Ok(Self {
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload: serde_json::to_string(event)?,
        })
    }
}
