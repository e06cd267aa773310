//! `boughtTogether`.

use serde_json::json;

use crate::{
    shop::{Shop, product_id},
    stage::Stage,
};

#[tokio::test]
async fn what_is_bought_together_is_found_by_product_and_by_sku() {
    let shop = Shop::new();
    for number in 1..=3 {
        shop.list(number, "Thing", "home", 1_190).await;
    }
    shop.open(1, 100).await;
    for (number, products) in [(1, &[1, 2][..]), (2, &[1, 2]), (3, &[1, 3]), (4, &[2])] {
        shop.place(number, 1, products).await;
    }
    let stage = Stage::new(shop).await;
    let fields = "productId orders ofOrders product { slug }";
    let data = stage
        .data(&format!(
            "{{ byId: boughtTogether(productId: \"{}\") {{ {fields} }} \
             bySku: boughtTogether(sku: \"SKU-1\", first: 1) {{ {fields} }} \
             unknown: boughtTogether(sku: \"SKU-9\") {{ orders }} }}",
            product_id(1)
        ))
        .await;
    let other = |number: u128, orders: i64, of_orders: i64| {
        json!({
            "productId": product_id(number).to_string(), "orders": orders, "ofOrders": of_orders,
            "product": { "slug": format!("product-{number}") },
        })
    };
    let expected =
        json!({ "byId": [other(2, 2, 3), other(3, 1, 3)], "bySku": [other(2, 2, 3)], "unknown": [] });
    assert_eq!(data, expected);

    for (arguments, argument) in [
        ("first: 5", "productId"),
        ("productId: \"x\"", "productId"),
        ("sku: \"\"", "sku"),
        ("sku: \"SKU-1\", first: 101", "first"),
    ] {
        let query = format!("{{ boughtTogether({arguments}) {{ orders }} }}");
        let (code, error) = stage.error(&query).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{arguments}"
        );
    }
}
