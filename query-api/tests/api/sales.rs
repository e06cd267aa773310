//! `sales` and `bestSellers`.

use serde_json::json;

use crate::{
    shop::{Shop, product_id},
    stage::Stage,
};

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.list(2, "Lamp", "home/light", 1_190).await;
    shop.open(1, 9_000).await;
    for number in 1..=3 {
        let product = 1 + number % 2;
        shop.receive(product, "north", None, 5).await;
        shop.place(number, 1, &[product]).await;
        shop.carry_out(number, 1, product).await;
    }
    Stage::new(shop).await
}

#[tokio::test]
async fn sales_are_told_by_day_and_narrowed_by_category_and_currency() {
    let stage = stage().await;
    let fields = "day orders revenue { formatted } tax { amount } refunds refunded { amount } \
                  averageBasket { amount }";
    let days = "from: \"2026-01-01\", to: \"2026-01-15\"";
    let data = stage
        .data(&format!(
            "{{ all: sales({days}) {{ {fields} }} \
             light: sales({days}, category: \"home/light\") {{ day orders revenue {{ formatted }} }} \
             dollars: sales({days}, currency: \"USD\") {{ day }} \
             before: sales(from: \"2026-01-01\", to: \"2026-01-14\") {{ day }} }}"
        ))
        .await;
    let day = json!({
        "day": "2026-01-15", "orders": 3, "revenue": { "formatted": "35.70 EUR" }, "tax": { "amount": "570" },
        "refunds": 0, "refunded": { "amount": "0" }, "averageBasket": { "amount": "1190" },
    });
    let light = json!({ "day": "2026-01-15", "orders": 2, "revenue": { "formatted": "23.80 EUR" } });
    assert_eq!(
        data,
        json!({ "all": [day], "light": [light], "dollars": [], "before": [] })
    );
}

#[tokio::test]
async fn what_was_sold_most_comes_first() {
    let stage = stage().await;
    let data = stage
        .data(
            "{ bestSellers(from: \"2026-01-15\", to: \"2026-01-15\", currency: \"EUR\", first: 10) { productId name \
             orders units revenue { amount } product { slug } } }",
        )
        .await;
    let seller = |number: u128, name: &str, units: i64, revenue: &str| {
        json!({
            "productId": product_id(number).to_string(), "name": name, "orders": units, "units": units,
            "revenue": { "amount": revenue }, "product": { "slug": format!("product-{number}") },
        })
    };
    let expected = [seller(2, "Lamp", 2, "2380"), seller(1, "Teapot", 1, "1190")];
    assert_eq!(data["bestSellers"], json!(expected));
}

#[tokio::test]
async fn a_bad_argument_is_named_and_too_much_is_refused() {
    let stage = stage().await;
    for (field, argument) in [
        ("sales(from: \"2026-01-02\", to: \"2026-01-01\") { day }", "to"),
        ("sales(from: \"2020-01-01\", to: \"2026-01-01\") { day }", "to"),
        (
            "sales(from: \"2026-01-01\", to: \"2026-01-01\", currency: \"x\") { day }",
            "currency",
        ),
        (
            "bestSellers(from: \"2026-01-01\", to: \"2026-01-01\", currency: \"EUR\", first: 0) { name }",
            "first",
        ),
    ] {
        let (code, error) = stage.error(&format!("{{ {field} }}")).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{field}"
        );
    }
    let year = "sales(from: \"2025-01-01\", to: \"2025-12-31\") { day orders refunds revenue { amount } }";
    stage.data(&format!("{{ {year} }}")).await;
    let (code, _) = stage.error(&format!("{{ a: {year} b: {year} c: {year} }}")).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
}
