//! No card number comes in, in whatever field.

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    accounts::movement,
    shop::{CUSTOMER, NOBODY, Shop, ask, order, post, product, raw},
};

const NUMBER: &str = "4242 4242 4242 4242";

/// Every text of a body, by its path, replaced by a card number.
fn with_each_text_replaced(body: &Value) -> Vec<(String, Value)> {
    fn paths(value: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(_) => found.push((path.to_owned(), pointer.to_owned())),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    paths(
                        item,
                        &format!("{path}[{index}]"),
                        &format!("{pointer}/{index}"),
                        found,
                    );
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let dot = if path.is_empty() { "" } else { "." };
                    paths(
                        field,
                        &format!("{path}{dot}{name}"),
                        &format!("{pointer}/{name}"),
                        found,
                    );
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    paths(body, "", "", &mut found);
    let replaced = |(path, pointer): (String, String)| {
        let mut body = body.clone();
        *body.pointer_mut(&pointer).unwrap() = json!(NUMBER);
        (path, body)
    };
    found.into_iter().map(replaced).collect()
}

/// Every command with a body that has all its texts.
fn commands() -> Vec<(Method, String, Value)> {
    let money = json!({"amount": 1, "currency": "EUR"});
    let stock = json!({"warehouse": "berlin", "quantity": 1, "lot": "L", "expires_on": "2027-06-30"});
    let mut placement = order("A-1", 1);
    placement["expected_total"] = money.clone();
    let back = json!({"as": "restock", "warehouse": "berlin", "lot": "L"});
    let post = |path: &str, body: Value| (Method::POST, path.replace("{id}", NOBODY), body);
    vec![
        post("/v1/accounts", json!({"owner_id": CUSTOMER, "currency": "EUR"})),
        post("/v1/accounts/{id}/deposits", movement(1, "EUR", "r")),
        post("/v1/accounts/{id}/withdrawals", movement(1, "EUR", "r")),
        post("/v1/products", product("A-1")),
        (
            Method::PATCH,
            format!("/v1/products/{NOBODY}"),
            json!({"name": "n", "description": "d"}),
        ),
        post("/v1/products/{id}/prices", json!({"price": money, "sku": "A-1"})),
        post("/v1/stock/A-1/receipts", stock),
        post(
            "/v1/stock/A-1/adjustments",
            json!({"warehouse": "berlin", "difference": 1, "reason": "r"}),
        ),
        post(
            "/v1/stock/A-1/transfers",
            json!({"from": "berlin", "to": "hamburg", "quantity": 1}),
        ),
        post("/v1/orders", placement),
        post("/v1/orders/{id}/cancel", json!({"reason": "r"})),
        post(
            "/v1/orders/{id}/ship",
            json!({"tracking_number": "1", "carrier": "c"}),
        ),
        post("/v1/orders/{id}/refuse-shipping", json!({"reason": "r"})),
        post(
            "/v1/orders/{id}/returns",
            json!({"lines": [{"sku": "A-1", "quantity": 1}], "reason": "r", "exchange_order_id": CUSTOMER}),
        ),
        post(
            "/v1/orders/{id}/returns/{id}/accept",
            json!({"lines": [{"sku": "A-1", "quantity": 1, "disposal": back}]}),
        ),
        post("/v1/orders/{id}/returns/{id}/reject", json!({"reason": "r"})),
        post(
            "/v1/payments/{id}/refunds",
            json!({"amount": money, "reason": "r"}),
        ),
        post(
            "/v1/subscriptions",
            json!({
                "customer_id": CUSTOMER, "amount": money, "payment": {"method": "card", "token": "tok"},
                "period": {"months": 1}, "first_charge_at": "2027-01-31T09:00:00Z",
            }),
        ),
        post("/v1/subscriptions/{id}/cancel", json!({"reason": "r"})),
        post(
            "/v1/warehouses",
            json!({"code": "berlin", "name": "n", "location": "l"}),
        ),
        (
            Method::PATCH,
            "/v1/warehouses/berlin".to_owned(),
            json!({"name": "n", "location": "l"}),
        ),
    ]
}

#[tokio::test]
async fn no_field_of_any_command_may_hold_a_card_number() {
    let shop = Shop::new();
    let mut fields = 0;
    for (method, path, body) in commands() {
        for (field, body) in with_each_text_replaced(&body) {
            let ask = ask(method.clone(), &path, &body);
            let reply = shop.refuses(ask, 422, "card_number_refused", Some(&field)).await;
            assert!(!reply.text.contains("4242"), "{path}: {}", reply.text);
            fields += 1;
        }
    }
    assert!(fields > 50, "{fields}");
}

#[tokio::test]
async fn every_field_with_one_is_named_even_where_the_body_makes_no_sense() {
    let shop = Shop::new();
    let body = json!({
        "token": 4_242_424_242_424_242_u64,
        "surprise": {"notes": ["fine", "5555-5555-5555-4444, 12/28, 123"]},
    });
    let field = Some("surprise.notes[1]");
    let reply = shop
        .refuses(post("/v1/orders", &body), 422, "card_number_refused", field)
        .await;
    let errors = reply.json()["errors"].clone();
    assert_eq!(errors[1]["field"], "token");
    assert!(
        !reply.text.contains("4242") && !reply.text.contains("5555"),
        "{}",
        reply.text
    );
    // Nor is a name repeated that is one.
    let reply = shop
        .refuses(
            post("/v1/orders", &json!({"4242424242424242": 1})),
            422,
            "card_number_refused",
            Some(""),
        )
        .await;
    assert!(!reply.text.contains("4242"), "{}", reply.text);
}

#[tokio::test]
async fn an_idempotency_key_is_no_card_number_either() {
    let shop = Shop::new();
    let body = json!({"owner_id": CUSTOMER, "currency": "EUR"});
    let field = Some("Idempotency-Key");
    for key in ["4242424242424242", "card-5555-5555-5555-4444"] {
        let reply = shop
            .refuses(
                post("/v1/accounts", &body).keyed(key),
                422,
                "card_number_refused",
                field,
            )
            .await;
        assert!(!reply.text.contains(key), "{}", reply.text);
        assert!(shop.log.find_key(&format!("rest:{key}")).await.unwrap().is_none());
    }
    // A number of another kind, such as a snowflake.
    let ask = post("/v1/accounts", &body).keyed("1234567812345670");
    shop.send(ask).await.done(201);
}

#[tokio::test]
async fn an_import_refuses_the_row_and_takes_the_others() {
    let shop = Shop::new();
    let mut with_number = product("B-1");
    with_number["description"] = json!(format!("Call me, my card is {NUMBER}."));
    let text = format!("{}\n{with_number}\n", product("A-1"));
    let ask = raw(Method::POST, "/v1/products/import", "application/x-ndjson", text);
    let reply = shop.send(ask).await;
    let report = reply.json();
    assert_eq!(
        (report["created"].as_i64(), report["refused"].as_i64()),
        (Some(1), Some(1))
    );
    assert_eq!(report["rows"][1]["code"], "card_number_refused");
    assert_eq!(report["rows"][1]["errors"][0]["field"], "description");
    let table = "name,slug,skus,tax_rate_bp,tags\nLamp,lamp,L-1,1900,home|4242424242424242\n";
    let ask = raw(Method::POST, "/v1/products/import", "text/csv", table);
    let csv = shop.send(ask).await;
    assert_eq!(csv.json()["rows"][0]["errors"][0]["field"], "tags[1]");
    assert!(!reply.text.contains("4242") && !csv.text.contains("4242"));
    assert_eq!(shop.head().await, 1);
}

#[tokio::test]
async fn numbers_of_another_kind_are_fine() {
    let shop = Shop::new();
    // A number on goods whose digits pass the check of cards as well.
    shop.product("4006381330060").await;
    let mut body = order("4006381330060", 1);
    body["shipping_address"]["street"] = json!("Unter den Linden 1, +49 151 2345 6001");
    let id = shop.send(post("/v1/orders", &body)).await.done(201).id();
    let path = format!("/v1/orders/{id}/cancel");
    let reason = json!({"reason": "see order 42345678-1234-7001-a123-0123456789ab"});
    shop.send(post(path, &reason)).await.done(202);
}
