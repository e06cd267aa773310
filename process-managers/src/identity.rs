//! Derived identities: the same cause always has the same actions under the same names.

use chrono::{DateTime, Utc};
use domain::process::TimerName;
use event_store::Position;
use uuid::Uuid;

/// Below it are the names of this crate. It must never change: a key of the other kind would let an
/// action that was done be done again.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_9d1e_5b7a_4c33_9e21_8d54_a7f0_13b6);

/// What a process reacts to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// The event at a position.
    Event(Position),
    /// A timer that rang.
    Timer {
        process_id: &'a str,
        name: TimerName,
        /// As it was set and not when it rang: a timer that rings again after a crash is the same.
        due_at: DateTime<Utc>,
    },
}

impl Cause<'_> {
    /// The name under which one of the actions that follow is done once.
    pub(crate) fn key(self, manager: &str, index: i32) -> Uuid {
        let name = match self {
            Self::Event(position) => format!("{manager}/{position}/{index}"),
            Self::Timer {
                process_id,
                name,
                due_at,
            } => {
                let due_us = due_at.timestamp_micros();
                format!("{manager}/timer/{process_id}/{}/{due_us}/{index}", name.as_str())
            }
        };
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }
}

/// The name under which the gateway's answer to an action is recorded once.
pub(crate) fn answer_key(action: Uuid) -> Uuid {
    Uuid::new_v5(&action, b"answer")
}

/// The advisory lock of a process manager.
///
/// Half of a hash of a name in a namespace of our own: nobody else's lock has it by accident.
pub(crate) fn lock_key(manager: &str) -> i64 {
    let (high, _) = Uuid::new_v5(&NAMESPACE, format!("lock/{manager}").as_bytes()).as_u64_pair();
    high.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(process_id: &str, due_us: i64) -> Cause<'_> {
        Cause::Timer {
            process_id,
            name: TimerName::ReservationExpiry,
            due_at: DateTime::from_timestamp_micros(due_us).unwrap(),
        }
    }

    #[test]
    fn keys_are_those_that_were_always_derived() {
        let key = Cause::Event(42).key("fulfilment", 1);
        assert_eq!(key.to_string(), "c450c6aa-9ac0-568f-bd89-1ae762e5d01c");
        assert_eq!(
            answer_key(key).to_string(),
            "ef912f34-4e4c-5c14-bb3a-94900707ecee"
        );
    }

    #[test]
    fn no_two_places_share_a_key() {
        let keys = [
            Cause::Event(1).key("fulfilment", 11),
            Cause::Event(11).key("fulfilment", 1),
            Cause::Event(1).key("settlement", 11),
            timer("a", 1).key("fulfilment", 1),
            timer("a", 11).key("fulfilment", 1),
            timer("a", 1).key("fulfilment", 11),
            timer("b", 1).key("fulfilment", 1),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "{place}");
        }
    }
}
