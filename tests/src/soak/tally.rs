//! The aggregate of the soak test: it refuses nothing, and each event says what it was decided on.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

/// Counts its events and keeps a digest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    count: u64,
    digest: u64,
}

/// One of the events of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallied {
    /// The command.
    pub command: String,
    /// Which event of the command it is, from 1.
    pub part: u64,
    /// How many events the decision knew of before this one.
    pub before: u64,
    /// The digest of those events. A count alone would not tell them from as many others.
    pub digest: u64,
}

impl Tally {
    /// Whether the event was decided on this very state.
    pub const fn is_basis_of(&self, event: &Tallied) -> bool {
        self.count == event.before && self.digest == event.digest
    }
}

/// FNV-1a.
fn digest(before: u64, text: &str) -> u64 {
    let step = |digest: u64, byte: u8| (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
    text.bytes().fold(before ^ 0xCBF2_9CE4_8422_2325, step)
}

/// Write so many events.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The command.
    pub command: String,
    /// How many events it writes.
    pub events: u64,
}

/// A tally refuses nothing.
#[derive(Debug, thiserror::Error)]
pub enum Never {}

impl DomainEvent for Tallied {
    fn event_type(&self) -> String {
        "Tallied".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Tally {
    const TYPE: &'static str = "tally";
    type Command = Tick;
    type Event = Tallied;
    type Error = Never;
    type Services = ();

    async fn handle(&mut self, tick: Tick, (): &(), sink: &EventSink<Self>) -> Result<(), Never> {
        for part in 1..=tick.events {
            let event = Tallied {
                command: tick.command.clone(),
                part,
                before: self.count,
                digest: self.digest,
            };
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Tallied) {
        self.count += 1;
        self.digest = digest(self.digest, &format!("{}:{}", event.command, event.part));
    }
}
