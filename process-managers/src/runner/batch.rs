//! From a page of events to reactions: pure, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Event, process::ProcessManager};
use event_store::{Decoder, Metadata, RecordedEvent};

use crate::{
    error::ProcessError,
    identity::ActionId,
    store::{Outgoing, Reacted},
};

/// An event that is the business of a process.
pub(super) struct Routed<'a> {
    recorded: &'a RecordedEvent,
    event: Event,
    process_id: String,
}

/// What a page came to.
pub(super) struct Reactions<M> {
    /// The processes that reacted, each once.
    pub(super) states: Vec<(String, M)>,
    /// The same, as they are stored.
    pub(super) reacted: Vec<Reacted>,
    /// What is to be done, in the order of the events.
    pub(super) outgoing: Vec<Outgoing>,
}

/// The events of a page that concern a process.
pub(super) fn route<'a, M: ProcessManager>(
    decoder: &Decoder,
    page: &'a [RecordedEvent],
) -> Result<Vec<Routed<'a>>, ProcessError> {
    let mut routed = Vec::new();
    for recorded in page {
        let unreadable = |source| ProcessError::Event {
            position: recorded.position,
            source,
        };
        let payload = decoder
            .payload(recorded)
            .map_err(|error| unreadable(error.into()))?;
        let event = Event::from_payload(&recorded.aggregate_type, &payload)
            .map_err(|error| unreadable(error.into()))?;
        if let Some(process_id) = M::route(&recorded.aggregate_id, &event) {
            routed.push(Routed {
                recorded,
                event,
                process_id,
            });
        }
    }
    Ok(routed)
}

/// Which processes a page concerns.
pub(super) fn processes<'a>(page: &'a [Routed<'_>]) -> BTreeSet<&'a str> {
    page.iter().map(|routed| routed.process_id.as_str()).collect()
}

/// Lets every process react to its events. A process without a state is a new one.
pub(super) fn react<M: ProcessManager>(
    page: &[Routed<'_>],
    mut states: HashMap<String, M>,
) -> Result<Reactions<M>, ProcessError> {
    let mut touched: BTreeMap<&str, (M, &RecordedEvent)> = BTreeMap::new();
    let mut outgoing = Vec::new();
    for Routed {
        recorded,
        event,
        process_id,
    } in page
    {
        let (state, newest) = touched
            .entry(process_id)
            .or_insert_with(|| (states.remove(process_id).unwrap_or_default(), recorded));
        *newest = recorded;
        let actions = state.react(&recorded.aggregate_id, event, recorded.recorded_at);
        if actions.is_empty() {
            continue;
        }
        let cause = recorded.metadata();
        for (index, action) in (0..).zip(actions) {
            let id = ActionId {
                position: recorded.position,
                index,
            };
            let key = id.key(M::NAME);
            let metadata = Metadata {
                actor: format!("process:{}", M::NAME),
                correlation_id: cause.correlation_id.clone(),
                causation_id: Some(recorded.position.to_string()),
                command_id: key.to_string(),
                traceparent: cause.traceparent.clone(),
            };
            outgoing.push(Outgoing {
                id,
                process_id: process_id.clone(),
                json: serde_json::to_string(&action).map_err(ProcessError::Encode)?,
                action,
                key,
                metadata_json: metadata.to_json().map_err(ProcessError::Encode)?,
                metadata,
                attempts: 0,
            });
        }
    }
    let mut reactions = Reactions {
        states: Vec::new(),
        reacted: Vec::new(),
        outgoing,
    };
    for (process_id, (state, newest)) in touched {
        reactions.reacted.push(Reacted {
            process_id: process_id.to_owned(),
            state: serde_json::to_string(&state).map_err(ProcessError::Encode)?,
            status: state.status(),
            position: newest.position,
            recorded_at: newest.recorded_at,
        });
        reactions.states.push((process_id.to_owned(), state));
    }
    Ok(reactions)
}
