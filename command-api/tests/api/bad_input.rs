//! Whatever comes in wrong: a typed problem, and nothing is written.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};

use super::{
    accounts::movement,
    shop::{CUSTOMER, NOBODY, Shop, ask, bare, order, post, product, raw},
};

#[tokio::test]
async fn an_unknown_sku_is_named() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let mut body = order("A-1", 1);
    let line = |sku: &str| json!({"sku": sku, "quantity": 1});
    body["lines"] = json!([line("A-1"), line("A-1"), line("B-1")]);
    shop.refuses(
        post("/v1/orders", &body),
        422,
        "unknown_sku",
        Some("lines[2].sku"),
    )
    .await;
}

#[tokio::test]
async fn quantities_are_positive_and_bounded() {
    let shop = Shop::new();
    shop.product("A-1").await;
    for quantity in [0, -1, 10_000_001, 1_000_000_000_000_000_000, i64::MAX, i64::MIN] {
        let ask = post("/v1/orders", &order("A-1", quantity));
        let field = Some("lines[0].quantity");
        shop.refuses(ask, 422, "invalid_quantity", field).await;
    }
    // Beyond 64 bits, or with a fraction, it is no quantity at all.
    for quantity in ["1000000000000000000000", "1.5", "\"1\"", "null"] {
        let body = order("A-1", 424_242).to_string().replace("424242", quantity);
        let ask = raw(Method::POST, "/v1/orders", "application/json", body);
        let field = Some("lines[0].quantity");
        shop.refuses(ask, 400, "malformed_body", field).await;
    }
    // JSON has no whole numbers of its own: these are 2 and 1000 to its schemas, and so to the shop.
    for quantity in ["2.0", "1e3"] {
        let body = order("A-1", 424_242).to_string().replace("424242", quantity);
        shop.send(raw(Method::POST, "/v1/orders", "application/json", body))
            .await
            .done(201);
    }
}

#[tokio::test]
async fn the_same_sku_on_many_lines_is_bounded_as_well() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let mut body = order("A-1", 1);
    let line = json!({"sku": "A-1", "quantity": 6_000_000});
    body["lines"] = json!([line, line]);
    shop.refuses(post("/v1/orders", &body), 422, "too_many_units", Some("lines"))
        .await;
}

#[tokio::test]
async fn an_order_has_one_to_two_hundred_lines() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let with = |count: usize| {
        let mut body = order("A-1", 1);
        body["lines"] = json!(vec![json!({"sku": "A-1", "quantity": 1}); count]);
        post("/v1/orders", &body)
    };
    for count in [0, 201, 10_000] {
        let reply = shop.refuses(with(count), 422, "line_count", Some("lines")).await;
        assert_eq!(reply.json()["errors"].as_array().unwrap().len(), 1);
    }
    shop.send(with(200)).await.done(201);
}

#[tokio::test]
async fn amounts_are_positive_and_bounded() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    for amount in [0, -1, 1_000_000_000_000_001, 1_000_000_000_000_000_000] {
        for kind in ["deposits", "withdrawals"] {
            let ask = post(format!("{account}/{kind}"), &movement(amount, "EUR", "r"));
            shop.refuses(ask, 422, "invalid_amount", Some("amount.amount"))
                .await;
        }
    }
    for currency in ["eur", "XXX", "", "EURO"] {
        let ask = post(format!("{account}/deposits"), &movement(1, currency, "r"));
        shop.refuses(ask, 422, "invalid_currency", Some("amount.currency"))
            .await;
    }
    for reference in ["", "  ", &"r".repeat(101), "a\u{0}b"] {
        let ask = post(format!("{account}/deposits"), &movement(1, "EUR", reference));
        shop.refuses(ask, 422, "invalid_text", Some("reference")).await;
    }
}

