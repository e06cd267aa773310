//! Whatever the log says, the process neither panics nor loses its state.

use proptest::prelude::*;

use crate::{
    Event, payment,
    process::{ProcessManager, Recurring, TimerName},
    subscription,
    testing::{
        arbitrary::{instants, up_to},
        value::{payment_id, subscription_id},
    },
};

fn events() -> impl Strategy<Value = (String, Event)> {
    prop_oneof![
        payment::tests::events().prop_map(|event| (payment_id(1).to_string(), Event::Payment(event))),
        subscription::tests::events()
            .prop_map(|event| (subscription_id(1).to_string(), Event::Subscription(event))),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_events_panics(events in up_to(40, events()), time in instants()) {
        let mut process = Recurring::default();
        for (aggregate_id, event) in events {
            process.react(&aggregate_id, &event, time);
            for name in TimerName::ALL {
                process.timer("", name, time);
            }
            let stored = serde_json::to_string(&process).unwrap();
            assert_eq!(serde_json::from_str::<Recurring>(&stored).unwrap(), process);
        }
    }
}
