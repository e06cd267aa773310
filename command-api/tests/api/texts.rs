//! Names, references, reasons, addresses and identifiers: what can be seen, and in one form.

use axum::http::Method;
use serde_json::{Value, json};

use super::shop::{NOBODY, Shop, ask, order, post, product};

/// Texts that nobody can see.
const INVISIBLE: [&str; 7] = [
    " ",
    "\u{200b}",
    "\u{2060}\u{feff}",
    "\u{2800}",
    "\u{3164}",
    "\u{ad}",
    "\u{a0}\u{3000}",
];

/// What a text must not contain: characters that override its direction, and more lines than one.
const OVERRIDDEN: [&str; 3] = ["a\u{202e}b", "a\u{2066}b", "\u{202a}a\u{202c}"];
const BROKEN: [&str; 4] = ["a\nb", "a\r\nb", "a\u{2028}b", "a\u{85}b"];

/// A body, and the path of each of its texts that has one line.
fn with(body: &Value, path: &str, text: &str) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(path).unwrap() = json!(text);
    body
}

fn field_of(path: &str) -> String {
    let steps = path.trim_start_matches('/').split('/');
    steps.fold(String::new(), |field, step| match step.parse::<usize>() {
        Ok(index) => format!("{field}[{index}]"),
        Err(_) if field.is_empty() => step.to_owned(),
        Err(_) => format!("{field}.{step}"),
    })
}

#[tokio::test]
async fn every_text_of_every_command_can_be_seen_and_reads_as_it_is_stored() {
    let shop = Shop::new();
    let account = shop.account("EUR").await;
    let order_id = shop.paid_order().await;
    let deposit = json!({"amount": {"amount": 100, "currency": "EUR"}, "reference": "WIRE-31"});
    let receipt = json!({"warehouse": "berlin", "quantity": 1, "lot": "L-7"});
    let adjustment = json!({"warehouse": "berlin", "difference": 1, "reason": "counted", "lot": "L-7"});
    let shipment = json!({"tracking_number": "TRACK-1", "carrier": "Parcels"});
    let returned = json!({"lines": [{"sku": "A-1", "quantity": 1}], "reason": "one too many"});
    let texts: [(String, Value, &[&str], &[&str]); 7] = [
        (
            "/v1/products".to_owned(),
            product("B-1"),
            &[
                "/name",
                "/categories/0",
                "/tags/0",
                "/images/0/alt",
                "/variants/0/name",
            ],
            &["/description"],
        ),
        (
            format!("/v1/accounts/{account}/deposits"),
            deposit.clone(),
            &["/reference"],
            &[],
        ),
        (
            format!("/v1/accounts/{account}/withdrawals"),
            deposit,
            &["/reference"],
            &[],
        ),
        ("/v1/stock/A-1/receipts".to_owned(), receipt, &["/lot"], &[]),
        (
            "/v1/stock/A-1/adjustments".to_owned(),
            adjustment,
            &["/lot"],
            &["/reason"],
        ),
        (
            format!("/v1/orders/{order_id}/ship"),
            shipment,
            &["/tracking_number", "/carrier"],
            &[],
        ),
        (
            format!("/v1/orders/{order_id}/returns"),
            returned,
            &[],
            &["/reason"],
        ),
    ];
    for (path, body, one_line, lines) in texts {
        for pointer in one_line.iter().chain(lines) {
            let wrong = INVISIBLE.iter().chain(&OVERRIDDEN);
            let wrong = wrong.chain(if one_line.contains(pointer) {
                &BROKEN[..]
            } else {
                &[]
            });
            for text in wrong {
                let ask = post(path.clone(), &with(&body, pointer, text));
                shop.refuses(ask, 422, "invalid_text", Some(&field_of(pointer)))
                    .await;
            }
        }
    }
    let order = order("A-1", 1);
    for field in ["name", "street", "city", "postal_code"] {
        for text in INVISIBLE.iter().chain(&OVERRIDDEN) {
            let pointer = format!("/shipping_address/{field}");
            let ask = post("/v1/orders", &with(&order, &pointer, text));
            shop.refuses(ask, 422, "invalid_text", Some(&field_of(&pointer)))
                .await;
        }
    }
}