/// Every endpoint with an identifier in its address and a body that is fine.
fn addressed(id: &str) -> Vec<(Method, String, Value)> {
    let money = json!({"amount": 1, "currency": "EUR"});
    let post = |path: &str, body: Value| (Method::POST, path.replace("{id}", id), body);
    vec![
        post("/v1/accounts/{id}/deposits", movement(1, "EUR", "r")),
        post("/v1/accounts/{id}/withdrawals", movement(1, "EUR", "r")),
        (
            Method::PATCH,
            format!("/v1/products/{id}"),
            json!({"active": true}),
        ),
        post("/v1/products/{id}/prices", json!({"price": money})),
        post("/v1/orders/{id}/cancel", json!({})),
        post("/v1/orders/{id}/ship", json!({"tracking_number": "1"})),
        post("/v1/orders/{id}/refuse-shipping", json!({"reason": "r"})),
        post("/v1/orders/{id}/deliver", json!({})),
        post(
            "/v1/payments/{id}/refunds",
            json!({"amount": money, "reason": "r"}),
        ),
        post(
            "/v1/orders/{id}/returns",
            json!({"lines": [{"sku": "A-1", "quantity": 1}], "reason": "r"}),
        ),
        post(
            "/v1/orders/{id}/returns/{id}/accept",
            json!({"lines": [{"sku": "A-1", "quantity": 1, "disposal": {"as": "write_off"}}]}),
        ),
        post("/v1/orders/{id}/returns/{id}/reject", json!({"reason": "r"})),
        post("/v1/subscriptions/{id}/pause", json!({})),
        post("/v1/subscriptions/{id}/resume", json!({})),
        post("/v1/subscriptions/{id}/cancel", json!({})),
    ]
}

#[tokio::test]
async fn malformed_ids_are_refused_wherever_they_stand() {
    let shop = Shop::new();
    for id in [
        "1",
        "not-a-uuid",
        "01890a5dac96774bbcceb302099a8057",
        "%7B%7D",
        "%FF",
    ] {
        for (method, path, body) in addressed(id) {
            let field = Some("id");
            shop.refuses(ask(method, path, &body), 400, "malformed_id", field)
                .await;
        }
    }
    let open = post(
        "/v1/accounts",
        &json!({"owner_id": "somebody", "currency": "EUR"}),
    );
    shop.refuses(open, 422, "malformed_id", Some("owner_id")).await;
    let mut body = order("A-1", 1);
    body["customer_id"] = json!("{01890a5d-ac96-774b-bcce-b302099a8057}");
    body["payment"] = json!({"method": "account", "account_id": "mine"});
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            422,
            "malformed_id",
            Some("customer_id"),
        )
        .await;
    assert_eq!(reply.json()["errors"][1]["field"], "payment.account_id");
}

#[tokio::test]
async fn unknown_ids_are_refused_wherever_they_stand() {
    let shop = Shop::new();
    for (method, path, body) in addressed(NOBODY) {
        let before = shop.head().await;
        let reply = shop.send(ask(method, &path, &body)).await;
        let (status, code, _) = reply.problem();
        assert!(status == 404 && code.starts_with("unknown_"), "{path}: {reply:?}");
        assert_eq!(shop.head().await, before);
    }
}

/// Every endpoint that takes JSON.
fn all() -> Vec<(Method, String)> {
    let mut all: Vec<(Method, String)> = ["/v1/accounts", "/v1/products", "/v1/orders", "/v1/subscriptions"]
        .into_iter()
        .chain([
            "/v1/stock/A-1/receipts",
            "/v1/stock/A-1/adjustments",
            "/v1/stock/A-1/transfers",
        ])
        .map(|path| (Method::POST, path.to_owned()))
        .collect();
    all.push((Method::PUT, "/v1/stock/A-1/low-stock-threshold".to_owned()));
    all.extend(
        addressed(NOBODY)
            .into_iter()
            .map(|(method, path, _)| (method, path)),
    );
    all
}

#[tokio::test]
async fn broken_json_is_refused_everywhere() {
    let shop = Shop::new();
    for (method, path) in all() {
        for body in [
            "{",
            "{]",
            "nonsense",
            "\"text\"",
            "[]",
            "[1]",
            "null",
            "\u{feff}{}",
        ] {
            let ask = raw(method.clone(), &path, "application/json", body);
            shop.refuses(ask, 400, "malformed_body", None).await;
        }
        // Here a field may be to blame as well.
        for body in [b"{\"\xff\": 1}".to_vec(), b"{} {}".to_vec()] {
            let reply = shop
                .send(raw(method.clone(), &path, "application/json", body))
                .await;
            let (status, code, _) = reply.problem();
            assert_eq!((status, code.as_str()), (400, "malformed_body"), "{path}");
        }
        let nested = raw(method, &path, "application/json", "[".repeat(100_000));
        shop.refuses(nested, 400, "malformed_body", None).await;
    }
}

