//! Whatever the log says, settlement neither panics nor loses its state.

use proptest::prelude::*;

use super::{Event, ProcessManager, Settlement, account_id, payment_id};
use crate::{
    account, payment,
    testing::arbitrary::{instants, up_to},
};

fn events() -> impl Strategy<Value = (String, Event)> {
    prop_oneof![
        payment::tests::events().prop_map(|event| (payment_id(1).to_string(), Event::Payment(event))),
        account::tests::events().prop_map(|event| (account_id(1).to_string(), Event::Account(event))),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_events_panics(events in up_to(40, events()), recorded_at in instants()) {
        let mut process = Settlement::default();
        for (aggregate_id, event) in events {
            process.react(&aggregate_id, &event, recorded_at);
            let stored = serde_json::to_string(&process).unwrap();
            assert_eq!(serde_json::from_str::<Settlement>(&stored).unwrap(), process);
        }
    }
}
