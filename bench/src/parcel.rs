//! A small aggregate whose commands write two events of about 300 bytes.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

/// How many bytes each event carries besides its frame.
pub(crate) const NOTE_BYTES: usize = 240;

/// Counts what happened to it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Parcel {
    scans: u64,
}

/// What happened to a parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum ParcelEvent {
    Packed { note: String, weight_g: u32 },
    Scanned { note: String, gate: u32 },
}

/// Pack it, and scan it on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Send;

/// A parcel refuses nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NeverRefused {}

impl DomainEvent for ParcelEvent {
    fn event_type(&self) -> String {
        match self {
            Self::Packed { .. } => "Packed".to_owned(),
            Self::Scanned { .. } => "Scanned".to_owned(),
        }
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl ParcelEvent {
    /// The events of one command.
    pub(crate) fn of_one_command() -> [Self; 2] {
        let note = "n".repeat(NOTE_BYTES);
        [
            Self::Packed {
                note: note.clone(),
                weight_g: 1_250,
            },
            Self::Scanned { note, gate: 7 },
        ]
    }
}

impl Aggregate for Parcel {
    const TYPE: &'static str = "parcel";
    type Command = Send;
    type Event = ParcelEvent;
    type Error = NeverRefused;
    type Services = ();

    async fn handle(&mut self, _send: Send, (): &(), sink: &EventSink<Self>) -> Result<(), NeverRefused> {
        for event in ParcelEvent::of_one_command() {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _event: ParcelEvent) {
        self.scans += 1;
    }
}
