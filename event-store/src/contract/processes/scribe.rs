//! An aggregate whose events say what they were decided on.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};

const LIMIT: i64 = 20;

pub(super) fn id(aggregate: u64) -> String {
    format!("s{aggregate}")
}

/// A bounded number, and a digest of all events that led to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scribe {
    value: i64,
    pub(super) digest: u64,
}

/// Changes the number, unless it would leave its bounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Write {
    pub(super) command: u64,
    pub(super) aggregate: u64,
    pub(super) by: i64,
    pub(super) events: u64,
    pub(super) expected: Option<i64>,
    pub(super) keyed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) command: u64,
    pub(super) by: i64,
    /// The digest of all events before this one, as the decision had it.
    pub(super) before: u64,
}

/// The number would leave its bounds.
#[derive(Debug, thiserror::Error)]
#[error("the number would leave its bounds")]
pub(super) struct OutOfBounds {
    /// The state that the refusal was decided on.
    pub(super) digest: u64,
}

impl DomainEvent for Written {
    fn event_type(&self) -> String {
        "Written".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Scribe {
    fn admits(&self, by: i64) -> bool {
        (0..=LIMIT).contains(&(self.value + by))
    }

    /// Whether this event was legal, and decided on this very state.
    pub(super) fn is_basis_of(&self, event: &Written) -> bool {
        event.before == self.digest && self.admits(event.by)
    }
}

impl Aggregate for Scribe {
    const TYPE: &'static str = "scribe";
    type Command = Write;
    type Event = Written;
    type Error = OutOfBounds;
    type Services = ();

    async fn handle(&mut self, write: Write, (): &(), sink: &EventSink<Self>) -> Result<(), OutOfBounds> {
        if !self.admits(write.by * i64::try_from(write.events).unwrap_or(1)) || !self.admits(write.by) {
            let digest = self.digest;
            return Err(OutOfBounds { digest });
        }
        for _ in 0..write.events {
            let event = Written {
                command: write.command,
                by: write.by,
                before: self.digest,
            };
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Written) {
        self.value += event.by;
        // FNV-1a, word by word.
        for word in [event.command, event.by.unsigned_abs(), event.before] {
            self.digest = (self.digest ^ word).wrapping_mul(0x100_0000_01B3);
        }
        self.digest = self.digest.wrapping_add(1);
    }
}
