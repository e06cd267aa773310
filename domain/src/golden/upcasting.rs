//! The way of an old payload to today's event, shown with versions that never were.

use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster, SerializedEvent};
use serde_json::{Value, json};

use super::{Golden, decode, lift};
use crate::{
    Event,
    account::{AccountEvent, LedgerAccount},
    testing::value::{eur, order_id, payment_id, text},
};

/// As if deposits had once not named where the money came from.
fn deposits_name_the_cash() -> Box<dyn EventUpcaster> {
    let lift = |mut payload: Value| {
        payload["AccountDeposited"]["counter_account"] = json!("outside:cash");
        payload
    };
    Box::new(SemanticVersionEventUpcaster::new(
        "AccountDeposited",
        "1",
        Box::new(lift),
    ))
}

/// As if a hold had once had another name.
struct ReservedFundsAreHeld;

impl EventUpcaster for ReservedFundsAreHeld {
    fn can_upcast(&self, event_type: &str, event_version: &str) -> bool {
        (event_type, event_version) == ("FundsReserved", "1")
    }

    fn upcast(&self, mut event: SerializedEvent) -> SerializedEvent {
        let mut body = event.payload["FundsReserved"].take();
        let cents = body["cents"].take();
        body["amount"] = json!({"amount": cents, "currency": "EUR"});
        event.payload = json!({ "FundsHeld": body });
        event.event_type = "FundsHeld".to_owned();
        event
    }
}

/// As if an order had once not been part of a hold, in a version between the two.
struct HeldFundsNameTheirOrder;

impl EventUpcaster for HeldFundsNameTheirOrder {
    fn can_upcast(&self, event_type: &str, event_version: &str) -> bool {
        (event_type, event_version) == ("FundsHeld", "1")
    }

    fn upcast(&self, mut event: SerializedEvent) -> SerializedEvent {
        event.payload["FundsHeld"]["order_id"] = json!(order_id(7));
        event.event_version = "2".to_owned();
        event
    }
}

fn old(name: &str, version: &str, payload: Value) -> Golden {
    Golden {
        aggregate: "account".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        payload,
    }
}

#[test]
fn a_field_that_came_later_is_filled_in() {
    let payload = json!({"AccountDeposited": {
        "amount": {"amount": 500, "currency": "EUR"},
        "reference": "d1",
    }});
    let golden = old("AccountDeposited", "0.9", payload);
    let text_of_old = golden.payload.to_string();
    assert!(Event::from_payload("account", &text_of_old).is_err());
    let event = decode(&lift(golden, &[deposits_name_the_cash()]));
    assert_eq!(
        event,
        Event::Account(AccountEvent::Deposited {
            amount: eur(500),
            reference: text("d1"),
            counter_account: LedgerAccount::Cash,
        })
    );
}

#[test]
fn a_payload_of_today_is_left_alone() {
    let payload = json!({"AccountDeposited": {
        "amount": {"amount": 500, "currency": "EUR"},
        "reference": "d1",
        "counter_account": "outside:gateway",
    }});
    let lifted = lift(
        old("AccountDeposited", "1", payload.clone()),
        &[deposits_name_the_cash()],
    );
    assert_eq!(lifted.payload, payload);
}

#[test]
fn an_event_with_an_old_name_is_lifted_version_by_version() {
    let payload = json!({"FundsReserved": {"payment_id": payment_id(3), "cents": 500}});
    let steps: [Box<dyn EventUpcaster>; 2] =
        [Box::new(ReservedFundsAreHeld), Box::new(HeldFundsNameTheirOrder)];
    let lifted = lift(old("FundsReserved", "1", payload), &steps);
    assert_eq!(
        (lifted.event_type.as_str(), lifted.event_version.as_str()),
        ("FundsHeld", "2")
    );
    assert_eq!(
        decode(&lifted),
        Event::Account(AccountEvent::FundsHeld {
            payment_id: payment_id(3),
            order_id: order_id(7),
            amount: eur(500),
        })
    );
}

#[test]
fn a_payload_that_nobody_can_lift_is_refused_and_not_guessed() {
    for payload in [
        r#"{"AccountForgotten":{}}"#,
        r#"{"AccountOpened":{"owner_id":"1"}}"#,
        "{}",
        "not json",
    ] {
        let error = Event::from_payload("account", payload).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"the payload is no event of aggregate type "account""#
        );
    }
    let error = Event::from_payload("cart", "{}").unwrap_err();
    assert_eq!(error.to_string(), r#"there is no aggregate type "cart""#);
}
