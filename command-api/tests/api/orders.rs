//! `/v1/orders`

use axum::http::Method;
use domain::order::{Order, OrderCommand};
use serde_json::json;

use super::shop::{CUSTOMER, NOBODY, Shop, ask, bare, order, post};

#[tokio::test]
async fn an_order_takes_names_and_prices_of_the_moment() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    let body = order("A-1", 3);
    let reply = shop.send(post("/v1/orders", &body)).await.done(201);
    assert_eq!(reply.json()["sequence"], 1);
    let placed = shop.last_payload().await["OrderPlaced"].clone();
    assert_eq!(
        placed["lines"],
        json!([{
            "sku": "A-1", "product_id": product, "name": "Walnut headphones, dark", "quantity": 3,
            "unit_price": {"amount": 2000, "currency": "EUR"}, "tax_rate_bp": 1900,
        }])
    );
    assert_eq!(placed["total"], json!({"amount": 6000, "currency": "EUR"}));
    for field in ["customer_id", "payment", "shipping_address"] {
        assert_eq!(placed[field], body[field]);
    }
    // UUIDv7 for the order and for its payment.
    assert_eq!(reply.id().as_bytes()[14], b'7');
    assert_eq!(placed["payment_id"].as_str().unwrap().as_bytes()[14], b'7');
    assert_ne!(placed["payment_id"], reply.id());
}

#[tokio::test]
async fn a_later_price_does_not_change_the_order() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    shop.send(post("/v1/orders", &order("A-1", 1))).await.done(201);
    let price = json!({"price": {"amount": 9900, "currency": "EUR"}});
    shop.send(post(format!("/v1/products/{product}/prices"), &price))
        .await
        .done(202);
    shop.send(post("/v1/orders", &order("A-1", 1))).await.done(201);
    let totals: Vec<i64> = shop
        .events()
        .await
        .iter()
        .filter(|event| event.event_type == "OrderPlaced")
        .map(|event| serde_json::from_str::<serde_json::Value>(&event.payload).unwrap())
        .map(|payload| payload["OrderPlaced"]["total"]["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(totals, [2000, 9900]);
}

#[tokio::test]
async fn an_order_paid_from_an_account_is_in_its_currency() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    let price = json!({"price": {"amount": 2500, "currency": "USD"}});
    shop.send(post(format!("/v1/products/{product}/prices"), &price))
        .await
        .done(202);
    let account = shop.account("USD").await;
    let mut body = order("A-1", 1);
    body["payment"] = json!({"method": "account", "account_id": account});
    shop.send(post("/v1/orders", &body)).await.done(201);
    let total = shop.last_payload().await["OrderPlaced"]["total"].clone();
    assert_eq!(total, json!({"amount": 2500, "currency": "USD"}));
    body["currency"] = json!("EUR");
    shop.refuses(post("/v1/orders", &body), 422, "other_currency", Some("currency"))
        .await;
    body["payment"] = json!({"method": "account", "account_id": NOBODY});
    let field = Some("payment.account_id");
    shop.refuses(post("/v1/orders", &body), 422, "unknown_account", field)
        .await;
}

#[tokio::test]
async fn an_order_paid_by_card_is_in_the_currency_that_is_asked_for() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    let price = json!({"price": {"amount": 2500, "currency": "USD"}});
    shop.send(post(format!("/v1/products/{product}/prices"), &price))
        .await
        .done(202);
    let total_of = async |currency: Option<&str>, expected: Option<i64>| {
        let mut body = order("A-1", 1);
        body["currency"] = json!(currency);
        if let Some(amount) = expected {
            body["expected_total"] = json!({"amount": amount, "currency": "USD"});
        }
        shop.send(post("/v1/orders", &body)).await.done(201);
        shop.last_payload().await["OrderPlaced"]["total"]["amount"].clone()
    };
    assert_eq!(total_of(None, None).await, 2000);
    assert_eq!(total_of(Some("USD"), None).await, 2500);
    assert_eq!(total_of(None, Some(2500)).await, 2500);
    let mut body = order("A-1", 1);
    body["currency"] = json!("EUR");
    body["expected_total"] = json!({"amount": 2500, "currency": "USD"});
    let field = Some("expected_total.currency");
    shop.refuses(post("/v1/orders", &body), 422, "other_currency", field)
        .await;
}

