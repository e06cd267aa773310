//! `priceHistory` and `lowestPrice`.

use chrono::Utc;
use serde_json::json;

use crate::{
    shop::Shop,
    stage::{Stage, all_pages},
};

async fn stage() -> Stage {
    // Prices of today: the lowest of the last days is asked for.
    let shop = Shop::at(Utc::now);
    shop.list(1, "Teapot", "home", 1_190).await;
    for price in [990, 1_500, 1_290] {
        shop.reprice(1, price).await;
    }
    shop.list(2, "Cup", "home", 400).await;
    Stage::new(shop).await
}

#[tokio::test]
async fn the_pages_of_prices_have_every_price_once_newest_first() {
    let stage = stage().await;
    let page = |after: &str| {
        format!(
            "{{ priceHistory(sku: \"SKU-1\", currency: \"EUR\", first: 3, after: {after}) {{ edges {{ node {{ \
             price {{ amount }} position }} }} pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
        )
    };
    let prices = all_pages(&stage, "/priceHistory", page).await;
    let price = |amount: &str, position: i64| json!({ "price": { "amount": amount }, "position": position });
    assert_eq!(
        prices,
        [
            price("1290", 5),
            price("1500", 4),
            price("990", 3),
            price("1190", 2)
        ]
    );
}

#[tokio::test]
async fn the_lowest_price_of_the_last_days_is_told_alone_and_with_the_variant() {
    let stage = stage().await;
    let lowest = "lowestPrice(currency: \"EUR\") { price { formatted } }";
    let data = stage
        .data(&format!(
            "{{ alone: lowestPrice(sku: \"SKU-1\", currency: \"EUR\", days: 7) {{ price {{ formatted }} }} \
             none: lowestPrice(sku: \"SKU-1\", currency: \"USD\") {{ since }} \
             product(slug: \"product-2\") {{ variants {{ {lowest} priceHistory(currency: \"EUR\") {{ \
             nodes {{ price {{ amount }} }} }} }} }} }}"
        ))
        .await;
    let variant = json!({
        "lowestPrice": { "price": { "formatted": "4.00 EUR" } },
        "priceHistory": { "nodes": [{ "price": { "amount": "400" } }] },
    });
    let expected = json!({
        "alone": { "price": { "formatted": "9.90 EUR" } }, "none": null, "product": { "variants": [variant] },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_bad_argument_is_named() {
    let stage = stage().await;
    for (field, argument) in [
        ("lowestPrice(sku: \"\", currency: \"EUR\") { since }", "sku"),
        (
            "lowestPrice(sku: \"SKU-1\", currency: \"euro\") { since }",
            "currency",
        ),
        (
            "lowestPrice(sku: \"SKU-1\", currency: \"EUR\", days: 0) { since }",
            "days",
        ),
        (
            "lowestPrice(sku: \"SKU-1\", currency: \"EUR\", days: 366) { since }",
            "days",
        ),
        (
            "priceHistory(sku: \"SKU-1\", currency: \"EUR\", first: 101) { nodes { since } }",
            "first",
        ),
        (
            "priceHistory(sku: \"SKU-1\", currency: \"EUR\", after: \"x\") { nodes { since } }",
            "after",
        ),
    ] {
        let (code, error) = stage.error(&format!("{{ {field} }}")).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{field}"
        );
    }
}
