//! Whatever the log says, fulfilment neither panics nor loses its state.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{Event, Fulfilment, ProcessManager, order_id, payment_id, placed};
use crate::{
    order, payment, stock,
    testing::arbitrary::{instants, up_to},
};

/// Events of one order, its payment and its stock, in no sensible order.
fn events() -> impl Strategy<Value = (String, Event)> {
    prop_oneof![
        order::tests::events().prop_map(|event| (order_id(1).to_string(), Event::Order(event))),
        payment::tests::events().prop_map(|event| (payment_id(1).to_string(), Event::Payment(event))),
        (
            prop::sample::select(vec!["LAMP", "CHAIR", "not a sku"]),
            stock::tests::events()
        )
            .prop_map(|(sku, event)| (sku.to_owned(), Event::Stock(event))),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_events_panics(
        events in up_to(40, events()),
        recorded_at in instants(),
        begins_well in any::<bool>(),
    ) {
        let mut process = Fulfilment::default();
        for (aggregate_id, event) in begins_well.then(placed).into_iter().chain(events) {
            react(&mut process, &aggregate_id, &event, recorded_at);
        }
    }
}

/// The state after each event is the one that is read back from its stored form.
fn react(process: &mut Fulfilment, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) {
    process.react(aggregate_id, event, recorded_at);
    let stored = serde_json::to_string(process).unwrap();
    assert_eq!(serde_json::from_str::<Fulfilment>(&stored).unwrap(), *process);
    assert!(
        [
            "started",
            "awaiting_stock",
            "awaiting_payment",
            "completed",
            "compensating",
            "failed"
        ]
        .contains(&process.status())
    );
}
