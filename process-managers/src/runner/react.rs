//! From events and timers to what is to be done: pure, in memory.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    process::{Action, ProcessManager, TimerName},
};
use event_store::{FeedEvent, Metadata, Position};
use uuid::Uuid;

use super::follows::Follows;
use crate::{
    error::ProcessError,
    identity::Cause,
    store::{ActionRef, Outgoing, Timer},
};

/// A page of the log as process managers share it.
pub(super) type Page = Vec<Arc<FeedEvent<Event>>>;

/// An event that is the business of a process.
pub(super) struct Routed<'a> {
    pub(super) shared: &'a FeedEvent<Event>,
    pub(super) event: &'a Event,
    pub(super) process_id: String,
}

/// The events of a page that concern a process, as far as the page can be understood: an event that
/// cannot be stops the process manager, and only after everything before it was done.
pub(super) fn route<M: Follows>(
    page: &[Arc<FeedEvent<Event>>],
) -> (Vec<Routed<'_>>, Position, Option<ProcessError>) {
    let mut routed = Vec::new();
    let mut position = 0;
    for shared in page {
        let recorded = &shared.recorded;
        if M::AGGREGATE_TYPES.contains(&recorded.aggregate_type.as_str()) {
            let event = match shared.event() {
                Ok(event) => event,
                Err(error) => return (routed, recorded.position - 1, Some(error.clone().into())),
            };
            if let Some(process_id) = M::route(&recorded.aggregate_id, event) {
                routed.push(Routed {
                    shared,
                    event,
                    process_id,
                });
            }
        }
        position = recorded.position;
    }
    (routed, position, None)
}

/// What a reaction follows from, and in whose name.
pub(super) struct Origin<'a> {
    pub(super) process_id: &'a str,
    pub(super) cause: Cause<'a>,
    /// The event that caused it, or that set the timer which caused it.
    pub(super) position: Position,
    /// When it happened, in the time of the log.
    pub(super) at: DateTime<Utc>,
    /// Of that event.
    pub(super) metadata: &'a Metadata,
}

/// What happened in memory and is not in the database yet.
#[derive(Default)]
pub(super) struct Unsaved {
    /// Actions that were begun and have not ended. One that ends before the next save is never stored.
    pub(super) outgoing: HashMap<Uuid, Arc<Outgoing>>,
    /// Stored actions that have ended.
    pub(super) done: Vec<ActionRef>,
    /// What became of timers: one that is set and cancelled between two saves costs nothing.
    pub(super) timers: HashMap<(String, TimerName), Option<Timer>>,
    /// How many reactions there were.
    pub(super) reactions: usize,
}

impl Unsaved {
    /// How much there is to be stored.
    pub(super) fn len(&self) -> usize {
        self.reactions + self.done.len()
    }

    /// Sorts what a process asks for: timers are rows, the rest is returned, to be sent.
    ///
    /// The number of an action counts the timers too, so it is its place in the list of the domain.
    pub(super) fn sort<M: ProcessManager>(
        &mut self,
        origin: &Origin<'_>,
        stored: bool,
        actions: Vec<Action>,
    ) -> Result<Vec<Arc<Outgoing>>, ProcessError> {
        let mut outgoing = Vec::new();
        for (index, action) in (0..).zip(actions) {
            match action {
                Action::SetTimer { name, due_at } => self.set(origin, name, due_at),
                Action::CancelTimer { name } => self.cancel(origin.process_id, name, stored),
                action => {
                    let action = Arc::new(addressed::<M>(origin, index, action)?);
                    self.outgoing.insert(action.key, Arc::clone(&action));
                    outgoing.push(action);
                }
            }
        }
        Ok(outgoing)
    }

    fn set(&mut self, origin: &Origin<'_>, name: TimerName, due_at: DateTime<Utc>) {
        let Metadata {
            correlation_id,
            traceparent,
            ..
        } = origin.metadata;
        let timer = Timer {
            process_id: origin.process_id.to_owned(),
            name,
            set_at: origin.at,
            due_at,
            position: origin.position,
            metadata: Metadata {
                correlation_id: correlation_id.clone(),
                traceparent: traceparent.clone(),
                ..Metadata::default()
            },
        };
        self.timers
            .insert((origin.process_id.to_owned(), name), Some(timer));
    }

    pub(super) fn cancel(&mut self, process_id: &str, name: TimerName, stored: bool) {
        let timer = (process_id.to_owned(), name);
        // A process without a row has no timers in the database either.
        if stored {
            self.timers.insert(timer, None);
        } else {
            self.timers.remove(&timer);
        }
    }
}

fn addressed<M: ProcessManager>(
    origin: &Origin<'_>,
    index: i32,
    action: Action,
) -> Result<Outgoing, ProcessError> {
    let key = origin.cause.key(M::NAME, index);
    Ok(Outgoing {
        process_id: origin.process_id.to_owned(),
        position: origin.position,
        index,
        key,
        json: serde_json::to_string(&action).map_err(ProcessError::Encode)?,
        action,
        metadata: Metadata {
            actor: format!("process:{}", M::NAME),
            correlation_id: origin.metadata.correlation_id.clone(),
            causation_id: Some(origin.position.to_string()),
            command_id: key.to_string(),
            traceparent: origin.metadata.traceparent.clone(),
        },
        attempts: 0,
    })
}