#[tokio::test]
async fn a_reference_moves_money_once_whatever_surrounds_it_invisibly() {
    let shop = Shop::new();
    let account = shop.account("EUR").await;
    let path = format!("/v1/accounts/{account}/deposits");
    let deposit = |reference: &str| {
        let body = json!({"amount": {"amount": 100, "currency": "EUR"}, "reference": reference});
        post(path.clone(), &body)
    };
    let first = shop.send(deposit("WIRE-31")).await.json();
    assert!(first["position"].is_i64(), "{first}");
    let written = shop.head().await;
    for reference in [
        "WIRE-31 ",
        " WIRE-31",
        "WIRE-31\u{200b}",
        "\u{feff}WIRE-31\u{a0}",
        "WIRE-31\n",
    ] {
        let again = shop.send(deposit(reference)).await.json();
        assert_eq!(again["position"], first["position"], "{reference:?}");
    }
    assert_eq!(shop.head().await, written);
    shop.refuses(deposit("WIRE\u{200b}-31"), 422, "invalid_text", Some("reference"))
        .await;
}

#[tokio::test]
async fn names_from_right_to_left_with_joiners_and_pictures_are_kept_as_they_are() {
    let shop = Shop::new();
    for (index, name) in [
        "\u{5de}\u{5e0}\u{5d5}\u{5e8}\u{5d4}",
        "\u{645}\u{6cc}\u{200c}\u{62e}",
        "\u{1f469}\u{200d}\u{1f52c} set",
        "\u{2764}\u{fe0f}",
    ]
    .iter()
    .enumerate()
    {
        let body = with(&product(&format!("N-{index}")), "/name", name);
        shop.send(post("/v1/products", &body)).await.done(201);
        assert_eq!(shop.last_payload().await["ProductCreated"]["name"], *name);
    }
}

#[tokio::test]
async fn categories_and_tags_are_stored_in_one_form() {
    let shop = Shop::new();
    let mut body = product("R-1");
    body["categories"] = json!(["/Rugs / wool//"]);
    body["tags"] = json!(["Size:  large ", "on  sale"]);
    shop.send(post("/v1/products", &body)).await.done(201);
    let created = &shop.last_payload().await["ProductCreated"];
    assert_eq!(created["categories"], json!(["Rugs/wool"]));
    assert_eq!(created["tags"], json!(["Size:large", "on sale"]));
    for path in ["/", " // "] {
        let body = with(&product("R-2"), "/categories/0", path);
        shop.refuses(
            post("/v1/products", &body),
            422,
            "invalid_text",
            Some("categories[0]"),
        )
        .await;
    }
}

#[tokio::test]
async fn an_image_is_at_an_address_that_a_browser_may_load() {
    let shop = Shop::new();
    let id = shop.unpriced_product("I-1").await;
    for url in [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:image/png;base64,AAAA",
        "not a url",
        "/1.jpg",
        "//example.org/1.jpg",
        "ftp://example.org/1.jpg",
        "https://ada:secret@example.org/1.jpg",
        "https://",
    ] {
        let body = with(&product("I-2"), "/images/0/url", url);
        shop.refuses(
            post("/v1/products", &body),
            422,
            "invalid_text",
            Some("images[0].url"),
        )
        .await;
        let change = json!({"images": [{"url": url}]});
        let patch = ask(Method::PATCH, format!("/v1/products/{id}"), &change);
        shop.refuses(patch, 422, "invalid_text", Some("images[0].url"))
            .await;
    }
}

#[tokio::test]
async fn a_sku_that_clients_remove_from_addresses_is_refused_when_it_is_listed() {
    let shop = Shop::new();
    for sku in [".", "..", "%2e%2e", "a/b", "a\\b", "a b", "a\u{0}"] {
        let mut body = product("x");
        body["variants"] = json!([{"sku": "FINE-1"}, {"sku": sku}]);
        shop.refuses(
            post("/v1/products", &body),
            422,
            "invalid_sku",
            Some("variants[1].sku"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_sku_that_was_listed_before_there_was_a_rule_is_still_sold() {
    let shop = Shop::new();
    let old = json!({"ProductCreated": {
        "name": "Old\nname", "slug": "old", "categories": ["/Rugs/"], "tags": [" Size: large", "\u{200b}"],
        "images": [{"url": "javascript:alert(1)"}], "variants": [{"sku": ".."}], "tax_rate_bp": 0,
    }});
    shop.listed_before(&old, "..").await;
    let price = json!({"price": {"amount": 2000, "currency": "EUR"}, "sku": ".."});
    shop.send(post(format!("/v1/products/{NOBODY}/prices"), &price))
        .await
        .done(202);
    shop.send(post("/v1/orders", &order("..", 1))).await.done(201);
}