#[tokio::test]
async fn unknown_and_missing_fields_are_named() {
    let shop = Shop::new();
    for (method, path, mut body) in addressed(NOBODY) {
        body["surprise"] = json!(1);
        shop.refuses(ask(method, path, &body), 400, "malformed_body", Some("surprise"))
            .await;
    }
    let mut body = order("A-1", 1);
    body["lines"][0]["price"] = json!(1);
    shop.refuses(
        post("/v1/orders", &body),
        400,
        "malformed_body",
        Some("lines[0].price"),
    )
    .await;
    body = order("A-1", 1);
    body["shipping_address"].as_object_mut().unwrap().remove("city");
    let field = Some("shipping_address.city");
    shop.refuses(post("/v1/orders", &body), 400, "malformed_body", field)
        .await;
    let twice = format!(r#"{{"owner_id":"{CUSTOMER}","owner_id":"{CUSTOMER}","currency":"EUR"}}"#);
    let ask = raw(Method::POST, "/v1/accounts", "application/json", twice);
    shop.refuses(ask, 400, "malformed_body", Some("owner_id")).await;
}

#[tokio::test]
async fn every_missing_and_mistyped_field_is_named_at_once_and_in_plain_words() {
    let shop = Shop::new();
    let body = json!({
        "lines": [{"sku": 1, "quantity": "2"}, {"quantity": 1.5}, [1, 2]],
        "payment": {"method": "card"},
        "shipping_address": {"name": "Ada", "city": null},
        "expected_total": {"amount": true, "currency": "EUR"},
        "surprise": 1,
    });
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            400,
            "malformed_body",
            Some("customer_id"),
        )
        .await;
    let errors = reply.json()["errors"].as_array().unwrap().clone();
    let mut found: Vec<(String, String)> = errors
        .iter()
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap().to_owned();
            (text("field"), text("code"))
        })
        .collect();
    found.sort();
    let expected = [
        ("customer_id", "missing_field"),
        ("expected_total.amount", "wrong_type"),
        ("lines[0].quantity", "wrong_type"),
        ("lines[0].sku", "wrong_type"),
        ("lines[1].quantity", "wrong_type"),
        ("lines[1].sku", "missing_field"),
        ("lines[2]", "wrong_type"),
        ("payment", "wrong_type"),
        ("shipping_address.city", "wrong_type"),
        ("shipping_address.country", "missing_field"),
        ("shipping_address.street", "missing_field"),
        ("surprise", "unknown_field"),
    ];
    let expected: Vec<(String, String)> = expected
        .into_iter()
        .map(|(field, code)| (field.to_owned(), code.to_owned()))
        .collect();
    assert_eq!(found, expected);
    for foreign in [
        "i64", "struct", "Body", "sequence", "enum", "map", "1999", "serde",
    ] {
        assert!(!reply.text.contains(foreign), "{foreign}: {}", reply.text);
    }
}

#[tokio::test]
async fn every_missing_field_of_every_command_is_named_at_once() {
    let shop = Shop::new();
    for (method, path) in all() {
        let reply = shop.send(ask(method, &path, &json!({}))).await;
        let body = reply.json();
        if reply.status != 400 {
            continue;
        }
        let errors = body["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{path}");
        assert!(
            errors.iter().all(|error| error["code"] == "missing_field"),
            "{path}: {body}"
        );
        assert_eq!(body["field"], errors[0]["field"], "{path}");
    }
}

#[tokio::test]
async fn a_form_without_a_body_is_no_command() {
    let shop = Shop::new();
    for command in ["cancel", "deliver"] {
        let form = bare(Method::POST, format!("/v1/orders/{NOBODY}/{command}"))
            .with("content-type", "application/x-www-form-urlencoded");
        shop.refuses(form, 415, "unsupported_media_type", Some("content-type"))
            .await;
    }
    for command in ["cancel", "pause", "resume"] {
        let form = bare(Method::POST, format!("/v1/subscriptions/{NOBODY}/{command}"))
            .with("content-type", "text/plain");
        shop.refuses(form, 415, "unsupported_media_type", Some("content-type"))
            .await;
    }
}

