//! `/v1/products`

use axum::http::Method;
use serde_json::json;

use super::shop::{NOBODY, Shop, ask, post, product};

#[tokio::test]
async fn a_product_is_listed() {
    let shop = Shop::new();
    let reply = shop.send(post("/v1/products", &product("A-1"))).await.done(201);
    assert_eq!(reply.json()["sequence"], 1);
    assert_eq!(shop.last_payload().await["ProductCreated"], product("A-1"));
}

#[tokio::test]
async fn a_slug_and_a_sku_belong_to_one_product() {
    let shop = Shop::new();
    let id = shop.unpriced_product("A-1").await;
    let mut same_sku = product("A-1");
    same_sku["slug"] = json!("another");
    let mut same_slug = product("A-1");
    same_slug["variants"] = json!([{"sku": "B-1"}]);
    for (body, field) in [(same_sku, "variants"), (same_slug, "slug")] {
        let reply = shop
            .refuses(post("/v1/products", &body), 409, "already_exists", Some(field))
            .await;
        assert_eq!(reply.json()["existing_id"], id);
    }
}

#[tokio::test]
async fn a_product_changes_in_some_fields() {
    let shop = Shop::new();
    let path = format!("/v1/products/{}", shop.unpriced_product("A-1").await);
    let change = json!({"name": "Oak headphones", "active": false});
    shop.send(ask(Method::PATCH, &path, &change)).await.done(202);
    assert_eq!(shop.last_payload().await["ProductUpdated"], change);
    shop.refuses(
        ask(Method::PATCH, &path, &json!({})),
        422,
        "nothing_to_change",
        None,
    )
    .await;
}

#[tokio::test]
async fn a_price_is_set_for_all_variants_or_one() {
    let shop = Shop::new();
    let mut body = product("A-1");
    body["variants"] = json!([{"sku": "A-1"}, {"sku": "A-2"}]);
    let id = shop.send(post("/v1/products", &body)).await.done(201).id();
    let path = format!("/v1/products/{id}/prices");
    let price = json!({"amount": 1999, "currency": "EUR"});
    let all = shop.send(post(&path, &json!({"price": price}))).await.done(202);
    assert_eq!(all.json()["sequence"], 3);
    let one = json!({"sku": "A-2", "price": {"amount": 2999, "currency": "EUR"}});
    assert_eq!(shop.send(post(&path, &one)).await.done(202).json()["sequence"], 4);
    let other = json!({"sku": "B-1", "price": price});
    shop.refuses(post(&path, &other), 422, "no_such_variant", Some("sku"))
        .await;
}

#[tokio::test]
async fn an_unknown_product_neither_changes_nor_costs_anything() {
    let shop = Shop::new();
    let change = ask(
        Method::PATCH,
        format!("/v1/products/{NOBODY}"),
        &json!({"active": true}),
    );
    shop.refuses(change, 404, "unknown_product", None).await;
    let price = json!({"price": {"amount": 1, "currency": "EUR"}});
    let price = post(format!("/v1/products/{NOBODY}/prices"), &price);
    shop.refuses(price, 404, "unknown_product", None).await;
}

#[tokio::test]
async fn every_broken_field_of_a_product_is_named() {
    let shop = Shop::new();
    let mut body = product("A 1");
    body["name"] = json!(" ");
    body["slug"] = json!("Two Words");
    body["tags"] = json!(["fine", ""]);
    body["tax_rate_bp"] = json!(10_001);
    let reply = shop
        .refuses(post("/v1/products", &body), 422, "invalid_text", Some("name"))
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
            ("name", "invalid_text"),
            ("slug", "invalid_slug"),
            ("tags[1]", "invalid_text"),
            ("variants[0].sku", "invalid_sku"),
            ("tax_rate_bp", "invalid_tax_rate"),
        ]
    );
}

#[tokio::test]
async fn a_product_without_variants_is_refused() {
    let shop = Shop::new();
    let mut body = product("A-1");
    body["variants"] = json!([]);
    shop.refuses(
        post("/v1/products", &body),
        422,
        "variant_count",
        Some("variants"),
    )
    .await;
}
