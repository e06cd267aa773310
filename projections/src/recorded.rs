//! An event as projections see it: what happened, and who wrote it when and why.

use std::{error::Error, ops::Deref, str::FromStr, sync::Arc};

use domain::Event;
use event_store::{Decoder, Position, RecordedEvent};

/// An event of the log, decoded once for all read models of a process. Clones are the same.
#[derive(Debug, Clone)]
pub struct Recorded(Arc<Decoded>);

/// What there is of an event.
#[derive(Debug)]
pub struct Decoded {
    /// What happened.
    pub event: Event,
    /// Where it is in the log, and its metadata.
    pub envelope: RecordedEvent,
}

impl Deref for Recorded {
    type Target = Decoded;

    fn deref(&self) -> &Decoded {
        &self.0
    }
}

/// An event that a projection cannot take in. It stops that projection and no other.
#[derive(Debug, thiserror::Error)]
#[error("the event at position {position} ({event_type}) cannot be projected")]
pub struct EventError {
    /// Where the event is.
    pub position: Position,
    /// Its name.
    pub event_type: String,
    source: Box<dyn Error + Send + Sync>,
}

impl Recorded {
    /// Reads the payload, lifting it to today's version first.
    ///
    /// # Errors
    ///
    /// When this version of the shop does not know the event.
    pub fn decode(decoder: &Decoder, envelope: RecordedEvent) -> Result<Self, EventError> {
        Self::try_decode(decoder, envelope).map_err(|(_, error)| error)
    }

    /// As [`Self::decode`]; the event comes back when it cannot be read.
    pub(crate) fn try_decode(
        decoder: &Decoder,
        envelope: RecordedEvent,
    ) -> Result<Self, (Box<RecordedEvent>, EventError)> {
        let decoded = decoder
            .payload(&envelope)
            .map_err(|error| EventError::new(&envelope, error))
            .and_then(|payload| {
                Event::from_payload(&envelope.aggregate_type, &payload)
                    .map_err(|error| EventError::new(&envelope, error))
            });
        match decoded {
            Ok(event) => Ok(Self(Arc::new(Decoded { event, envelope }))),
            Err(error) => Err((Box::new(envelope), error)),
        }
    }

    /// The identifier of the aggregate that the event happened to.
    ///
    /// # Errors
    ///
    /// When it is none of that kind.
    pub fn id<T: FromStr<Err: Error + Send + Sync + 'static>>(&self) -> Result<T, EventError> {
        self.envelope
            .aggregate_id
            .parse()
            .map_err(|error| self.refuse(error))
    }

    /// The event cannot be projected, for this reason.
    pub fn refuse(&self, reason: impl Into<Box<dyn Error + Send + Sync>>) -> EventError {
        EventError::new(&self.envelope, reason)
    }
}

impl EventError {
    fn new(envelope: &RecordedEvent, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            position: envelope.position,
            event_type: envelope.event_type.clone(),
            source: source.into(),
        }
    }
}