#[tokio::test]
async fn another_content_type_is_refused_everywhere() {
    let shop = Shop::new();
    let field = Some("content-type");
    for (method, path) in all() {
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
            "json",
        ] {
            let ask = raw(method.clone(), &path, media_type, "{}");
            shop.refuses(ask, 415, "unsupported_media_type", field).await;
        }
    }
    let import = raw(Method::POST, "/v1/products/import", "application/json", "[]");
    shop.refuses(import, 415, "unsupported_media_type", field).await;
    let open = json!({"owner_id": CUSTOMER, "currency": "EUR"}).to_string();
    let charset = raw(
        Method::POST,
        "/v1/accounts",
        "Application/JSON; charset=utf-8",
        open,
    );
    shop.send(charset).await.done(201);
}

#[tokio::test]
async fn a_large_body_is_refused_whether_or_not_it_says_so() {
    let shop = Shop::new();
    let large = " ".repeat(10 * 1024 * 1024);
    for (method, path) in all() {
        let silent = raw(method.clone(), &path, "application/json", large.clone());
        shop.refuses(silent, 413, "body_too_large", None).await;
        let honest = bare(method, &path)
            .with("content-type", "application/json")
            .with("content-length", "10485760");
        shop.refuses(honest, 413, "body_too_large", None).await;
    }
    let import = raw(
        Method::POST,
        "/v1/products/import",
        "text/csv",
        " ".repeat(17 * 1024 * 1024),
    );
    shop.refuses(import, 413, "body_too_large", None).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let shop = Shop::new();
    let pieces = [Ok("{\"owner_id\":"), Err(std::io::Error::other("gone"))];
    let request = Request::post("/v1/accounts")
        .header("content-type", "application/json")
        .body(Body::from_stream(futures::stream::iter(pieces)))
        .unwrap();
    let reply = shop.request(request).await;
    assert_eq!(reply.problem(), (400, "malformed_body".to_owned(), None));
}

#[tokio::test]
async fn a_card_number_is_no_token_and_is_not_repeated() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let number = "4242 4242 4242 4242";
    let mut body = order("A-1", 1);
    body["payment"]["token"] = json!(number);
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            422,
            "card_number_refused",
            Some("payment.token"),
        )
        .await;
    assert!(!reply.text.contains(number));
    // Not even where it is of the wrong type.
    body["payment"] = json!({"method": number, "token": 4_242_424_242_424_242_u64});
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            422,
            "card_number_refused",
            Some("payment.method"),
        )
        .await;
    assert!(!reply.text.contains("4242"));
}

#[tokio::test]
async fn addresses_and_countries_are_checked() {
    let shop = Shop::new();
    let mut body = order("A-1", 1);
    body["shipping_address"]["country"] = json!("Germany");
    body["shipping_address"]["name"] = json!("");
    let reply = shop
        .refuses(
            post("/v1/orders", &body),
            422,
            "invalid_text",
            Some("shipping_address.name"),
        )
        .await;
    assert_eq!(reply.json()["errors"][1]["field"], "shipping_address.country");
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let shop = Shop::new();
    for path in [
        "/",
        "/v1",
        "/v1/nothing",
        "/v2/orders",
        "/v1/orders/",
        "/docs/nothing.js",
    ] {
        shop.refuses(bare(Method::GET, path), 404, "unknown_route", None)
            .await;
    }
    for (method, path) in [
        (Method::GET, "/v1/orders"),
        (Method::DELETE, "/v1/products/import"),
    ] {
        let reply = shop
            .refuses(bare(method, path), 405, "method_not_allowed", None)
            .await;
        assert_eq!(reply.header("allow"), "POST");
    }
}

#[tokio::test]
async fn a_duplicate_key_with_another_body_is_refused() {
    let shop = Shop::new();
    let create = |sku: &str| post("/v1/products", &product(sku)).keyed("k");
    shop.send(create("A-1")).await.done(201);
    let field = Some("Idempotency-Key");
    shop.refuses(create("B-1"), 422, "idempotency_key_reused", field)
        .await;
}
