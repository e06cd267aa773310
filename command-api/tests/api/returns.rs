//! `/v1/orders/{id}/returns`

use domain::{
    order::{Order, OrderCommand, PaymentMethod},
    payment::{Payment, PaymentCommand},
    value::{Currency, Money},
};
use serde_json::{Value, json};

use super::shop::{NOBODY, Shop, order, post};

fn returned(sku: &str, quantity: i64) -> Value {
    json!({"lines": [{"sku": sku, "quantity": quantity}], "reason": "too small"})
}

fn taken_back(quantity: i64) -> Value {
    let disposal = json!({"as": "restock", "warehouse": "berlin"});
    json!({"lines": [{"sku": "A-1", "quantity": quantity, "disposal": disposal}]})
}

/// A delivered order of two units of A-1 at 20.00 EUR.
pub(crate) async fn delivered(shop: &Shop) -> String {
    shop.warehouses(&["berlin"]).await;
    let id = shop.paid_order().await;
    let ship = OrderCommand::Ship {
        carrier: None,
        tracking_number: "1".to_owned().try_into().unwrap(),
    };
    shop.drive::<Order>(&id, [ship, OrderCommand::Deliver]).await;
    id
}

/// The address of a return that was requested.
pub(crate) async fn requested(shop: &Shop, order: &str, quantity: i64) -> String {
    let path = format!("/v1/orders/{order}/returns");
    let reply = shop.send(post(&path, &returned("A-1", quantity))).await.done(201);
    assert_eq!(reply.id(), order);
    format!("{path}/{}", reply.json()["return_id"].as_str().unwrap())
}

#[tokio::test]
async fn goods_come_back_line_by_line() {
    let shop = Shop::new();
    let order = delivered(&shop).await;
    let path = requested(&shop, &order, 2).await;
    let recorded = shop.last_payload().await["ReturnRequested"].clone();
    assert_eq!(recorded["lines"], json!([{"sku": "A-1", "quantity": 2}]));
    assert!(path.ends_with(recorded["return_id"].as_str().unwrap()));
    let body = json!({"lines": [
        {"sku": "A-1", "quantity": 1, "disposal": {"as": "restock", "warehouse": "berlin", "lot": "L-1"}},
        {"sku": "A-1", "quantity": 1, "disposal": {"as": "write_off"}},
    ]});
    shop.send(post(format!("{path}/accept"), &body)).await.done(202);
    let types = shop.event_types().await;
    assert_eq!(types[types.len() - 2..], ["ReturnAccepted", "OrderReturned"]);
    let events = shop.events().await;
    let accepted: Value = serde_json::from_str(&events[events.len() - 2].payload).unwrap();
    let accepted = &accepted["ReturnAccepted"];
    assert_eq!(accepted["lines"], body["lines"]);
    assert_eq!(accepted["refund"], json!({"amount": 4000, "currency": "EUR"}));
    assert_eq!(
        accepted["written_off"],
        json!({"amount": 2000, "currency": "EUR"})
    );
}

/// A delivered order of two units of A-1 at 20.00 EUR, its money captured and 25.00 EUR of it refunded.
async fn delivered_and_partly_refunded(shop: &Shop) -> String {
    let order = delivered(shop).await;
    let placed: Value = serde_json::from_str(
        &shop
            .events()
            .await
            .into_iter()
            .find(|event| event.event_type == "OrderPlaced")
            .unwrap()
            .payload,
    )
    .unwrap();
    let payment = placed["OrderPlaced"]["payment_id"].as_str().unwrap().to_owned();
    let euros = |amount| Money {
        amount,
        currency: Currency::EUR,
    };
    let request = PaymentCommand::Request {
        order_id: order.parse().unwrap(),
        customer_id: NOBODY.parse().unwrap(),
        amount: euros(4_000),
        method: PaymentMethod::Card {
            token: "tok_approved".to_owned().try_into().unwrap(),
        },
    };
    let authorised = PaymentCommand::RecordAuthorised {
        gateway_reference: None,
    };
    shop.drive::<Payment>(
        &payment,
        [
            request,
            authorised,
            PaymentCommand::RequestCapture,
            PaymentCommand::RecordCaptured,
        ],
    )
    .await;
    let refund = json!({"amount": {"amount": 2_500, "currency": "EUR"}, "reason": "damaged"});
    shop.send(post(format!("/v1/payments/{payment}/refunds"), &refund))
        .await
        .done(202);
    order
}

