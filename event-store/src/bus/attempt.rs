//! One attempt at a command: decide, queue, and wait for what the answer rests on.

use std::any::TypeId;

use cqrs_es::{Aggregate, event_sink::EventSink};
use tokio::{sync::Mutex, time::Instant};

use super::{Answer, BusError, CommandBus, CommandContext, hot::Hot};
use crate::{
    append::{Append, AppendError, Appended, Claim, NewEvent, Slot, Submission, Ticket},
    event::{Metadata, Sequence, StreamId},
    lineage::Lineage,
};

/// How one attempt at a command ended.
pub(super) enum Attempt<E> {
    Done(Answer),
    Failed(BusError<E>),
    /// The state was out of date: decide again from the log.
    Stale,
}

/// Under which conditions an attempt is made.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    /// Whether the aggregate stays locked until the write is answered.
    pub(super) alone: bool,
    /// The latest moment at which the write may begin.
    pub(super) not_after: Option<Instant>,
}

/// What a decision came to.
enum Decision<E> {
    /// There is something to write, and it is queued.
    Queued(Ticket),
    /// The state is already as it was asked to be.
    Unchanged(Seen),
    Refused(BusError<E>, Seen),
}

/// The state that a decision without events was based on.
pub(super) struct Seen {
    pub(super) sequence: Sequence,
    pub(super) lineage: Lineage,
    /// The write that must succeed for the state to be true.
    pub(super) rests_on: Option<Ticket>,
}

/// Whether a write that something rests on was written. No write at all is as good.
pub(super) async fn succeeded(ticket: Option<Ticket>) -> bool {
    match ticket {
        Some(ticket) => ticket.await.is_ok_and(|appended| !appended.replayed),
        None => true,
    }
}

impl CommandBus {
    pub(super) async fn attempt<A>(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: &CommandContext,
        turn: Turn,
    ) -> Attempt<A::Error>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        let cell = self.cell::<A>(stream);
        let slot = match self.log.reserve().await {
            Ok(slot) => slot,
            Err(error) => return Attempt::Failed(BusError::from_append(error)),
        };
        let mut hot = cell.lock().await;
        let decision = match self.decide(&mut hot, slot, stream, command, context, turn).await {
            Ok(decision) => decision,
            Err(error) => return Attempt::Failed(error),
        };
        let held = turn.alone.then_some(hot);
        match decision {
            Decision::Queued(ticket) => {
                let outcome = ticket.await;
                drop(held);
                self.outcome(outcome, context).await
            }
            Decision::Unchanged(seen) => {
                drop(held);
                match self.is_current(&cell, stream, &seen).await {
                    Ok(true) => self.unchanged(stream, seen.sequence).await,
                    Ok(false) => Attempt::Stale,
                    Err(error) => Attempt::Failed(error),
                }
            }
            Decision::Refused(refusal, seen) => {
                drop(held);
                match self.is_current(&cell, stream, &seen).await {
                    Ok(true) => self.refuse(refusal, context).await,
                    Ok(false) => Attempt::Stale,
                    Err(error) => Attempt::Failed(error),
                }
            }
        }
    }

    /// Decides under the aggregate's lock and queues what came out, in the same breath.
    async fn decide<A>(
        &self,
        hot: &mut Hot<A>,
        slot: Slot,
        stream: &StreamId,
        command: A::Command,
        context: &CommandContext,
        turn: Turn,
    ) -> Result<Decision<A::Error>, BusError<A::Error>>
    where
        A: Aggregate<Services = ()> + 'static,
    {
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
        // between, the next command would find the mark and reload.
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
        let ticket = slot.submit_on(Submission {
            append,
            lineage: seen.lineage,
            not_after: turn.not_after,
        });
        hot.newest = Some(ticket.clone());
        hot.dirty = false;
        if let Some(policy) = snapshots {
            hot.keep(&self.log, stream, policy, Some(ticket.clone()));
        }
        Ok(Decision::Queued(ticket))
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

    async fn outcome<E>(
        &self,
        outcome: Result<Appended, AppendError>,
        context: &CommandContext,
    ) -> Attempt<E> {
        match outcome {
            Ok(appended) => {
                if appended.replayed {
                    self.learn_keys(context).await;
                }
                Attempt::Done(appended.into())
            }
            Err(AppendError::Conflict { actual, .. }) => match context.expected_sequence {
                Some(expected) if expected != actual => {
                    Attempt::Failed(BusError::SequenceMismatch { expected, actual })
                }
                _ => Attempt::Stale,
            },
            Err(AppendError::BasisLost { .. }) => Attempt::Stale,
            Err(error) => {
                if matches!(error, AppendError::KeyReused { .. }) {
                    self.learn_keys(context).await;
                }
                Attempt::Failed(BusError::from_append(error))
            }
        }
    }

    /// Looks up what was stored with the keys of a repeated command, so that the next repetition is answered
    /// from memory. Only a cache: a failed look-up changes nothing.
    async fn learn_keys(&self, context: &CommandContext) {
        for key in &context.keys {
            if let Ok(Some(stored)) = self.log.find_key(&key.key).await {
                self.known_keys.insert(key, stored);
            }
        }
    }

    /// Answers a command that changed nothing: a reader at the head of the log sees the wanted state.
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

    /// Whether a state is durable and was the newest one, wherever the aggregate may be written. Where it is
    /// not, its lineage is broken, so that the next command reloads.
    pub(super) async fn is_current<A, E>(
        &self,
        cell: &Mutex<Hot<A>>,
        stream: &StreamId,
        seen: &Seen,
    ) -> Result<bool, BusError<E>>
    where
        A: Aggregate<Services = ()> + 'static,
    {
        if !succeeded(seen.rests_on.clone()).await {
            seen.lineage.break_off();
            return Ok(false);
        }
        let newest = self.log.sequence(stream).await.map_err(BusError::from_read)?;
        if newest == seen.sequence {
            return Ok(true);
        }
        // There is more by now. If this memory wrote it, the state was the newest when it was used; if
        // another process did, it was not. The newest write of this lineage succeeds only if no other
        // process wrote in between.
        let later = {
            let hot = cell.lock().await;
            let is_ahead = hot.lineage.is_same(&seen.lineage) && hot.sequence >= newest;
            is_ahead.then(|| hot.newest.clone())
        };
        let is_ours = match later {
            Some(later) => succeeded(later).await,
            None => false,
        };
        if !is_ours {
            seen.lineage.break_off();
        }
        Ok(is_ours)
    }

    /// A command that was done before is answered as before, even if it would be refused by now.
    async fn refuse<E>(&self, refusal: BusError<E>, context: &CommandContext) -> Attempt<E> {
        for key in &context.keys {
            match self.log.find_key(&key.key).await {
                Ok(Some(stored)) => {
                    self.known_keys.insert(key, stored.clone());
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
}
