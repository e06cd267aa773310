//! What others find in a state that is stored.

use super::{Fulfilment, ProcessManager as _, noon, payment_id, placed};

#[test]
fn a_stored_state_names_the_payment_where_queries_look_for_it() {
    let mut process = Fulfilment::default();
    let (order, event) = placed();
    process.react(&order, &event, noon());
    let state = serde_json::to_value(&process).unwrap();
    let found = Fulfilment::PAYMENT_PATH
        .iter()
        .fold(&state, |part, name| &part[*name]);
    assert_eq!(found.as_str(), Some(payment_id(1).to_string().as_str()));
}