#[tokio::test]
async fn at_most_what_other_refunds_left_goes_back_and_without_a_sum_it_is_spread_over_the_lines() {
    let shop = Shop::new();
    let order = delivered_and_partly_refunded(&shop).await;
    let path = requested(&shop, &order, 2).await;
    let mut body = json!({"lines": [
        {"sku": "A-1", "quantity": 1, "disposal": {"as": "restock", "warehouse": "berlin"}},
        {"sku": "A-1", "quantity": 1, "disposal": {"as": "write_off"}},
    ]});
    body["refund"] = json!({"amount": 4_000, "currency": "EUR"});
    let reply = shop
        .refuses(
            post(format!("{path}/accept"), &body),
            422,
            "refund_too_large",
            Some("refund"),
        )
        .await;
    assert_eq!(reply.json()["most"], json!({"amount": 1_500, "currency": "EUR"}));
    body.as_object_mut().unwrap().remove("refund");
    shop.send(post(format!("{path}/accept"), &body)).await.done(202);
    let events = shop.events().await;
    let accepted: Value = serde_json::from_str(&events[events.len() - 2].payload).unwrap();
    let accepted = &accepted["ReturnAccepted"];
    assert_eq!(accepted["refund"], json!({"amount": 1_500, "currency": "EUR"}));
    assert_eq!(accepted["written_off"], json!({"amount": 750, "currency": "EUR"}));
}

#[tokio::test]
async fn another_decision_about_a_return_that_ended_is_refused() {
    let shop = Shop::new();
    let order = delivered(&shop).await;
    let path = requested(&shop, &order, 1).await;
    let accept = || post(format!("{path}/accept"), &taken_back(1));
    shop.send(accept()).await.done(202);
    // The same again is the same.
    shop.send(accept()).await.done(202);
    let mut other = taken_back(1);
    other["lines"][0]["disposal"] = json!({"as": "write_off"});
    for ask in [
        post(format!("{path}/accept"), &other),
        post(format!("{path}/reject"), &json!({"reason": "worn"})),
    ] {
        shop.refuses(ask, 422, "return_decided", None).await;
    }
}

#[tokio::test]
async fn a_refund_may_be_less_and_even_nothing_but_never_more() {
    let shop = Shop::new();
    let order = delivered(&shop).await;
    for (amount, currency) in [(2001, "EUR"), (1, "USD")] {
        let path = requested(&shop, &order, 1).await;
        let mut body = taken_back(1);
        body["refund"] = json!({"amount": amount, "currency": currency});
        let refused = post(format!("{path}/accept"), &body);
        let reply = shop
            .refuses(refused, 422, "refund_too_large", Some("refund"))
            .await;
        assert_eq!(reply.json()["most"], json!({"amount": 2000, "currency": "EUR"}));
        shop.send(post(format!("{path}/reject"), &json!({"reason": "worn"})))
            .await
            .done(202);
        assert_eq!(shop.last_payload().await["ReturnRejected"]["reason"], "worn");
    }
    let path = requested(&shop, &order, 1).await;
    let mut body = taken_back(1);
    body["refund"] = json!({"amount": -1, "currency": "EUR"});
    let refused = post(format!("{path}/accept"), &body);
    shop.refuses(refused, 422, "invalid_amount", Some("refund.amount"))
        .await;
    body["refund"]["amount"] = json!(0);
    shop.send(post(format!("{path}/accept"), &body)).await.done(202);
    let refund = shop.last_payload().await["ReturnAccepted"]["refund"].clone();
    assert_eq!(refund, json!({"amount": 0, "currency": "EUR"}));
}

