//! The audit finds what it is there to find.

use domain::Event;
use serde_json::{Value, json};

use super::{
    audit::Audit,
    log::{Entry, Log},
};

const PAYMENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const ORDER: &str = "01890a5d-ac96-774b-bcce-b302099a8058";
const ANOTHER_ORDER: &str = "01890a5d-ac96-774b-bcce-b302099a8059";

fn entry(aggregate_type: &str, aggregate_id: &str, payload: &Value) -> Entry {
    Entry {
        aggregate_id: aggregate_id.to_owned(),
        event: Event::from_payload(aggregate_type, &payload.to_string()).unwrap(),
    }
}

fn captured() -> Entry {
    let amount = json!({"amount": 1_000, "currency": "EUR"});
    let payload = json!({"PaymentCaptured": {"order_id": ORDER, "amount": amount, "source": "card"}});
    entry("payment", PAYMENT, &payload)
}

fn received(quantity: i64) -> Entry {
    let payload = json!({"StockReceived": {"warehouse": "main", "quantity": quantity}});
    entry("stock", "LAMP", &payload)
}

fn reserved(order_id: &str, quantity: i64) -> Entry {
    let allocations = json!([{"warehouse": "main", "quantity": quantity}]);
    let payload = json!({"StockReserved": {
        "order_id": order_id, "quantity": quantity, "allocations": allocations,
        "expires_at": "2026-01-31T12:00:00Z",
    }});
    entry("stock", "LAMP", &payload)
}

#[test]
#[should_panic(expected = "was captured twice")]
fn a_payment_that_is_captured_twice_is_found() {
    drop(Audit::of(&Log(vec![captured(), captured()])));
}

#[test]
#[should_panic(expected = "LAMP is oversold")]
fn a_unit_that_is_sold_twice_is_found() {
    let log = vec![received(1), reserved(ORDER, 1), reserved(ANOTHER_ORDER, 1)];
    drop(Audit::of(&Log(log)));
}

#[test]
#[should_panic(expected = "LAMP was reserved twice")]
fn an_order_that_gets_its_units_twice_is_found() {
    let log = vec![received(2), reserved(ORDER, 1), reserved(ORDER, 1)];
    drop(Audit::of(&Log(log)));
}

#[test]
#[should_panic(expected = "was acknowledged")]
fn an_order_that_is_lost_is_found() {
    Audit::of(&Log(Vec::new())).everything_ended(&[ORDER.to_owned()]);
}
