//! The store traits of `cqrs-es`, so that a `CqrsFramework` runs on this log unchanged.
//!
//! The framework loads, decides and commits one command at a time, each from the log. It is the way for
//! tools and for code that was written for `cqrs-es`; the shop itself uses the command bus.

use std::{collections::HashMap, sync::Arc};

use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};

use crate::{
    append::{Append, AppendError, NewEvent},
    decode::Decoder,
    event::{RecordedEvent, Sequence, StreamId},
    log::Log,
};

/// How many events are read at once.
const PAGE: usize = 1_000;

/// An event store of `cqrs-es` on a log.
#[derive(Clone)]
pub struct FrameworkStore {
    log: Log,
    decoder: Arc<Decoder>,
}

/// An aggregate and the sequence of its newest event.
pub struct LoadedAggregate<A> {
    aggregate_id: String,
    aggregate: A,
    sequence: Sequence,
}

impl FrameworkStore {
    /// A store on a log.
    pub const fn new(log: Log, decoder: Arc<Decoder>) -> Self {
        Self { log, decoder }
    }

    async fn events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<(RecordedEvent, A::Event)>, AggregateError<A::Error>> {
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let mut events: Vec<(RecordedEvent, A::Event)> = Vec::new();
        loop {
            let after = events.last().map_or(0, |(event, _)| event.sequence);
            let page = self.log.load(&stream, after, PAGE).await;
            let page = page.map_err(|error| AggregateError::DatabaseConnectionError(error.into()))?;
            let complete = page.len() < PAGE;
            for event in page {
                let decoded = self.decoder.decode(&event);
                let decoded = decoded.map_err(|error| AggregateError::DeserializationError(error.into()))?;
                events.push((event, decoded));
            }
            if complete {
                return Ok(events);
            }
        }
    }
}

impl<A: Aggregate> AggregateContext<A> for LoadedAggregate<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

impl<A: Aggregate> EventStore<A> for FrameworkStore {
    type AC = LoadedAggregate<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let events = self.events::<A>(aggregate_id).await?;
        let envelope = |(event, payload): (RecordedEvent, A::Event)| {
            Ok(EventEnvelope {
                metadata: serde_json::from_str(&event.metadata).unwrap_or_default(),
                sequence: usize::try_from(event.sequence)
                    .map_err(|error| AggregateError::UnexpectedError(error.into()))?,
                aggregate_id: event.aggregate_id,
                payload,
            })
        };
        events.into_iter().map(envelope).collect()
    }

    async fn load_aggregate(
        &self,
        aggregate_id: &str,
    ) -> Result<LoadedAggregate<A>, AggregateError<A::Error>> {
        let mut loaded = LoadedAggregate {
            aggregate_id: aggregate_id.to_owned(),
            aggregate: A::default(),
            sequence: 0,
        };
        for (event, payload) in self.events::<A>(aggregate_id).await? {
            loaded.sequence = event.sequence;
            loaded.aggregate.apply(payload);
        }
        Ok(loaded)
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: LoadedAggregate<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let encoded: Result<_, _> = events.iter().map(NewEvent::encode).collect();
        let append = Append {
            stream: StreamId::new(A::TYPE, &context.aggregate_id),
            expected: context.sequence,
            events: encoded.map_err(|error| AggregateError::UnexpectedError(error.into()))?,
            metadata: serde_json::to_string(&metadata)
                .map_err(|error| AggregateError::UnexpectedError(error.into()))?,
            keys: Vec::new(),
            claims: Vec::new(),
        };
        if !events.is_empty() {
            self.log.append(append).await.map_err(|error| match error {
                AppendError::Conflict { .. } | AppendError::BasisLost { .. } => {
                    AggregateError::AggregateConflict
                }
                other => AggregateError::DatabaseConnectionError(other.into()),
            })?;
        }
        let first = usize::try_from(context.sequence).unwrap_or_default() + 1;
        let envelope = |(offset, payload)| EventEnvelope {
            aggregate_id: context.aggregate_id.clone(),
            sequence: first + offset,
            payload,
            metadata: metadata.clone(),
        };
        Ok(events.into_iter().enumerate().map(envelope).collect())
    }
}
