//! A small aggregate for the tests of the bus.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

/// Counts up to ten.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) value: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Counted {
    #[serde(rename = "CounterRaised")]
    Raised { by: i64 },
}

#[derive(Debug, Clone)]
pub(crate) enum Count {
    Raise { by: i64 },
    Stay,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the counter ends at {LIMIT}")]
pub(crate) struct TooMuch;

pub(crate) const LIMIT: i64 = 10;

impl DomainEvent for Counted {
    fn event_type(&self) -> String {
        "CounterRaised".to_owned()
    }
    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Counter {
    const TYPE: &'static str = "counter";
    type Command = Count;
    type Event = Counted;
    type Error = TooMuch;
    type Services = ();

    async fn handle(&mut self, command: Count, (): &(), sink: &EventSink<Self>) -> Result<(), TooMuch> {
        let Count::Raise { by } = command else {
            return Ok(());
        };
        if self.value + by > LIMIT {
            return Err(TooMuch);
        }
        sink.write(Counted::Raised { by }, self).await;
        Ok(())
    }

    fn apply(&mut self, Counted::Raised { by }: Counted) {
        self.value += by;
    }
}