#[tokio::test]
async fn an_order_that_a_card_cannot_be_charged_for_is_told_the_steps() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    for (amount, currency, step) in [(12_345, "MGA", 100), (5_123, "BHD", 10)] {
        let price = json!({"price": {"amount": amount, "currency": currency}});
        shop.send(post(format!("/v1/products/{product}/prices"), &price))
            .await
            .done(202);
        let mut body = order("A-1", 1);
        body["currency"] = json!(currency);
        let reply = shop
            .refuses(post("/v1/orders", &body), 422, "not_chargeable", Some("lines"))
            .await;
        let step = json!({"amount": step, "currency": currency});
        assert_eq!(reply.json()["step"], step, "{currency}");
        // An account keeps any amount.
        let account = shop.account(currency).await;
        body["payment"] = json!({"method": "account", "account_id": account});
        shop.send(post("/v1/orders", &body)).await.done(201);
    }
}

#[tokio::test]
async fn a_total_that_is_not_the_expected_one_is_told() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let mut body = order("A-1", 2);
    body["expected_total"] = json!({"amount": 3999, "currency": "EUR"});
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            422,
            "total_changed",
            Some("expected_total"),
        )
        .await;
    assert_eq!(reply.json()["total"], json!({"amount": 4000, "currency": "EUR"}));
    body["expected_total"] = json!({"amount": 4000, "currency": "EUR"});
    shop.send(post("/v1/orders", &body)).await.done(201);
}

#[tokio::test]
async fn every_line_that_cannot_be_sold_is_named() {
    let shop = Shop::new();
    shop.product("A-1").await;
    shop.unpriced_product("B-1").await;
    let inactive = shop.product("C-1").await;
    let change = ask(
        Method::PATCH,
        format!("/v1/products/{inactive}"),
        &json!({"active": false}),
    );
    shop.send(change).await.done(202);
    let mut body = order("A-1", 1);
    let line = |sku: &str| json!({"sku": sku, "quantity": 1});
    body["lines"] = json!([line("A-1"), line("B-1"), line("D-1"), line("C-1")]);
    let reply = shop
        .refuses(post("/v1/orders", &body), 422, "no_price", Some("lines[1].sku"))
        .await;
    let errors = reply.json()["errors"].clone();
    let named: Vec<(&str, &str)> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("lines[1].sku", "no_price"),
            ("lines[2].sku", "unknown_sku"),
            ("lines[3].sku", "product_not_for_sale"),
        ]
    );
}

#[tokio::test]
async fn an_order_is_cancelled_with_or_without_words() {
    let shop = Shop::new();
    let id = shop.order().await;
    let cancel = format!("/v1/orders/{id}/cancel");
    shop.send(post(&cancel, &json!({"reason": "changed my mind"})))
        .await
        .done(202);
    let reason = shop.last_payload().await["OrderCancelled"]["reason"].clone();
    assert_eq!(reason, json!({"code": "by_customer", "note": "changed my mind"}));
    // It is cancelled already: nothing happens, and nobody minds.
    let head = shop.head().await;
    let again = shop.send(bare(Method::POST, &cancel)).await.done(202);
    assert_eq!(
        (again.json()["position"].as_i64(), shop.head().await),
        (Some(head), head)
    );
}

#[tokio::test]
async fn an_order_is_shipped_and_delivered() {
    let shop = Shop::new();
    let path = format!("/v1/orders/{}", shop.paid_order().await);
    let shipment = json!({"carrier": "DHL", "tracking_number": "0034"});
    shop.refuses(
        bare(Method::POST, format!("{path}/deliver")),
        422,
        "not_shipped",
        None,
    )
    .await;
    shop.send(post(format!("{path}/ship"), &shipment)).await.done(202);
    assert_eq!(shop.last_payload().await["OrderShipped"], shipment);
    shop.refuses(
        bare(Method::POST, format!("{path}/cancel")),
        422,
        "already_shipped",
        None,
    )
    .await;
    shop.send(post(format!("{path}/deliver"), &json!({})))
        .await
        .done(202);
    assert_eq!(shop.event_types().await.pop().unwrap(), "OrderDelivered");
}

