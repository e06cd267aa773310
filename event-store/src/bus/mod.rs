//! The command bus: brings a command to its aggregate, and what it decides to the log.
//!
//! Recent aggregates are kept in memory. A command holds its aggregate's lock only while it decides
//! and takes its place in the queue of the log, not while the disk writes: the next command decides
//! on a state that is not durable yet and lands in the same batch or the next. What keeps this right:
//!
//! - no command is answered before what the answer rests on is durable, refusals included;
//! - every write carries the lineage of the state that it was decided on (see [`crate::lineage`]). When a
//!   write does not happen, the writer breaks its lineage before it takes the next batch, and refuses
//!   everything that was decided on top of it. The bus then reloads the state and decides again.
//!
//! Several processes may write the same aggregates. Each decides on what it has in memory. The log compares
//! the expected sequence, which finds the writes of other processes; the lineage finds the writes of this
//! process that never happened. Neither check is enough without the other: another process may have written
//! as many events as this one lost.

mod attempt;
mod context;
mod error;
mod hot;
mod known_keys;
mod snapshots;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use cqrs_es::{Aggregate, DomainEvent};
use quick_cache::sync::Cache;
use tokio::{sync::Mutex, time::Instant};

use self::{
    attempt::{Attempt, Turn},
    hot::Hot,
    known_keys::KnownKeys,
    snapshots::SnapshotPolicy,
};
pub use self::{
    context::{Answer, CommandContext, Fetched},
    error::BusError,
};
use crate::{
    append::{Claim, NewEvent},
    decode::Decoder,
    event::{Sequence, StreamId},
    limits::COMMAND_LIMIT,
    log::Log,
};

/// How often a command is decided again because another one on its aggregate was written first.
///
/// Each round means that another command on the same aggregate got through, so the shop as a whole
/// moves on; a command that loses this often is refused with a hint to retry.
const MAX_ATTEMPTS: usize = 12;

/// After so many lost attempts a command keeps its aggregate locked until its write is answered.
///
/// Deciding ahead of the disk is fast, but commands whose writes keep being refused, such as repeated keys,
/// spoil the attempts of all others on the aggregate. With the lock held, only another process can.
const SHARED_ATTEMPTS: usize = 3;

/// The limits of a bus.
#[derive(Debug, Clone, Copy)]
pub struct BusOptions {
    /// How many aggregates are kept in memory.
    pub cached_aggregates: usize,
    /// How long a command may take until it is durable. While it is longer than the log's limit of a write, a
    /// write that could not end in time is not begun.
    pub deadline: Duration,
    /// After how many events an aggregate is worth a new snapshot.
    pub snapshot_every: Sequence,
}

impl Default for BusOptions {
    fn default() -> Self {
        Self {
            cached_aggregates: 10_000,
            deadline: COMMAND_LIMIT,
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
    known_keys: KnownKeys,
    hot: Cache<StreamId, Arc<dyn Any + Send + Sync>>,
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
            known_keys: KnownKeys::default(),
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
    /// `version` is that of the shape that the state has as JSON, chosen by hand. Raise it with every change
    /// of the shape: snapshots of another version are not read.
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
        // A key that is known to be used is answered without a decision, whose events would be refused
        // and would take those of other commands with them.
        if let Some(known) = self.known_keys.answer(&context.keys) {
            return known.map(Answer::from).map_err(BusError::from_append);
        }
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let not_after = self.last_moment_to_write();
        let work = async {
            for attempt in 0..MAX_ATTEMPTS {
                let turn = Turn {
                    alone: attempt >= SHARED_ATTEMPTS,
                    not_after,
                };
                match self.attempt::<A>(&stream, command.clone(), &context, turn).await {
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

    /// The latest moment at which a write may begin so that it is answered before the deadline. None while
    /// the deadline is too short for any write: then its outcome may stay unknown.
    fn last_moment_to_write(&self) -> Option<Instant> {
        let spare = self.options.deadline.checked_sub(self.log.write_limit())?;
        (!spare.is_zero()).then(|| Instant::now() + spare)
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
