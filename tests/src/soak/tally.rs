//! The aggregate of the soak test: it refuses nothing and remembers who asked.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

/// Counts its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    count: u64,
}

/// One of the events of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallied {
    /// The command.
    pub command: String,
    /// Which event of the command it is, from 1.
    pub part: u64,
    /// How many events the command saw before this one.
    pub before: u64,
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
            let (command, before) = (tick.command.clone(), self.count);
            let event = Tallied {
                command,
                part,
                before,
            };
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _event: Tallied) {
        self.count += 1;
    }
}