#[tokio::test]
async fn an_order_that_cannot_be_shipped_ends_with_the_words_of_the_warehouse() {
    let shop = Shop::new();
    let path = format!("/v1/orders/{}", shop.paid_order().await);
    let refuse = format!("{path}/refuse-shipping");
    // The customer reads why, so it must be said.
    shop.refuses(post(&refuse, &json!({})), 400, "malformed_body", Some("reason"))
        .await;
    shop.refuses(
        post(&refuse, &json!({"reason": " "})),
        422,
        "invalid_text",
        Some("reason"),
    )
    .await;
    let grounds = json!({"reason": "damaged in the warehouse"});
    shop.send(post(&refuse, &grounds)).await.done(202);
    let reason = shop.last_payload().await["OrderCancelled"]["reason"].clone();
    assert_eq!(
        reason,
        json!({"code": "shipping_refused", "note": "damaged in the warehouse"})
    );
    // It is cancelled already: nothing happens, and nobody minds.
    let head = shop.head().await;
    shop.send(post(&refuse, &grounds)).await.done(202);
    assert_eq!(shop.head().await, head);
}

#[tokio::test]
async fn what_has_left_the_warehouse_can_no_longer_be_refused() {
    let shop = Shop::new();
    let path = format!("/v1/orders/{}", shop.paid_order().await);
    let shipment = json!({"tracking_number": "0034"});
    shop.send(post(format!("{path}/ship"), &shipment)).await.done(202);
    let refuse = post(format!("{path}/refuse-shipping"), &json!({"reason": "damaged"}));
    shop.refuses(refuse, 422, "already_shipped", None).await;
}

#[tokio::test]
async fn an_order_that_is_not_paid_is_not_shipped() {
    let shop = Shop::new();
    let id = shop.order().await;
    let ship = || {
        post(
            format!("/v1/orders/{id}/ship"),
            &json!({"tracking_number": "0034"}),
        )
    };
    shop.refuses(ship(), 422, "not_paid", None).await;
    shop.drive::<Order>(&id, [OrderCommand::Confirm]).await;
    shop.refuses(ship(), 422, "not_paid", None).await;
}

#[tokio::test]
async fn an_unknown_order_does_nothing() {
    let shop = Shop::new();
    for (verb, body) in [
        ("cancel", json!({})),
        ("ship", json!({"tracking_number": "0034"})),
        ("refuse-shipping", json!({"reason": "damaged"})),
        ("deliver", json!({})),
    ] {
        let ask = post(format!("/v1/orders/{NOBODY}/{verb}"), &body);
        shop.refuses(ask, 404, "unknown_order", None).await;
    }
}

#[tokio::test]
async fn an_order_is_placed_without_http_as_well() {
    use command_api::orders::{PlaceOrder, RequestedLine, place};
    use domain::{order::PaymentMethod, value::Address};
    let shop = Shop::new();
    shop.product("A-1").await;
    let address: Address = serde_json::from_value(order("A-1", 1)["shipping_address"].clone()).unwrap();
    let line = RequestedLine {
        sku: "A-1".parse().unwrap(),
        quantity: 1.try_into().unwrap(),
    };
    let request = PlaceOrder {
        customer_id: CUSTOMER.parse().unwrap(),
        lines: vec![line],
        payment: PaymentMethod::Card {
            token: "tok_approved".to_owned().try_into().unwrap(),
        },
        shipping_address: address,
        expected_total: None,
        currency: None,
    };
    let answer = place(&shop.commands, request, Default::default()).await.unwrap();
    assert_eq!(answer.position, shop.head().await);
}