#[tokio::test]
async fn only_what_was_sold_comes_back_and_only_once() {
    let shop = Shop::new();
    let order = delivered(&shop).await;
    let path = format!("/v1/orders/{order}/returns");
    let reply = shop
        .refuses(
            post(&path, &returned("A-1", 3)),
            422,
            "more_than_sold",
            Some("lines"),
        )
        .await;
    assert_eq!(
        (reply.json()["sku"].as_str(), reply.json()["returnable"].as_u64()),
        (Some("A-1"), Some(2))
    );
    shop.refuses(
        post(&path, &returned("B-1", 1)),
        422,
        "more_than_sold",
        Some("lines"),
    )
    .await;
    let mut twice = returned("A-1", 1);
    twice["lines"] = json!([twice["lines"][0], twice["lines"][0]]);
    shop.refuses(post(&path, &twice), 422, "return_lines", Some("lines"))
        .await;
    let one = requested(&shop, &order, 2).await;
    shop.refuses(
        post(&path, &returned("A-1", 1)),
        422,
        "more_than_sold",
        Some("lines"),
    )
    .await;
    let accept = format!("{one}/accept");
    shop.refuses(
        post(&accept, &taken_back(3)),
        422,
        "more_than_sold",
        Some("lines"),
    )
    .await;
    shop.send(post(&accept, &taken_back(1))).await.done(202);
    // It ended with that: nothing happens any more, and nobody minds.
    let head = shop.head().await;
    shop.send(post(&accept, &taken_back(1))).await.done(202);
    assert_eq!(shop.head().await, head);
}

#[tokio::test]
async fn a_repeated_request_names_the_first_return() {
    let shop = Shop::new();
    let order = delivered(&shop).await;
    let path = format!("/v1/orders/{order}/returns");
    let ask = || post(&path, &returned("A-1", 1)).keyed("return-1");
    let first = shop.send(ask()).await.done(201);
    let again = shop.send(ask()).await.done(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = shop
        .send(post(&path, &returned("A-1", 1)).keyed("return-2"))
        .await
        .done(201);
    assert_ne!(first.json()["return_id"], other.json()["return_id"]);
    let stale = post(&path, &returned("A-1", 1)).with("if-match", "3");
    shop.refuses(stale, 412, "sequence_mismatch", Some("If-Match"))
        .await;
}

#[tokio::test]
async fn goods_are_exchanged_for_another_order() {
    let shop = Shop::new();
    let id = delivered(&shop).await;
    let path = format!("/v1/orders/{id}/returns");
    let field = Some("exchange_order_id");
    let mut body = returned("A-1", 1);
    for (exchange, code) in [
        (NOBODY, "unknown_order"),
        (id.as_str(), "same_order"),
        ("new", "malformed_id"),
    ] {
        body["exchange_order_id"] = json!(exchange);
        shop.refuses(post(&path, &body), 422, code, field).await;
    }
    let exchange = shop
        .send(post("/v1/orders", &order("A-1", 1)))
        .await
        .done(201)
        .id();
    body["exchange_order_id"] = json!(exchange);
    shop.send(post(&path, &body)).await.done(201);
    assert_eq!(
        shop.last_payload().await["ReturnRequested"]["exchange_order_id"],
        exchange
    );
}

#[tokio::test]
async fn what_did_not_ship_does_not_come_back() {
    let shop = Shop::new();
    let order = shop.paid_order().await;
    let path = format!("/v1/orders/{order}/returns");
    shop.refuses(post(&path, &returned("A-1", 1)), 422, "not_shipped", None)
        .await;
    let unknown = format!("{path}/{NOBODY}");
    let reject = post(format!("{unknown}/reject"), &json!({"reason": "worn"}));
    shop.refuses(reject, 404, "unknown_return", None).await;
    shop.refuses(
        post(format!("{unknown}/accept"), &taken_back(1)),
        404,
        "unknown_return",
        None,
    )
    .await;
    let malformed = post(format!("{path}/mine/accept"), &taken_back(1));
    shop.refuses(malformed, 400, "malformed_id", Some("return_id"))
        .await;
}

#[tokio::test]
async fn every_broken_field_of_a_return_is_named() {
    let shop = Shop::new();
    let disposal = json!({"as": "restock", "warehouse": "Not a code", "lot": ""});
    let body = json!({"lines": [{"sku": "A-1", "quantity": 0, "disposal": disposal}]});
    let path = format!("/v1/orders/{NOBODY}/returns");
    let reply = shop
        .refuses(
            post(format!("{path}/{NOBODY}/accept"), &body),
            422,
            "invalid_quantity",
            Some("lines[0].quantity"),
        )
        .await;
    let fields: Vec<Value> = reply.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(
        fields,
        [
            "lines[0].quantity",
            "lines[0].disposal.warehouse",
            "lines[0].disposal.lot"
        ]
    );
    for count in [0, 201] {
        let lines = vec![json!({"sku": "A-1", "quantity": 1}); count];
        let ask = post(&path, &json!({"lines": lines, "reason": "r"}));
        shop.refuses(ask, 422, "line_count", Some("lines")).await;
    }
}
