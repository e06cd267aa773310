//! Derived identities: the same event always causes the same actions under the same names.

use event_store::Position;
use uuid::Uuid;

/// Below it are the names of this crate. It must never change: a key of the other kind would let an
/// action that was done be done again.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_9d1e_5b7a_4c33_9e21_8d54_a7f0_13b6);

/// The place of an action: the event that caused it, and its number among those that the event caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActionId {
    pub(crate) position: Position,
    pub(crate) index: i32,
}

impl ActionId {
    /// Before every action.
    pub(crate) const NONE: Self = Self {
        position: 0,
        index: 0,
    };

    /// The name under which an action is done once.
    pub(crate) fn key(self, manager: &str) -> Uuid {
        let Self { position, index } = self;
        Uuid::new_v5(&NAMESPACE, format!("{manager}/{position}/{index}").as_bytes())
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

    #[test]
    fn keys_are_those_that_were_always_derived() {
        let key = ActionId {
            position: 42,
            index: 1,
        }
        .key("fulfilment");
        assert_eq!(key.to_string(), "c450c6aa-9ac0-568f-bd89-1ae762e5d01c");
        assert_eq!(
            answer_key(key).to_string(),
            "ef912f34-4e4c-5c14-bb3a-94900707ecee"
        );
    }

    #[test]
    fn no_two_places_share_a_key() {
        let place = |position, index| ActionId { position, index };
        let keys = [
            place(1, 11).key("fulfilment"),
            place(11, 1).key("fulfilment"),
            place(1, 11).key("settlement"),
        ];
        assert!(keys[0] != keys[1] && keys[0] != keys[2] && keys[1] != keys[2]);
    }
}
