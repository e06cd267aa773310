//! From stored JSON to today's types.

use cqrs_es::{
    DomainEvent,
    persist::{EventUpcaster, SerializedEvent},
};

use crate::event::RecordedEvent;

/// An event whose payload is not what its name and version promise.
#[derive(Debug, thiserror::Error)]
#[error("{aggregate_type} {aggregate_id} has an unreadable event {sequence} ({event_type} v{event_version})")]
pub struct UndecodableEvent {
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    source: serde_json::Error,
}

/// Lifts old versions of events to the ones that are written today.
#[derive(Default)]
pub struct Decoder {
    upcasters: Vec<Box<dyn EventUpcaster>>,
}

impl Decoder {
    /// A decoder with the upcasters of all aggregates. They are tried in order, each on the result of
    /// the one before, so a chain of versions needs one upcaster for each step.
    pub fn new(upcasters: Vec<Box<dyn EventUpcaster>>) -> Self {
        Self { upcasters }
    }

    /// Reads the payload as an event of one aggregate.
    ///
    /// # Errors
    ///
    /// When the JSON is not that of such an event.
    pub fn decode<E: DomainEvent>(&self, event: &RecordedEvent) -> Result<E, UndecodableEvent> {
        self.payload(event)
            .and_then(|payload| serde_json::from_str(&payload))
            .map_err(|source| UndecodableEvent {
                aggregate_type: event.aggregate_type.clone(),
                aggregate_id: event.aggregate_id.clone(),
                sequence: event.sequence,
                event_type: event.event_type.clone(),
                event_version: event.event_version.clone(),
                source,
            })
    }

    /// The JSON of an event in the version that is written today.
    ///
    /// # Errors
    ///
    /// When an old payload is no JSON.
    pub fn payload<'event>(
        &self,
        event: &'event RecordedEvent,
    ) -> Result<std::borrow::Cow<'event, str>, serde_json::Error> {
        let lifts =
            |upcaster: &dyn EventUpcaster| upcaster.can_upcast(&event.event_type, &event.event_version);
        if !self.upcasters.iter().any(|upcaster| lifts(upcaster.as_ref())) {
            return Ok(event.payload.as_str().into());
        }
        let mut upcast = SerializedEvent {
            aggregate_id: event.aggregate_id.clone(),
            sequence: usize::try_from(event.sequence).unwrap_or_default(),
            aggregate_type: event.aggregate_type.clone(),
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            payload: serde_json::from_str(&event.payload)?,
            metadata: serde_json::Value::Null,
        };
        for upcaster in &self.upcasters {
            if upcaster.can_upcast(&upcast.event_type, &upcast.event_version) {
                upcast = upcaster.upcast(upcast);
            }
        }
        serde_json::to_string(&upcast.payload).map(Into::into)
    }
}
